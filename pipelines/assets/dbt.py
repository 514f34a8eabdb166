"""The dbt models as assets, in two phases with the statistics between them.

Belongs here: specs from the manifest, and passing dbt's results on to Dagster.
Does not belong here: dbt arguments and verdicts (`pipelines.warehouse.dbt`).
"""

from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg

from pipelines.checks.result import CheckResult
from pipelines.warehouse.dbt import DbtFailure, Phase
from pipelines.warehouse.working import record_checks
from pipelines.workspace import Workspace

NODE_TYPES = ("model", "seed")


def dagster_check(result: CheckResult, **identity: Any) -> dg.AssetCheckResult:
    """A verdict in Dagster's words; the severity is ours, mapped here once."""
    blocking = result.severity == "blocking"
    return dg.AssetCheckResult(
        passed=result.passed,
        severity=dg.AssetCheckSeverity.ERROR if blocking else dg.AssetCheckSeverity.WARN,
        description=result.detail_en,
        metadata={"failing rows": result.failing_count or 0, "keys": dg.MetadataValue.json(result.failing_keys)},
        **identity,
    )


def build_dbt_asset(
    name: str,
    step: str,
    phase: Phase,
    specs: list[dg.AssetSpec],
    check_specs: list[dg.AssetCheckSpec],
    *,
    test_identity: Mapping[str, dg.AssetCheckKey],
    asset_keys: Mapping[str, dg.AssetKey],
) -> dg.AssetsDefinition:
    """One phase of the dbt build. test_identity and asset_keys: by dbt unique id."""

    @dg.multi_asset(name=name, specs=specs, check_specs=check_specs, required_resource_keys={"workspace"})
    def build(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
        workspace: Workspace = context.resources.workspace
        total = len(specs) + len(check_specs)
        with workspace.steps.step(step) as note:
            done = 0

            def on_node(node_name: str) -> None:
                nonlocal done
                done += 1
                note.advance(node_name, done, total)

            workspace.dbt.on_node = on_node
            outcome = workspace.dbt.build(phase)
            record_checks(workspace.settings.paths.working_database, outcome.checks)
            failed = sum(not c.passed for c in outcome.checks)
            note.detail = f"{len(outcome.results)} nodes, {failed} of {len(outcome.checks)} tests failed"
            note.ok = not outcome.errors
        # In dbt's own order: Dagster wants an asset after those that it reads.
        for r in outcome.results:
            if r.node.unique_id in asset_keys and str(r.status) == "success":
                yield dg.MaterializeResult(asset_keys[r.node.unique_id])
        reported = {c.check_id: c for c in outcome.checks}
        for unique_id, key in test_identity.items():
            if unique_id in reported:
                yield dagster_check(reported[unique_id], asset_key=key.asset_key, check_name=key.name)
        if outcome.errors:
            raise DbtFailure("; ".join(outcome.errors))

    return build


def build_dbt_assets(manifest: Mapping[str, Any]) -> list[dg.AssetsDefinition]:
    """Both phases. The selection of each is the one that dbt itself is given."""
    from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings
    from dagster_dbt.asset_utils import build_dbt_specs

    translator = DagsterDbtTranslator(settings=DagsterDbtTranslatorSettings(enable_asset_checks=True))

    def phase_asset(name: str, step: str, phase: Phase, select: str, exclude: str) -> dg.AssetsDefinition:
        specs, checks = build_dbt_specs(
            translator=translator,
            manifest=manifest,
            select=select,
            exclude=exclude,
            selector="",
            io_manager_key=None,
            project=None,
        )
        return build_dbt_asset(
            name,
            step,
            phase,
            [s.replace_attributes(skippable=True) for s in specs],
            list(checks),
            test_identity={c.metadata["dagster_dbt/unique_id"]: c.key for c in checks},
            asset_keys={s.metadata["dagster_dbt/unique_id"]: s.key for s in specs},
        )

    return [
        phase_asset("build_core", "dbt: staging, core, rules", Phase.BEFORE_STATISTICS, "fqn:*", "source:statistics+"),
        phase_asset("build_marts", "dbt: marts", Phase.AFTER_STATISTICS, "source:statistics+", ""),
    ]
