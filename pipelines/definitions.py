"""The Dagster code location: the whole run in the order in which it happens.

Belongs here: assembly. Does not belong here: anything that could be tested without Dagster.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import dagster as dg

from pipelines.assets.checks import (
    build_mart_reconciliation_checks,
    build_published_checks,
    build_raw_checks,
    build_reconciliation_checks,
)
from pipelines.assets.dbt import build_dbt_assets
from pipelines.assets.publish import build_publication_asset
from pipelines.assets.raw import build_landing_asset
from pipelines.assets.statistics import build_statistics_asset, statistics_tables
from pipelines.contract import load_contract
from pipelines.contract.dbt import model_name
from pipelines.policy.admission import refuse_incomplete_rules
from pipelines.progress import Reporter, SilentReporter, Steps
from pipelines.publish.publication import PUBLISHED_SCHEMAS
from pipelines.settings import Settings, disable_telemetry
from pipelines.warehouse.carriers import carriers
from pipelines.warehouse.dbt import DbtProjectRunner
from pipelines.warehouse.working import PolicyRows
from pipelines.workspace import Workspace

JOB_NAME = "hufu_run"


def _models(manifest: Mapping[str, Any], schemas: tuple[str, ...]) -> dict[str, Mapping[str, Any]]:
    nodes = (n for n in manifest["nodes"].values() if n["resource_type"] == "model" and n["schema"] in schemas)
    return {f"{n['schema']}.{n['alias']}": n for n in nodes}


def _asset_keys(nodes: Mapping[str, Mapping[str, Any]]) -> dict[str, dg.AssetKey]:
    from dagster_dbt import DagsterDbtTranslator

    translator = DagsterDbtTranslator()
    return {name: translator.get_asset_key(node) for name, node in nodes.items()}


def _lineage(manifest: Mapping[str, Any]) -> list[tuple[str, str]]:
    pairs = {
        (node.split(".", 2)[-1], parent.split(".", 2)[-1])
        for node, parents in manifest["parent_map"].items()
        for parent in parents
        if node.startswith("model.")
    }
    return sorted(pairs)


def build_definitions(
    settings: Settings | None = None, reporter: Reporter | None = None, policy: PolicyRows | None = None
) -> dg.Definitions:
    """The code location for `settings` (default: the environment's).

    policy: the company's tables where they have been admitted already; they never are without complete rules.
    """
    disable_telemetry()
    if policy is None:
        # dbt may not even parse an incomplete rule, and would say so in words of its own.
        refuse_incomplete_rules()
    settings = settings or Settings.load()
    contract = load_contract()
    runner = DbtProjectRunner(settings.paths, settings.target)
    runner.parse()
    manifest = json.loads((settings.paths.build / "dbt" / "manifest.json").read_text(encoding="utf-8"))
    marts = _asset_keys(_models(manifest, PUBLISHED_SCHEMAS))
    staged = _asset_keys(_models(manifest, ("staging",)))
    inputs = _asset_keys(_models(manifest, ("statistics_input",)))
    carried = carriers(manifest, contract)
    assets = [
        build_landing_asset(contract),
        *build_dbt_assets(manifest),
        # Depending on the staged rows too makes the reconciliation a gate before anything is computed from them.
        build_statistics_asset(statistics_tables(manifest), [*inputs.values(), *staged.values()]),
        build_publication_asset(list(marts.values()), _lineage(manifest)),
    ]
    checks = [
        build_raw_checks(contract),
        build_reconciliation_checks(contract, {d.name: staged[f"staging.{model_name(d)}"] for d in contract}, carried),
        build_mart_reconciliation_checks(contract, marts, carried),
        build_published_checks(marts),
    ]
    job = dg.define_asset_job(JOB_NAME, executor_def=dg.in_process_executor)
    workspace = Workspace(settings, contract, runner, Steps(reporter or SilentReporter()), policy)
    return dg.Definitions(
        assets=assets,
        asset_checks=checks,
        jobs=[job],
        resources={"workspace": dg.ResourceDefinition.hardcoded_resource(workspace)},
    )


@dg.definitions
def defs() -> dg.Definitions:
    """What Dagster's own tools load (`make dagster`)."""
    return build_definitions()
