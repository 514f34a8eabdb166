"""From outcomes to verdicts: nothing passes by omission, nothing personal is told."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal

import pytest

from pipelines.checks.suite import Check, Outcome, Suite, Table
from pipelines.checks.thresholds import EventTimeLimits, ShareLimits, Thresholds, load_thresholds
from pipelines.checks.verdicts import verdicts
from pipelines.contract import load_contract
from pipelines.contract.model import Title
from pipelines.settings import EXPECTATIONS_DIR

CHECK = Check(
    "filled", "expect_column_values_to_not_be_null", {"column": "phone"}, "blocking", Title(zh="有值", en="Filled")
)


def suite(**changes: object) -> Suite:
    facts = {"layer": "raw", "dataset": "employees", "relation": Table("hr", "employees"), "checks": (CHECK,)}
    return Suite(**(facts | changes))


def test_passed_outcome_says_what_holds() -> None:
    (result,) = verdicts(suite(), [Outcome("filled", "blocking", passed=True)])
    assert (result.check_id, result.passed, result.failing_count) == ("raw.employees.filled", True, 0)
    assert (result.detail_zh, result.detail_en) == ("有值", "Filled")


def test_outcome_that_is_missing_is_an_error() -> None:
    with pytest.raises(KeyError):
        verdicts(suite(), [])


def test_error_counts_nothing_and_tells_the_reason_in_both_languages() -> None:
    (result,) = verdicts(suite(), [Outcome("filled", "blocking", passed=False, error="no such table")])
    assert result.failing_count is None and not result.passed
    assert "no such table" in result.detail_zh and "no such table" in result.detail_en


def test_personal_columns_are_neither_in_keys_nor_in_words() -> None:
    outcome = Outcome("filled", "blocking", passed=False, failing_keys=[{"employee_id": "E1", "phone": "13800000000"}])
    (result,) = verdicts(suite(hidden_columns=frozenset({"phone"})), [outcome])
    assert result.failing_keys == [{"employee_id": "E1"}]
    assert "138" not in result.detail_zh + result.detail_en


def test_keys_are_plain_json() -> None:
    key = {
        "at": datetime(2026, 3, 1, 9, 30),
        "on": date(2026, 3, 1),
        "price": Decimal("0.300000"),
        "whole": Decimal("1200"),
        "share": 1 / 3,
        "flag": True,
        "none": None,
    }
    (result,) = verdicts(suite(), [Outcome("filled", "blocking", passed=False, failing_keys=[key])])
    assert json.loads(json.dumps(result.failing_keys)) == [
        {
            "at": "2026-03-01T09:30:00",
            "on": "2026-03-01",
            "price": "0.3",
            "whole": "1200",
            "share": 0.333333,
            "flag": True,
            "none": None,
        }
    ]


def test_failure_without_a_count_counts_at_least_one() -> None:
    (result,) = verdicts(suite(), [Outcome("filled", "warning", passed=False, observed=0)])
    assert result.failing_count == 1
    assert "found 0" in result.detail_en and "实际 0" in result.detail_zh


def test_split_gives_a_verdict_to_each_value_even_one_without_failure() -> None:
    outcome = Outcome("filled", "warning", passed=False, failing_count=2, failing_keys=[{"dataset": "orders"}] * 2)
    results = verdicts(suite(split_by="dataset", split_values=("orders", "quotes")), [outcome])
    assert {r.check_id: (r.passed, r.failing_count) for r in results} == {
        "raw.orders.filled": (False, 2),
        "raw.quotes.filled": (True, 0),
    }


def test_error_of_a_split_suite_is_told_once() -> None:
    results = verdicts(
        suite(split_by="dataset", split_values=("orders", "quotes")),
        [Outcome("filled", "warning", passed=False, error="broken")],
    )
    assert [(r.check_id, r.passed) for r in results] == [("raw.employees.filled", False)]


def test_thresholds_refuse_what_they_do_not_know_and_what_makes_no_sense() -> None:
    with pytest.raises(ValueError, match="warning .* must not exceed blocking"):
        ShareLimits(warning=0.3, blocking=0.2, minimum_rows=1)
    known = load_thresholds(EXPECTATIONS_DIR / "thresholds.yml").model_dump()
    with pytest.raises(ValueError, match="quarantined_shares"):
        Thresholds.model_validate(known | {"quarantined_shares": 1})


def test_event_time_window_prefers_the_datasets_own_then_that_of_plans() -> None:
    limits = EventTimeLimits(
        max_age_days=10, max_ahead_days=1, plan_max_ahead_days=99, datasets={"employee_events": {"max_ahead_days": 7}}
    )
    contract = load_contract()
    assert limits.window(contract.get("messages")) == (10, 1)
    assert limits.window(contract.get("schedules")) == (10, 99)
    assert limits.window(contract.get("employee_events")) == (10, 7)


def test_shipped_thresholds_name_datasets_of_the_contract() -> None:
    names = {dataset.name for dataset in load_contract()}
    assert set(load_thresholds(EXPECTATIONS_DIR / "thresholds.yml").raw.event_time.datasets) <= names
