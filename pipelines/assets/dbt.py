"""The dbt models as assets, in two phases with the statistics between them.

Belongs here: specs from the manifest, and passing dbt's results on to Dagster.
Does not belong here: dbt arguments and verdicts (`pipelines.warehouse.dbt`).
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import dagster as dg

from pipelines.assets.verdicts import dagster_check, summarise
from pipelines.warehouse.dbt import DbtFailure, Phase
from pipelines.warehouse.working import record_checks
from pipelines.workspace import Workspace

CHECK_NAME = "dbt_tests"


def tests_by_asset(manifest: Mapping[str, Any], assets: Collection[str]) -> dict[str, list[str]]:
    """Unique ids of the tests of each model or seed of one phase; a test of several belongs to the first named."""
    found: dict[str, list[str]] = {}
    for unique_id, node in manifest["nodes"].items():
        if node["resource_type"] != "test":
            continue
        owners = [node.get("attached_node"), *node["depends_on"]["nodes"]]
        owner = next((o for o in owners if o in assets), None)
        if owner is not None:
            found.setdefault(owner, []).append(unique_id)
    return found


def build_dbt_asset(
    name: str, step: str, phase: Phase, asset_specs: Mapping[str, dg.AssetSpec], tests: Mapping[str, list[str]]
) -> dg.AssetsDefinition:
    """One phase of the dbt build, with one Dagster check per tested model. asset_specs and tests: by dbt unique id."""
    check_specs = [
        dg.AssetCheckSpec(CHECK_NAME, asset=asset_specs[owner].key, blocking=True, description=f"{len(ids)} dbt tests")
        for owner, ids in tests.items()
    ]

    @dg.multi_asset(
        name=name, specs=list(asset_specs.values()), check_specs=check_specs, required_resource_keys={"workspace"}
    )
    def build(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
        workspace: Workspace = context.resources.workspace
        total = len(asset_specs) + sum(map(len, tests.values()))
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
            if r.node.unique_id in asset_specs and str(r.status) == "success":
                yield dg.MaterializeResult(asset_specs[r.node.unique_id].key)
        verdicts = {c.check_id: c for c in outcome.checks}
        for owner, ids in tests.items():
            worst = summarise(verdicts[i] for i in ids if i in verdicts)
            if worst is not None:
                yield dagster_check(worst, asset_key=asset_specs[owner].key, check_name=CHECK_NAME)
        if outcome.errors:
            raise DbtFailure("; ".join(outcome.errors))

    return build


def build_dbt_assets(manifest: Mapping[str, Any]) -> list[dg.AssetsDefinition]:
    """Both phases. The selection of each is the one that dbt itself is given."""
    from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings
    from dagster_dbt.asset_utils import build_dbt_specs

    translator = DagsterDbtTranslator(settings=DagsterDbtTranslatorSettings(enable_asset_checks=False))

    def phase_asset(name: str, step: str, phase: Phase) -> dg.AssetsDefinition:
        specs, _ = build_dbt_specs(
            translator=translator,
            manifest=manifest,
            select=phase.select,
            exclude=phase.exclude,
            selector="",
            io_manager_key=None,
            project=None,
        )
        by_id = {s.metadata["dagster_dbt/unique_id"]: s.replace_attributes(skippable=True) for s in specs}
        return build_dbt_asset(name, step, phase, by_id, tests_by_asset(manifest, by_id))

    return [
        phase_asset("build_core", "dbt: staging, core, rules", Phase.BEFORE_STATISTICS),
        phase_asset("build_marts", "dbt: marts", Phase.AFTER_STATISTICS),
    ]
