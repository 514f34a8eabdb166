"""Drift against the last publication: nothing to say of like and like, and every change beyond its limit is told."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
import yaml

from pipelines.checks import CheckResult, run_published_checks
from pipelines.checks.published import load_published_suites
from pipelines.checks.thresholds import load_thresholds
from pipelines.settings import DBT_PROJECT_DIR, EXPECTATIONS_DIR

Marts = Callable[..., Path]

# Two families over four months, of one group with one branch: 100 employees, 400 violations.
MARTS = """
    create schema compliance; create schema hotspots; create schema cost; create schema performance;
    create schema reference; create schema staging;
    create table reference.org_units as
        select * from (values ('G', true), ('B1', false)) as unit(org_unit_id, is_group);
    create table compliance.monthly_by_org as
        select month, org_unit_id, family, 50 as incident_count, 10000 as exposure_count
        from (values (date '2026-01-01'), (date '2026-02-01'), (date '2026-03-01'), (date '2026-04-01')) as m(month),
            (values ('G'), ('B1')) as o(org_unit_id), (values ('DISC'), ('RED')) as f(family);
    create table compliance.fct_violations as
        select 'v' || i as violation_id, case when i % 2 = 0 then 'DISC-01' else 'RED-01' end as rule_id
        from range(400) as r(i);
    create table compliance.rule_status as
        select rule_id, org_unit_id, valid_from, status
        from (values ('DISC-01', 'PASS'), ('RED-01', 'FAIL'), ('EXIT-01', 'NO_DATA')) as r(rule_id, status),
            (values ('G'), ('B1')) as o(org_unit_id),
            (values (date '2025-01-01'), (date '2026-01-01')) as d(valid_from);
    create table compliance.employee_scores as
        select 'E' || i as employee_id, month, 90.0 as compliance_score
        from range(100) as r(i), (values (date '2026-02-01'), (date '2026-03-01')) as m(month);
    create table hotspots.slots as
        select family, org_unit_id, weekday, hour, 100 as exposure_count
        from (values ('DISC'), ('RED')) as f(family), (values ('G'), ('B1')) as o(org_unit_id),
            range(1, 8) as w(weekday), range(24) as h(hour);
    create table cost.labour_monthly as
        select month, 'B1' as org_unit_id, 'CNY' as currency, 1000000.00 as labour_amount
        from (values (date '2026-01-01'), (date '2026-02-01'), (date '2026-03-01')) as m(month);
    create table performance.scorecards as
        select 'E' || i as employee_id, month, 80.0 as overall_score
        from range(100) as r(i), (values (date '2026-02-01'), (date '2026-03-01')) as m(month);
    create table staging.scratch as select 1 as one;
