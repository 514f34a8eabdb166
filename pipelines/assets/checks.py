"""The check suites around the build, as Dagster asset checks.

Belongs here: when a suite runs, and carrying its verdicts to Dagster and to the working database.
Does not belong here: what is expected (`expectations/`) and how it is evaluated (`pipelines.checks`).
"""

from collections.abc import Callable, Iterator, Sequence

import dagster as dg

from pipelines.assets.raw import dataset_key
from pipelines.assets.verdicts import dagster_check, summarise
from pipelines.checks.result import CheckResult
from pipelines.contract import Contract
from pipelines.warehouse.carriers import Carrier
from pipelines.warehouse.working import record_checks
from pipelines.workspace import Workspace

RAW_SUITE = "shape"
RECONCILIATION = "reconciliation"
MART_RECONCILIATION = "mart_reconciliation"
PUBLISHED_SUITE = "drift"


def _suite_check(
    name: str,
    step: str,
    asset_keys: dict[str, dg.AssetKey],
    run: Callable[[Workspace], list[CheckResult]],
    *,
    deps: Sequence[dg.AssetKey] = (),
) -> dg.AssetChecksDefinition:
    """One Dagster check per entry of asset_keys (by CheckResult.dataset), all from one call of `run`."""
    specs = [
        dg.AssetCheckSpec(name, asset=key, blocking=True, additional_deps=[d for d in deps if d != key])
        for key in asset_keys.values()
    ]

    @dg.multi_asset_check(name=f"check_{name}", specs=specs, required_resource_keys={"workspace"})
    def check(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
        workspace: Workspace = context.resources.workspace
        with workspace.steps.step(step) as note:
            results = run(workspace)
            record_checks(workspace.settings.paths.working_database, results)
            failed = [r for r in results if not r.passed]
            note.detail = f"{len(results)} checks, {len(failed)} failed"
            note.ok = not any(r.severity == "blocking" for r in failed)
        for dataset, key in asset_keys.items():
            verdict = summarise(r for r in results if r.dataset == dataset)
            if verdict is None:
                yield dg.AssetCheckResult(passed=True, asset_key=key, check_name=name, description="nothing delivered")
            else:
                yield dagster_check(verdict, asset_key=key, check_name=name)

    return check


def _raw(workspace: Workspace) -> list[CheckResult]:
    from pipelines.checks import run_raw_checks

    return run_raw_checks(workspace.settings.paths.working_database, workspace.contract)


def _published(workspace: Workspace) -> list[CheckResult]:
    from pipelines.checks import run_published_checks
    from pipelines.publish import current_publication

    paths = workspace.settings.paths
    current = current_publication(paths)
    return run_published_checks(paths.working_database, paths.published / current.file_name if current else None)


def build_raw_checks(contract: Contract) -> dg.AssetChecksDefinition:
    """Great Expectations on what was landed; a blocking failure stops the build."""
    return _suite_check(RAW_SUITE, "check what was landed", {d.name: dataset_key(d) for d in contract}, _raw)


def build_reconciliation_checks(
    contract: Contract, staging_keys: dict[str, dg.AssetKey], carriers: Sequence[Carrier]
) -> dg.AssetChecksDefinition:
    """Counts and money from file to core. staging_keys: by dataset name."""

    def run(workspace: Workspace) -> list[CheckResult]:
        from pipelines.warehouse.reconcile import reconcile

        return reconcile(workspace.settings.paths.working_database, contract, carriers)

    return _suite_check(RECONCILIATION, "reconcile", staging_keys, run)


def build_mart_reconciliation_checks(
    contract: Contract, mart_keys: dict[str, dg.AssetKey], carriers: Sequence[Carrier]
) -> dg.AssetChecksDefinition:
    """Counts and money in the marts, once all stand. mart_keys: by `schema.table`."""

    def run(workspace: Workspace) -> list[CheckResult]:
        from pipelines.warehouse.reconcile import reconcile_marts

        return reconcile_marts(workspace.settings.paths.working_database, contract, carriers)

    return _suite_check(MART_RECONCILIATION, "reconcile the marts", mart_keys, run, deps=list(mart_keys.values()))


def build_published_checks(mart_keys: dict[str, dg.AssetKey]) -> dg.AssetChecksDefinition:
    """Great Expectations on what is about to be published. mart_keys: by `schema.table`."""
    return _suite_check(
        PUBLISHED_SUITE, "check what will be published", mart_keys, _published, deps=list(mart_keys.values())
    )
