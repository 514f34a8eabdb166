"""The shipped table of labour law, held against people on both sides of each limit in all five countries."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.support.compiled import CompiledWarehouse
from tests.support.labour import labour_company

DELIVERED = "2026-07-01T09:00:00+08:00"

VIOLATIONS = {
    "LAB-01": {
        "CN-1-over/2026-03",
        "JP-1-over/2026-06",
        "SG-1-over/2026-03",
        "DE-1-over/2026-06",
        "GB-1-over/2026-05",
        # Sixty hours in March and April 2020 each: the cap binds small employers from April on.
        "JP-1-change/2020-04",
        "JP-6-change/2023-03",
        "JP-6-change/2023-04",
    },
    "LAB-02": {
        "CN-2-over/2026-03-04",
        "DE-2-over/2026-03-04",
        "SG-2-over/2026-03-04",
        # The same long day in March and April 2019: protected only since the pay cap rose.
        "SG-2-change/2019-04-03",
    },
    "LAB-03": {f"{country}-3-over/2026-03-02" for country in ("CN", "JP", "DE", "SG", "GB")},
    "LAB-04": {
        "CN-4-over",
        "CN-4-none",
        "CN-4-first-day-of-the-law",
        "JP-4-over",
        "DE-4-old-law-over",
        "DE-4-over",
        "SG-4-over",
        "GB-4-old-law-over",
        "GB-4-over",
    },
    "LAB-05": {
        "CN-5-two-months-over",
        "CN-5-half-year-over",
        "CN-5-year-over",
        "CN-5-three-years-over",
        "CN-5-new-law",
        "DE-5-over",
    },
    "LAB-06": {
        "CN-6-over/2026-03",
        "CN-6-rest-day-over/2026-03",
        # The same pay for the eve of the Spring Festival, which became a holiday in 2025.
        "CN-6-eve-2025/2025-01",
        "JP-6-over/2026-06",
        "JP-6-change/2023-04",
        "SG-6-over/2026-03",
    },
    "EXIT-06": {"CN-7-over", "CN-7-none", "JP-7-late", "DE-7-over", "SG-7-over"},
}

REVIEWED = {
    ("LAB-02", "SG-2-unpaid/2026-03-04", "unknown_base_pay"),
    ("LAB-04", "CN-4-renewal", "signature_may_be_renewal"),
    ("EXIT-06", "JP-7-over", "final_pay_request_unknown"),
    # Twelve days in a row are lawful where each week has its day off, and worth a look.
    *(("LAB-03", f"{country}-3-at/2026-03-02", "rest_day_depends_on_weeks") for country in ("JP", "DE", "SG", "GB")),
}


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> CompiledWarehouse:
    warehouse = CompiledWarehouse(tmp_path_factory.mktemp("labour"))
    warehouse.deliver(labour_company(), DELIVERED)
    warehouse.build()
    return warehouse


@pytest.mark.parametrize("rule_id", sorted(VIOLATIONS))
def test_people_beyond_a_limit_are_found_and_nobody_at_it(judged: CompiledWarehouse, rule_id: str) -> None:
    found = judged.query(f"select subject_id from compliance.fct_violations where rule_id = '{rule_id}'")
    assert {subject for (subject,) in found} == VIOLATIONS[rule_id]
    assert len(found) == len(VIOLATIONS[rule_id])


def test_what_the_data_cannot_settle_is_left_for_review(judged: CompiledWarehouse) -> None:
    found = judged.query(
        "select rule_id, subject_id, review_cause from compliance.review_items"
        " where family = 'LAB' or rule_id = 'EXIT-06'"
    )
    assert set(found) == REVIEWED


def test_no_person_pays_for_what_the_company_owes(judged: CompiledWarehouse) -> None:
    assert judged.query("select distinct points from compliance.fct_violations") == [(Decimal(0),)]


def test_money_owed_is_told(judged: CompiledWarehouse) -> None:
    amounts = judged.query(
        "select subject_id, amount_at_risk, currency from compliance.fct_violations where rule_id = 'LAB-06'"
        " and subject_id in ('JP-6-change/2023-04', 'CN-6-eve-2025/2025-01') order by all"
    )
    assert amounts == [("CN-6-eve-2025/2025-01", Decimal(800), "CNY"), ("JP-6-change/2023-04", Decimal(2500), "JPY")]


def test_a_rule_that_a_law_does_not_know_does_not_apply_there(judged: CompiledWarehouse) -> None:
    told = judged.query(
        "select rule_id, org_unit_id from compliance.rule_status"
        " where (rule_id like 'LAB-%' or rule_id = 'EXIT-06') and org_unit_id <> 'G'"
        " group by rule_id, org_unit_id having bool_and(status = 'NOT_APPLICABLE')"
    )
    assert set(told) == {
        ("LAB-02", "JP"),
        ("LAB-02", "GB"),
        ("LAB-05", "JP"),
        ("LAB-05", "SG"),
        ("LAB-05", "GB"),
        ("LAB-06", "DE"),
        ("LAB-06", "GB"),
        ("EXIT-06", "GB"),
    }


def test_nothing_is_lost_on_the_way_to_the_facts(judged: CompiledWarehouse) -> None:
    assert judged.failures() == []
