"""The step that reads counts and writes rates, on a database of a few rows."""

from pathlib import Path

import duckdb
import numpy as np
import pytest
import yaml

from pipelines.settings import DBT_PROJECT_DIR
from pipelines.statistics import compute
from pipelines.statistics.compute import GROUPED_STEPS, TABLES, compared_rates, written_tables


@pytest.fixture
def con():
    con = duckdb.connect()
    con.execute("create schema statistics_input")
    for table in TABLES:
        columns = [f"{name} {sql_type}" for name, sql_type in table.keys.items()]
        columns += [f"{name} {'bigint' if name.endswith('_count') else 'double'}" for name in table.inputs]
        con.execute(f"create table statistics_input.{table.source} ({', '.join(columns)})")
    for step in GROUPED_STEPS:
        columns = ["family varchar", "org_unit_id varchar", *(f"{name} double" for name in step.inputs)]
        columns += [f"{name} date" for name in step.dates]
        con.execute(f"create table statistics_input.{step.source} ({', '.join(columns)})")
    yield con
    con.close()


def add_branch(con, branch, events, exposure, other_events, other_exposure, family="DISC"):
    con.execute(
        """insert into statistics_input.branch_counts by name
        select ? as family, ? as org_unit_id, ? as event_count, ? as exposure_count, ? as other_event_count,
            ? as other_exposure_count, 100 as minimum_exposure, 3 as minimum_expected_events, 1.5 as practical_ratio,
            0.05 as fdr_level""",
        [family, branch, events, exposure, other_events, other_exposure],
    )


def branch(con, name):
    cursor = con.execute("select * from statistics.branch_rates where org_unit_id = ?", [name])
    names = [d[0] for d in cursor.description]
    (row,) = cursor.fetchall()
    return dict(zip(names, row, strict=True))


def test_tables_exist_with_types_when_nothing_was_delivered(con):
    assert compute(con) == {table.name: 0 for table in written_tables()}
    for table in written_tables():
        described = con.execute(f"describe statistics.{table.name}").fetchall()
        assert {name: sql_type.lower() for name, sql_type, *_ in described} == table.columns


def test_a_second_run_replaces_the_first(con):
    add_branch(con, "B1", 5, 1000, 5, 1000)
    compute(con)
    assert compute(con)["branch_rates"] == 1


def test_a_branch_beyond_chance_and_beyond_the_practical_ratio_is_flagged(con):
    add_branch(con, "hot", 60, 1000, 100, 8000)
    add_branch(con, "like the rest", 100, 8000, 60, 1000)
    compute(con)
    hot = branch(con, "hot")
    assert hot["rate_per_1000"] == pytest.approx(60)
    assert hot["other_rate_per_1000"] == pytest.approx(12.5)
    assert hot["rate_ratio"] == pytest.approx(4.8)
    assert hot["rate_ratio_low"] > 3 and hot["rate_ratio_high"] < 7
    assert hot["is_flagged"] and hot["has_enough_data"]
    assert not branch(con, "like the rest")["is_flagged"]


def test_significant_but_small_is_not_flagged(con):
    add_branch(con, "B1", 13_000, 1_000_000, 10_000, 1_000_000)
    compute(con)
    row = branch(con, "B1")
    assert row["q_value"] < 1e-6 and row["has_enough_data"] and not row["is_flagged"]


def test_a_small_branch_with_a_high_rate_has_not_enough_data(con):
    add_branch(con, "tiny", 2, 99, 100, 8000)
    add_branch(con, "quiet", 1, 120, 40, 9000)
    compute(con)
    tiny, quiet = branch(con, "tiny"), branch(con, "quiet")
    assert not tiny["has_enough_data"] and not tiny["is_flagged"] and tiny["p_value"] is None
    assert tiny["rate_per_1000"] == pytest.approx(2 / 99 * 1000)
    assert not quiet["has_enough_data"] and quiet["p_value"] > 0.05


