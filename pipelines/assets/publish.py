"""The publication as the last asset.

Belongs here: collecting what a publication must know. Does not belong here: writing it (`pipelines.publish`).
"""

from collections.abc import Sequence

import dagster as dg

from pipelines.workspace import Workspace

PUBLICATION_KEY = dg.AssetKey("publication")


def build_publication_asset(
    mart_keys: Sequence[dg.AssetKey], lineage: Sequence[tuple[str, str]]
) -> dg.AssetsDefinition:
    """Publishes the marts if the verdicts in the working database allow it, whatever Dagster thinks of them."""

    @dg.asset(key=PUBLICATION_KEY, deps=list(mart_keys), required_resource_keys={"workspace"}, kinds={"duckdb"})
    def publication(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        from pipelines.publish import publish
        from pipelines.publish.quality import QualityFacts
        from pipelines.state import basis_fingerprint, is_synthetic, run_fingerprint
        from pipelines.warehouse.working import read_checks

        workspace: Workspace = context.resources.workspace
        settings = workspace.settings
        facts = QualityFacts(
            contract=workspace.contract,
            fingerprint=run_fingerprint(settings),
            is_synthetic=is_synthetic(settings),
            checks=tuple(read_checks(settings.paths.working_database)),
            steps=tuple(workspace.steps.times),
            lineage=tuple(lineage),
            basis_fingerprint=basis_fingerprint(settings),
        )
        with workspace.steps.step("publish") as note:
            published = publish(settings.paths, facts, keep=settings.keep_publications)
            note.detail = published.publication_id
        return dg.MaterializeResult(metadata={"publication_id": published.publication_id})

    return publication
