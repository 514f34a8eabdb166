"""Arguments of dbt, and what its test results become."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from pipelines.settings import DataPaths
from pipelines.warehouse.dbt import Phase, check_from_test, dbt_args, parse_cache, phase_args


def _result(status: str, severity: str = "ERROR", failures: int | None = 0) -> SimpleNamespace:
    node = SimpleNamespace(
        unique_id="test.hufu.unique_orders",
        name="unique_orders",
        attached_node="model.hufu.fct_order",
        config=SimpleNamespace(severity=severity),
    )
    return SimpleNamespace(node=node, status=status, failures=failures, message="words of dbt")


def test_dbt_writes_into_the_data_folder_only(tmp_path: Path) -> None:
    arguments = dbt_args("build", DataPaths(tmp_path))
    assert arguments[arguments.index("--target-path") + 1].startswith(str(tmp_path))
    assert arguments[arguments.index("--log-path") + 1].startswith(str(tmp_path))


def test_another_copy_of_the_same_project_has_a_parsed_one_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A parsed project names its files by the folder that it was parsed in, which may be gone."""
    here = parse_cache()
    monkeypatch.setattr("pipelines.warehouse.dbt.DBT_PROJECT_DIR", tmp_path)
    assert parse_cache() != here


def test_the_two_phases_are_each_others_complement() -> None:
    before, after = phase_args(Phase.BEFORE_STATISTICS), phase_args(Phase.AFTER_STATISTICS)
    assert before[before.index("source:statistics+") - 1] == "--exclude"
    assert after[after.index("source:statistics+") - 1] == "--select"
    assert "unit_test" in before and "unit_test" in after


@pytest.mark.parametrize(
    ("status", "severity", "passed", "ours"),
    [
        ("pass", "ERROR", True, "blocking"),
        ("fail", "ERROR", False, "blocking"),
        ("warn", "WARN", False, "warning"),
        ("error", "WARN", False, "blocking"),
        ("skipped", "WARN", False, "blocking"),
    ],
)
def test_a_test_that_could_not_run_never_counts_as_passed(status: str, severity: str, passed: bool, ours: str) -> None:
    check = check_from_test(_result(status, severity, 3), [{"order_id": "O1"}])
    assert (check.passed, check.severity, check.dataset) == (passed, ours, "fct_order")