"""


@pytest.fixture(scope="session")
def last_publication(tmp_path_factory: pytest.TempPathFactory) -> Path:
    database = tmp_path_factory.mktemp("published") / "hufu-1.duckdb"
    with duckdb.connect(str(database)) as con:
        con.execute(MARTS)
        con.execute("drop schema staging cascade")
    return database


@pytest.fixture
def marts(tmp_path: Path, last_publication: Path) -> Marts:
    """marts(*statements): what the last publication holds, then changed by the statements."""

    def create(*statements: str, name: str = "working") -> Path:
        database = Path(shutil.copy(last_publication, tmp_path / f"{name}.duckdb"))
        with duckdb.connect(str(database)) as con:
            for statement in statements:
                con.execute(statement)
        return database

    return create


@pytest.fixture
def only_suite(tmp_path: Path) -> Callable[[str], Path]:
    """Expectations with the suites of one file alone."""

    def create(name: str) -> Path:
        folder = tmp_path / "expectations"
        (folder / "published").mkdir(parents=True)
        shutil.copy(EXPECTATIONS_DIR / "thresholds.yml", folder)
        shutil.copy(EXPECTATIONS_DIR / "published" / f"{name}.yml", folder / "published")
        return folder

    return create


def failures(results: list[CheckResult]) -> dict[str, CheckResult]:
    return {r.check_id: r for r in results if not r.passed}


def test_same_marts_pass_every_check(marts: Marts, last_publication: Path) -> None:
    results = run_published_checks(marts(), last_publication)
    assert failures(results) == {}
    assert {r.layer for r in results} == {"published"}
    assert len({r.check_id for r in results}) == len(results)
    assert all(r.observed != "not compared" for r in results)
    with_row_counts = {r.dataset for r in results if r.check_name == "rows_kept"}
    assert {"compliance.fct_violations", "cost.labour_monthly", "reference.org_units"} <= with_row_counts


def test_first_publication_says_that_nothing_was_compared(marts: Marts) -> None:
    results = run_published_checks(marts(), None)
    assert failures(results) == {}
    compared = {r.check_id for r in results if r.observed != "not compared"}
    assert compared == {
        "published.compliance.monthly_by_org.rate_possible",
        "published.compliance.rule_status.rules_answer",
    }
    assert all("no earlier publication" in r.detail_en for r in results if r.check_id not in compared)


CHANGES = [
    pytest.param(
        "every_mart",
        "delete from performance.scorecards where substr(employee_id, 2)::int >= 79",
        {"published.performance.scorecards.rows_kept": "warning"},
        [{"relation": "performance.scorecards", "row_count": 158, "previous_row_count": 200}],
        id="a fifth of a mart is gone",
    ),
    pytest.param(
        "every_mart",
        "delete from performance.scorecards where substr(employee_id, 2)::int >= 49",
        {
            "published.performance.scorecards.rows_kept": "warning",
            "published.performance.scorecards.rows_kept_limit": "blocking",
        },
        [{"relation": "performance.scorecards", "row_count": 98, "previous_row_count": 200}],
        id="half of a mart is gone",
    ),
    pytest.param(
        "every_mart",
        "delete from compliance.fct_violations",
        {"published.compliance.fct_violations.rows_kept": "warning"},
        [{"relation": "compliance.fct_violations", "row_count": 0, "previous_row_count": 400}],
        id="what follows policy may be emptied by it",
    ),
    pytest.param(
        "every_mart",
        "drop table performance.scorecards",
        {"published.performance.scorecards.rows_kept": "warning"},
        [{"relation": "performance.scorecards", "row_count": None, "previous_row_count": 200}],
        id="a mart is gone",
    ),
    pytest.param(
        "compliance",
        "update compliance.monthly_by_org set incident_count = 5001 where family = 'RED'",
        {
            "published.compliance.monthly_by_org.rate_possible": "warning",
            "published.compliance.monthly_by_org.rate_steady": "warning",
            "published.compliance.monthly_by_org.family_mix_steady": "warning",
        },
        [{"family": "RED", "rate_per_1000": 500.1}],
        id="every second message in violation",
    ),
    pytest.param(
        "compliance",
        "update compliance.monthly_by_org set incident_count = 110",
        {"published.compliance.monthly_by_org.rate_steady": "warning"},
        [
            {"family": "DISC", "incident_count": 330, "previous_incident_count": 150, "rate_ratio": 2.2},
            {"family": "RED", "incident_count": 330, "previous_incident_count": 150, "rate_ratio": 2.2},
        ],
        id="rates doubled",
    ),
    pytest.param(
        "compliance",
        "update compliance.monthly_by_org set incident_count = case family when 'RED' then 30 else 70 end",
        {"published.compliance.monthly_by_org.family_mix_steady": "warning"},
        [{"family": "RED", "incident_count": 90, "previous_incident_count": 150, "family_mix_shift": 0.2}],
        id="families shifted",
    ),
    pytest.param(
        "compliance",
        "delete from compliance.fct_violations where rule_id = 'RED-01' and substr(violation_id, 2)::int < 50",
        {"published.compliance.fct_violations.violations_kept": "warning"},
        [{"rule_id": "RED-01", "previous_count": 200, "lost_count": 25, "lost_share": 0.125}],
        id="violations vanished",
    ),
    pytest.param(
        "compliance",
        "update compliance.rule_status set status = 'NO_DATA'"
        " where rule_id = 'RED-01' and org_unit_id = 'B1' and valid_from = '2026-01-01'",
        {"published.compliance.rule_status.rules_still_answer": "warning"},
        [{"rule_id": "RED-01", "no_data_share": 0.5, "previous_no_data_share": 0.0, "no_data_rise": 0.5}],
        id="a rule lost its data",
    ),
    pytest.param(
        "compliance",
        "update compliance.rule_status set status = 'NO_DATA'",
        {
            "published.compliance.rule_status.rules_answer": "warning",
            "published.compliance.rule_status.rules_still_answer": "warning",
        },
        [{"no_data_share": 1.0}],
        id="no rule has data",
    ),
    pytest.param(
        "compliance",
        "update compliance.employee_scores set compliance_score = 84 where month = '2026-03-01'",
        {"published.compliance.employee_scores.scores_steady": "warning"},
        [{"month": "2026-03-01", "mean_score": 84.0, "previous_mean_score": 90.0, "score_shift": 6.0}],
        id="scores moved",
    ),
    pytest.param(
        "cost",
        "update cost.labour_monthly set labour_amount = 940000 where month = '2026-02-01'",
        {"published.cost.labour_monthly.months_not_restated": "warning"},
        [
            {
                "month": "2026-02-01",
                "currency": "CNY",
                "amount": "940000",
                "previous_amount": "1000000",
                "restated_share": 0.06,
            }
        ],
        id="a closed month restated",
    ),
    pytest.param(
        "performance",
        "update performance.scorecards set overall_score = 90 where month = '2026-02-01'",
        {"published.performance.scorecards.scores_steady": "warning"},
        [{"month": "2026-02-01", "mean_score": 90.0, "previous_mean_score": 80.0, "score_shift": 10.0}],
        id="performance scores moved",
    ),
    pytest.param(
        "hotspots",
        "delete from hotspots.slots where family = 'RED' and weekday > 5",
        {"published.hotspots.slots.exposure_kept": "warning"},
        [
            {
                "family": "RED",
                "exposure_count": 12000,
                "previous_exposure_count": 16800,
                "kept_exposure": pytest.approx(0.714, abs=0.001),
            }
        ],
        id="exposure shrank",
    ),
]


@pytest.mark.parametrize(("suite", "statement", "expected", "failing_keys"), CHANGES)
def test_change_beyond_its_limit_is_told(
    marts: Marts,
    last_publication: Path,
    only_suite: Callable[[str], Path],
    suite: str,
    statement: str,
    expected: dict[str, str],
    failing_keys: list,
) -> None:
    failed = failures(run_published_checks(marts(statement), last_publication, expectations=only_suite(suite)))
    assert {check_id: r.severity for check_id, r in failed.items()} == expected
    told = [key for result in failed.values() for key in result.failing_keys]
    for key in failing_keys:
        assert any(key.items() <= one.items() for one in told), told
    assert all(r.failing_count is not None and r.failing_count >= 1 for r in failed.values())


def test_every_declared_expectation_is_made_to_fail() -> None:
    declared = {
        f"published.{s.dataset}.{e.name}"
        for s in load_published_suites(EXPECTATIONS_DIR / "published")
        for e in s.expectations
    }
    by_mart = {"published.performance.scorecards.rows_kept", "published.performance.scorecards.rows_kept_limit"}
    failed = {check_id for change in CHANGES for check_id in change.values[2]}
    assert by_mart <= failed
    assert declared <= failed | {"published.every_mart.rows_kept", "published.every_mart.rows_kept_limit"}


def test_every_limit_is_used_and_every_used_limit_is_there() -> None:
    limits = load_thresholds(EXPECTATIONS_DIR / "thresholds.yml").published
    texts = [path.read_text(encoding="utf-8") for path in (EXPECTATIONS_DIR / "published").glob("*.yml")]
    used = {name for name in limits if any(f"'{name}'" in t or f"$PARAMETER: {name}}}" in t for t in texts)}
    assert used == set(limits)


def test_every_mart_that_is_read_is_a_model() -> None:
    models = {path.stem for path in DBT_PROJECT_DIR.glob("models/**/*.sql")}
    read = {table for s in load_published_suites(EXPECTATIONS_DIR / "published") for table in s.reads}
    assert {table for table in read if table.split(".")[1] not in models} == set()


@pytest.mark.parametrize(
    ("is_active", "severities"),
    [
        pytest.param(False, {"warning"}, id="withdrawn"),
        pytest.param(True, {"warning", "blocking"}, id="all still there"),
    ],
)
def test_withdrawn_delivery_explains_why_marts_shrank(
    marts: Marts, only_suite: Callable[[str], Path], is_active: bool, severities: set[str]
) -> None:
    previous = marts(
        "create schema quality",
        "create table quality.batches as select 'b1' as batch_id, true as is_active",
        name="previous",
    )
    now = marts(
        "create schema landed",
        f"create table landed.batches as select 'b1' as batch_id, {is_active} as is_active",
        "delete from performance.scorecards",
    )
    failed = failures(run_published_checks(now, previous, expectations=only_suite("every_mart")))
    assert {r.severity for r in failed.values()} == severities
    assert {r.dataset for r in failed.values()} == {"performance.scorecards"}


def test_small_numbers_raise_no_alarm(marts: Marts) -> None:
    previous = marts(
        "delete from compliance.fct_violations where substr(violation_id, 2)::int >= 19",
        "update compliance.monthly_by_org set incident_count = 3",
        name="previous",
    )
    now = marts("delete from compliance.fct_violations", "update compliance.monthly_by_org set incident_count = 0")
    failed = failures(run_published_checks(now, previous))
    assert failed == {}


def test_month_that_was_not_over_may_change(marts: Marts, last_publication: Path) -> None:
    database = marts(
        "update compliance.monthly_by_org set incident_count = 500 where month = '2026-04-01'",
        "update cost.labour_monthly set labour_amount = 1 where month = '2026-03-01'",
        "update performance.scorecards set overall_score = 10 where month = '2026-03-01'",
    )
    assert failures(run_published_checks(database, last_publication)) == {}


def test_mart_that_was_not_built_fails_what_is_asked_of_it(marts: Marts, last_publication: Path) -> None:
    failed = failures(run_published_checks(marts("drop table cost.labour_monthly"), last_publication))
    assert set(failed) == {"published.cost.labour_monthly.months_not_restated"}
    assert "not built: cost.labour_monthly" in failed.popitem()[1].detail_en


def test_mart_that_is_new_is_not_compared(marts: Marts) -> None:
    previous = marts("drop table cost.labour_monthly", name="previous")
    results = {r.check_id: r for r in run_published_checks(marts(), previous)}
    result = results["published.cost.labour_monthly.months_not_restated"]
    assert result.passed and result.observed == "not compared"
    assert "the last publication has no cost.labour_monthly" in result.detail_en


def test_query_that_does_not_run_fails_its_checks_with_the_message(marts: Marts, last_publication: Path) -> None:
    database = marts("alter table cost.labour_monthly rename column labour_amount to amount_of_labour")
    failed = failures(run_published_checks(database, last_publication))
    assert set(failed) == {"published.cost.labour_monthly.months_not_restated"}
    assert "labour_amount" in failed.popitem()[1].detail_en


def test_missing_limit_is_no_pass(marts: Marts, last_publication: Path, only_suite: Callable[[str], Path]) -> None:
    expectations = only_suite("cost")
    thresholds = yaml.safe_load((expectations / "thresholds.yml").read_text(encoding="utf-8"))
    del thresholds["published"]["restated_share_max"]
    (expectations / "thresholds.yml").write_text(yaml.safe_dump(thresholds), encoding="utf-8")
    failed = failures(run_published_checks(marts(), last_publication, expectations=expectations))
    assert set(failed) == {"published.cost.labour_monthly.months_not_restated"}
    assert "restated_share_max" in failed.popitem()[1].detail_en


def test_both_files_are_free_afterwards(marts: Marts) -> None:
    previous, database = marts(name="previous"), marts()
    run_published_checks(database, previous)
    for path in (previous, database):
        with duckdb.connect(str(path)) as con:
            con.execute("create table written as select 1 as one")