def test_significance_on_few_expected_events_is_enough(con):
    add_branch(con, "hot", 12, 120, 20, 9000)
    compute(con)
    hot = branch(con, "hot")
    assert hot["expected_event_count"] < 3 and hot["has_enough_data"] and hot["is_flagged"]


def test_without_exposure_counts_stay_and_rates_are_unknown(con):
    add_branch(con, "no messages", 4, 0, 10, 900)
    add_branch(con, "no dataset", 4, None, 10, None)
    compute(con)
    for name in ("no messages", "no dataset"):
        row = branch(con, name)
        assert row["has_enough_data"] is False and row["is_flagged"] is False
        unknown = ("rate_per_1000", "rate_low", "rate_high", "rate_ratio", "p_value", "q_value")
        assert {row[column] for column in unknown} == {None}


def test_events_here_alone_have_an_open_ratio(con):
    add_branch(con, "only", 20, 1000, 0, 9000)
    compute(con)
    only = branch(con, "only")
    assert only["is_flagged"] and only["rate_ratio"] is None and only["rate_ratio_low"] > 1
    assert only["rate_ratio_high"] is None


def test_families_do_not_dilute_each_other(con):
    add_branch(con, "B1", 60, 1000, 100, 8000, family="DISC")
    compute(con)
    alone = branch(con, "B1")["q_value"]
    for number in range(50):
        add_branch(con, f"R{number}", 5, 1000, 45, 9000, family="RED")
    compute(con)
    compared = branch(con, "B1")["q_value"]
    assert alone == compared


def leave_one_out(family, events, exposure, *, minimum_exposure, minimum_expected_events):
    """Columns of a comparison of every row with all the others."""
    size = len(exposure)
    return {
        "question": np.full(size, family),
        "peers": np.full(size, family),
        "event_count": events,
        "exposure_count": exposure,
        "other_event_count": events.sum() - events,
        "other_exposure_count": exposure.sum() - exposure,
        "minimum_exposure": np.full(size, minimum_exposure),
        "minimum_expected_events": np.full(size, minimum_expected_events),
        "practical_ratio": np.full(size, 1.5),
        "fdr_level": np.full(size, 0.05),
    }


def test_even_branches_are_hardly_ever_flagged():
    """40 branches with one true rate, very unequal in size: false flags stay rare over 300 seeded worlds."""
    generator = np.random.default_rng(20260501)
    exposure = np.geomspace(150, 20_000, 40)
    worlds_with_a_flag = 0
    for _ in range(300):
        events = generator.poisson(exposure * 0.05).astype(float)
        result = compared_rates(
            leave_one_out("DISC", events, exposure, minimum_exposure=100.0, minimum_expected_events=3.0)
        )
        worlds_with_a_flag += result["is_flagged"].any()
    # Nominal 5 % plus three standard errors of 300 worlds.
    assert worlds_with_a_flag / 300 <= 0.05 + 3 * (0.05 * 0.95 / 300) ** 0.5


def test_dbt_sources_name_the_tables_and_columns_that_are_written():
    path = Path(DBT_PROJECT_DIR) / "models" / "statistics_input" / "_statistics__sources.yml"
    (source,) = yaml.safe_load(path.read_text(encoding="utf-8"))["sources"]
    declared = {t["name"]: {c["name"]: c["data_type"] for c in t["columns"]} for t in source["tables"]}
    assert source["schema"] == "statistics"
    assert declared == {table.name: table.columns for table in written_tables()}


def test_an_even_week_hardly_ever_has_a_hot_slot():
    """168 slots of very unequal traffic, most with less than five expected events: few worlds show a false flag."""
    generator = np.random.default_rng(20260502)
    exposure = np.round(np.geomspace(20, 9_000, 168))
    worlds_with_a_flag = 0
    for _ in range(200):
        events = generator.poisson(exposure * 0.0016).astype(float)
        result = compared_rates(
            leave_one_out("RED", events, exposure, minimum_exposure=200.0, minimum_expected_events=1.0)
        )
        worlds_with_a_flag += result["is_flagged"].any()
    # Nominal 5 % plus three standard errors of 200 worlds.
    assert worlds_with_a_flag / 200 <= 0.05 + 3 * (0.05 * 0.95 / 200) ** 0.5


