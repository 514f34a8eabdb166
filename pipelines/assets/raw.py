"""The landed datasets as assets: one per dataset of the contract.

Belongs here: calling the landing zone and telling Dagster what it did. Does not belong here: how files are read.
"""

from collections.abc import Iterator

import dagster as dg

from pipelines.contract import Contract, Dataset
from pipelines.landing import LandingReport
from pipelines.onboarding.language import language_of
from pipelines.workspace import Workspace

GROUP = "landing"


def dataset_key(dataset: Dataset) -> dg.AssetKey:
    """The key that dagster-dbt gives to the same dataset's dbt source, so that lineage joins by itself."""
    return dg.AssetKey([dataset.system, dataset.name])


def _in_words(report: LandingReport) -> str:
    """What a person wants to know of a landing: new files, rows, and what did not fit."""
    new = [f for f in report.files if f.is_new]
    rejected = sum(f.counts.quarantined for f in new)
    set_aside = [f.source_file for f in new if f.status == "set_aside"]
    words = [f"{len(new)} of {len(report.files)} files new", f"{sum(f.counts.read for f in new):,} rows"]
    if rejected:
        words.append(f"{rejected:,} in quarantine")
    if set_aside:
        words.append(f"set aside: {', '.join(set_aside[:3])}")
    return ", ".join(words)


def build_landing_asset(contract: Contract) -> dg.AssetsDefinition:
    """One multi-asset: an inbox is read once, whatever datasets its files hold."""
    specs = [
        dg.AssetSpec(dataset_key(d), group_name=GROUP, description=f"{d.grain}. {d.title.zh}.", kinds={"parquet"})
        for d in contract
    ]

    @dg.multi_asset(name="land_inbox", specs=specs, required_resource_keys={"workspace"})
    def land(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult]:
        from pipelines.landing import land_inbox
        from pipelines.landing.register import active_batches
        from pipelines.onboarding.notices import landing_notices
        from pipelines.policy.admission import admitted_policy
        from pipelines.warehouse.working import create_working_database

        workspace: Workspace = context.resources.workspace
        settings = workspace.settings
        language = language_of(settings.environment)
        policy = workspace.policy
        if policy is None:
            policy = admitted_policy(settings, language)
        with workspace.steps.step("land the inbox") as note:
            report = land_inbox(settings.inbox, settings.paths.root, on_progress=note.advance)
            note.detail = _in_words(report)
            note.lines = landing_notices(report, language)
        with workspace.steps.step("open the working database"):
            create_working_database(settings.paths, policy)
        rows: dict[str, int] = {}
        for batch in active_batches(settings.paths.root):
            rows[batch.dataset] = rows.get(batch.dataset, 0) + batch.accepted_count
        for d in contract:
            yield dg.MaterializeResult(dataset_key(d), metadata={"accepted rows": rows.get(d.name, 0)})

    return land
