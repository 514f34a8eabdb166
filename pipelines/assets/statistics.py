"""The statistics between the two dbt phases, as assets.

Belongs here: running them on the working database. Does not belong here: any formula (`pipelines.statistics`).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import dagster as dg

from pipelines.workspace import Workspace

SOURCE_NAME = "statistics"


def statistics_tables(manifest: Mapping[str, Any]) -> list[str]:
    """Names of the tables that the dbt project expects from the statistics."""
    return sorted(s["name"] for s in manifest["sources"].values() if s["source_name"] == SOURCE_NAME)


def build_statistics_asset(tables: Sequence[str], inputs: Sequence[dg.AssetKey]) -> dg.AssetsDefinition:
    """One multi-asset that waits for `inputs` and for their blocking checks."""
    specs = [
        dg.AssetSpec(dg.AssetKey([SOURCE_NAME, table]), deps=list(inputs), group_name="statistics", kinds={"python"})
        for table in tables
    ]

    @dg.multi_asset(name="compute_statistics", specs=specs, required_resource_keys={"workspace"})
    def compute_statistics(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult]:
        import duckdb

        from pipelines.statistics import compute

        workspace: Workspace = context.resources.workspace
        with workspace.steps.step("statistics") as note:
            with duckdb.connect(str(workspace.settings.paths.working_database)) as con:
                rows = compute(con)
            note.detail = f"{sum(rows.values())} rows in {len(rows)} tables"
        missing = set(tables) - set(rows)
        if missing:
            raise LookupError(f"the statistics did not write {sorted(missing)}, which the marts read")
        for table in tables:
            yield dg.MaterializeResult(dg.AssetKey([SOURCE_NAME, table]), metadata={"rows": rows[table]})

    return compute_statistics