def test_tripled_weekend_evenings_are_found():
    """Six slots of ten expected events, tripled: at least four of them are flagged in nine worlds of ten."""
    generator = np.random.default_rng(20260503)
    exposure = np.full(168, 3_000.0)
    hot = np.zeros(168, dtype=bool)
    hot[[138, 139, 140, 162, 163, 164]] = True
    worlds_with_most_found = 0
    for _ in range(100):
        events = generator.poisson(exposure * 0.0033 * np.where(hot, 3, 1)).astype(float)
        result = compared_rates(
            leave_one_out("RED", events, exposure, minimum_exposure=200.0, minimum_expected_events=1.0)
        )
        worlds_with_most_found += (result["is_flagged"] & hot).sum() >= 4
    assert worlds_with_most_found >= 90


def test_a_rule_is_called_precise_only_after_enough_decisions(con):
    con.execute(
        """insert into statistics_input.rule_counts by name
        select 'RED' as family, rule_id, 'G' as org_unit_id, substantiated as substantiated_count,
            decided as decided_count, minimum as minimum_decided_count
        from (values ('known', 9, 10, 10), ('few', 9, 9, 10), ('none', 0, 0, 10), ('no policy', 9, 10, null))
            as t (rule_id, substantiated, decided, minimum)"""
    )
    compute(con)
    found = {
        rule_id: rest
        for rule_id, *rest in con.execute(
            "select rule_id, has_enough_data, precision_share, precision_low, precision_high"
            " from statistics.rule_precision"
        ).fetchall()
    }
    assert found["known"][:2] == [True, 0.9] and 0.5 < found["known"][2] < 0.9 < found["known"][3] < 1
    assert found["few"][:2] == [False, 1.0] and found["few"][3] == 1
    assert found["none"] == [False, None, None, None]
    assert found["no policy"][0] is False


def test_cohort_types_are_questions_of_their_own(con):
    """A p-value of 0.02 alone in its type stays 0.02, however many half-years another type asks about."""
    con.execute(
        """insert into statistics_input.cohort_counts by name
        select 'RED' as family, 'G' as org_unit_id, cohort_type, cohort_value, event_count, 1000 as exposure_count,
            100 as other_event_count, 9000 as other_exposure_count, 100 as minimum_exposure,
            1 as minimum_expected_events, 1.5 as practical_ratio, 0.05 as fdr_level
        from (
            select 'tenure_band' as cohort_type, 'under_3m' as cohort_value, 20 as event_count
            union all
            select 'hire_half_year', 'H' || i, 11 from range(30) as t (i)
        )"""
    )
    compute(con)
    [(p, q)] = con.execute(
        "select p_value, q_value from statistics.cohort_rates where cohort_type = 'tenure_band'"
    ).fetchall()
    assert 0.005 < p < 0.05
    assert q == p


def test_the_order_of_the_counted_rows_decides_no_digit(con):
    """Rates are drawn towards their peers, whose sum must not hang on the order in which deliveries were processed."""
    generator = np.random.default_rng(20260505)
    branches = [(f"B{i:02d}", int(e), int(x)) for i, (e, x) in enumerate(generator.integers(1, 5000, (40, 2)))]
    total = sum(b[1] for b in branches), sum(b[2] for b in branches)
    found = []
    for turn in (branches, branches[::-1]):
        con.execute("delete from statistics_input.branch_counts")
        for name, events, exposure in turn:
            add_branch(con, name, events, exposure, total[0] - events, total[1] - exposure)
        compute(con)
        found.append(con.execute("select * from statistics.branch_rates order by org_unit_id").fetchall())
    assert found[0] == found[1]
