"""Rules of the dbt project that no database can check: layers, descriptions, contracts, rendered files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipelines.contract import load_contract
from pipelines.contract.dbt import render
from pipelines.settings import DBT_PROJECT_DIR, DataPaths, disable_telemetry

# What a model of a layer may read.
READABLE = {
    "staging": {"source", "staging"},
    "core": {"staging", "core", "policy"},
    "signals": {"staging", "core", "signals", "policy"},
    "rules": {"core", "signals", "rules", "policy", "reference"},
    "statistics_input": {"core", "signals", "rules", "policy", "reference", "compliance", "statistics_input"},
    "reference": {"core", "policy", "rules", "reference", "source"},
}
MART_READS = {"core", "signals", "rules", "policy", "reference", "statistics_input", "source"}


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    disable_telemetry()
    from pipelines.warehouse.dbt import DbtProjectRunner

    paths = DataPaths(tmp_path_factory.mktemp("dbt"))
    DbtProjectRunner(paths).parse()
    return json.loads((paths.build / "dbt" / "manifest.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def models(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    return [n for n in manifest["nodes"].values() if n["resource_type"] == "model"]


def _layer(manifest: dict[str, Any], unique_id: str) -> str:
    if unique_id.startswith("source."):
        return "source"
    return manifest["nodes"][unique_id]["schema"]


def test_rendered_staging_files_equal_the_contract() -> None:
    for name, text in render(load_contract()).items():
        path = DBT_PROJECT_DIR / "models" / "staging" / name
        assert path.read_text(encoding="utf-8") == text, f"{name} is stale: run `hufu contract render`"


def test_every_dataset_is_staged_and_nothing_else_is_rendered() -> None:
    rendered = {Path(name).name for name in render(load_contract()) if name.endswith(".sql")}
    on_disk = {p.name for p in (DBT_PROJECT_DIR / "models" / "staging").rglob("stg_*.sql")}
    assert on_disk - rendered == {
        "stg_calendar__country_days.sql",
        "stg_hr__account_owners.sql",
        "stg_hr__employee_timezones.sql",
        "stg_hr__group_timezone.sql",
        "stg_hr__operation_versions.sql",
        "stg_landed__quarantined_rows.sql",
    }
    assert rendered <= on_disk


def test_no_layer_reaches_over_another(manifest: dict[str, Any], models: list[dict[str, Any]]) -> None:
    offences = []
    for model in models:
        layer = model["schema"]
        allowed = READABLE.get(layer, MART_READS | {layer, "compliance"})
        for parent in model["depends_on"]["nodes"]:
            if (parent_layer := _layer(manifest, parent)) not in allowed:
                offences.append(f"{layer}.{model['name']} reads {parent_layer}: {parent}")
    assert offences == []


def test_every_model_says_its_grain_first(models: list[dict[str, Any]]) -> None:
    assert [m["name"] for m in models if not m["description"].startswith("One row")] == []


def test_marts_and_reference_enforce_their_contract(models: list[dict[str, Any]]) -> None:
    served = [m for m in models if "marts" in m["fqn"] or "reference" in m["fqn"]]
    assert served
    assert [m["name"] for m in served if not m["config"]["contract"]["enforced"]] == []


def test_every_model_past_staging_has_a_tested_key(manifest: dict[str, Any], models: list[dict[str, Any]]) -> None:
    tested = {
        parent
        for node in manifest["nodes"].values()
        if node["resource_type"] == "test" and (node.get("test_metadata") or {}).get("name") in KEY_TESTS
        for parent in node["depends_on"]["nodes"]
    }
    # The key of what rules find is tested once, on the verdicts: it names the rule, too.
    rules = {m["unique_id"] for m in models if m["config"]["meta"].get("rule_id")}
    unions = {m["unique_id"] for m in models if m["name"] in ("int_rule_output", "int_source_record")}
    # What staging left of each key is counted by the reconciliation.
    staged = {m["unique_id"] for m in models if m["name"].startswith("stg_") and m["path"].count("/") == 2}
    assert [m["name"] for m in models if m["unique_id"] not in tested | rules | unions | staged] == []


KEY_TESTS = {"unique", "unique_together", "primary_key"}


def test_no_star_past_staging(models: list[dict[str, Any]]) -> None:
    """`select * from cte` as the last step of a model hides its columns from whoever reads it."""
    import re

    offences = [
        m["name"]
        for m in models
        if m["schema"] != "staging" and re.search(r"select\s+(distinct\s+)?\*", m["raw_code"], re.IGNORECASE)
    ]
    assert offences == []
