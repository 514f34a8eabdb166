"""Figures say what the rows say, and never turn missing data into zero."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2

from dashboards.access import Viewer
from dashboards.charts import (
    branches,
    case,
    clusters,
    cohorts,
    cost,
    performance,
    quality,
    risks,
    rules,
    service_errors,
    slots,
    trend,
    units,
)
from dashboards.charts.intervals import rate_interval
from dashboards.charts.theme import shortened_plain
from dashboards.i18n import LANGUAGES, Texts

zh, en = Texts("zh"), Texts("en")
MONTHS = [date(2026, month, 1) for month in range(1, 5)]


def slot(weekday: int, hour: int, events: int, exposure: int, *, enough: bool = True, flagged: bool = False) -> dict:
    rate = 1000 * events / exposure if exposure else None
    return {
        "weekday": weekday,
        "hour": hour,
        "event_count": events,
        "exposure_count": exposure,
        "exposure_unit": "message",
        "rate_per_1000": rate,
        "rate_low": rate,
        "rate_high": rate,
        "rate_ratio": 4.0 if flagged else 1.0,
        "rate_ratio_low": 2.0,
        "rate_ratio_high": None,
        "q_value": 0.001 if flagged else 0.8,
        "is_flagged": flagged,
        "has_enough_data": enough,
    }


def week(*, hot: set[tuple[int, int]] = frozenset(), enough: bool = True) -> pd.DataFrame:
    return pd.DataFrame(
        [
            slot(
                day,
                hour,
                20 if (day, hour) in hot else 1,
                1000 if 9 <= hour <= 20 else 0,
                enough=enough,
                flagged=(day, hour) in hot,
            )
            for day in range(1, 8)
            for hour in range(24)
        ]
    )


WEEKEND_EVENING = {(day, hour) for day in (6, 7) for hour in (18, 19, 20)}


def heatmaps(figure: go.Figure) -> tuple[go.Heatmap, go.Heatmap]:
    blank, rates = (trace for trace in figure.data if trace.type == "heatmap")
    return blank, rates


def scan(**changes) -> pd.DataFrame:
    """A hot weekend evening and one block that cannot be told from it."""
    block = {
        "family": "RED",
        "block_no": 0,
        "block_role": "hottest",
        "scan_state": "hot_block",
        "scanned_event_count": 400,
        "exposure_unit": "message",
        "dispersion": 1.0,
        "near_equal_count": 1,
        "weekday_first": 6,
        "weekday_count": 2,
        "hour_first": 18,
        "hour_count": 3,
        "event_count": 214,
        "expected_event_count": 69.0,
        "rate_ratio": 3.1,
        "p_value": 0.0001,
        "replicate_count": 9999,
        "is_flagged": True,
    } | changes
    near = block | {"block_no": 1, "block_role": "near_equal", "hour_first": 22, "hour_count": 4, "is_flagged": False}
    return pd.DataFrame([block, near])


def test_the_hot_block_is_named_with_days_hours_ratio_and_count():
    assert clusters.cluster_finding(scan(), "RED", zh).endswith(
        "集中在周末 18:00–21:00：为其余时段的 3.1 倍（p < 0.001，n = 214）"
    )
    in_english = clusters.cluster_finding(scan(), "RED", en)
    assert "Weekend 18:00–21:00 has 3.1× the rate" in in_english and "(p < 0.001, n = 214)" in in_english


@pytest.mark.parametrize(
    ("block", "words"),
    [
        ({"weekday_first": 5, "weekday_count": 3, "hour_first": 9, "hour_count": 1}, "Fri–Sun 09:00–10:00"),
        (
            {"weekday_first": 7, "weekday_count": 2, "hour_first": 22, "hour_count": 4},
            "Sun, Mon 22:00–02:00 (next day)",
        ),
        ({"weekday_first": 3, "weekday_count": 7, "hour_first": 20, "hour_count": 4}, "Every day 20:00–24:00"),
        ({"weekday_first": 6, "weekday_count": 2, "hour_first": 0, "hour_count": 24}, "Weekend"),
    ],
)
def test_blocks_are_half_open_and_pass_midnight(block, words):
    assert clusters.block_text(pd.Series(block), en) == words


def test_the_cells_of_a_block_past_midnight_lie_on_the_next_day():
    block = pd.Series({"weekday_first": 7, "weekday_count": 1, "hour_first": 23, "hour_count": 2})
    assert clusters.cells_of(block) == {(7, 23), (1, 0)}


def test_no_hot_block_and_too_few_incidents_are_different_findings():
    even = scan(scan_state="no_hot_block", is_flagged=False, p_value=0.4)
    thin = scan(scan_state="not_enough_data", is_flagged=False, weekday_first=None)
    words = [clusters.cluster_finding(frame, "RED", zh) for frame in (even, thin)]
    assert "数据不足" in words[1] and "数据不足" not in words[0]
    told = [clusters.manager_sentence(frame, en) for frame in (even, thin)]
    assert "no reason to change rosters" in told[0] and "does not mean that there are none" in told[1]


def test_a_manager_is_told_counts_chance_and_how_sure_the_edges_are():
    told = clusters.manager_sentence(scan(dispersion=1.6), en)
    assert "214 incidents" in told and "69" in told and "fewer than 0.1%" in told
    assert "Weekend 22:00–02:00 (next day)" in told and "bursts" in told
    assert "bursts" not in clusters.manager_sentence(scan(), en)


def trend_rows(rates: list[float | None]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "period_start": date(2026, 1, 5) + timedelta(weeks=4 * number),
                "event_count": 0 if rate is None else round(rate),
                "exposure_count": 0 if rate is None else 1000,
                "rate_per_1000": rate,
                "rate_low": None if rate is None else rate / 2,
                "rate_high": None if rate is None else rate * 2,
                "other_rate_per_1000": 2.0,
            }
            for number, rate in enumerate(rates)
        ]
    ).astype({"rate_per_1000": float, "rate_low": float, "rate_high": float})


def test_the_course_of_a_block_compares_halves_and_leaves_gaps():
    trend, block = trend_rows([8, 8, None, 2, 2, 2]), scan().iloc[0]
    assert "8.00 before, 2.00 lately" in clusters.trend_finding(trend, block, en)
    inside = clusters.trend_figure(trend, "RED", en).data[0]
    assert inside.y[2] is None and inside.y[3] == 2
    assert "too short" in clusters.trend_finding(trend.head(1), block, en)


def test_a_slot_without_enough_data_has_no_number_and_no_colour():
    frame = week(hot=WEEKEND_EVENING)
    frame.loc[(frame["weekday"] == 1) & (frame["hour"] == 10), "has_enough_data"] = False
    blank, rates = heatmaps(slots.slots_figure(frame, en))
    line = list(rates.y).index("10")
    assert rates.z[line][0] is None and rates.text[line][0] == "" and blank.z[line][0] == 0
    assert rates.z[line][1] == pytest.approx(1.0) and blank.z[line][1] is None
    assert "Not enough data" in blank.customdata[line][0]


def test_a_true_zero_is_written_as_zero():
    frame = week()
    chosen = (frame["weekday"] == 1) & (frame["hour"] == 10)
    frame.loc[chosen, ["event_count", "rate_per_1000"]] = 0
    _, rates = heatmaps(slots.slots_figure(frame, en))
    line = list(rates.y).index("10")
    assert rates.z[line][0] == 0 and rates.text[line][0] == "0"


def test_the_slots_of_the_hot_block_are_framed():
    frame = week(hot=WEEKEND_EVENING)
    assert len(slots.slots_figure(frame, en, block=WEEKEND_EVENING).layout.shapes) == 6
    assert len(slots.slots_figure(frame, en).layout.shapes) == 0


def branch_rows(*rows: tuple) -> pd.DataFrame:
    columns = ("org_unit_name", "rate_ratio", "rate_ratio_low", "rate_ratio_high", "is_flagged", "has_enough_data")
    frame = pd.DataFrame(rows, columns=columns)
    return frame.assign(
        org_unit_id=[f"B{n}" for n in range(len(frame))],
        family="RED",
        event_count=5,
        exposure_count=1000,
        exposure_unit="message",
        rate_per_1000=5.0,
        rate_low=1.0,
        rate_high=9.0,
        q_value=0.01,
    )


def test_only_a_flagged_branch_is_named():
    frame = branch_rows(("North", 3.2, 2.5, 4.1, True, True), ("South", 1.4, 0.9, 2.1, False, True))
    finding = branches.branches_finding(frame, "RED", en)
    assert "North" in finding and "3.2×" in finding and "2.50–4.10" in finding
    calm = branch_rows(("North", 3.2, 0.5, 9.1, False, True), ("South", 1.4, 0.9, 2.1, False, True))
    assert "North" not in branches.branches_finding(calm, "RED", en)


def test_branches_without_enough_data_are_neither_ranked_nor_hidden():
    frame = branch_rows(("North", 9.0, 0.2, None, True, False), ("South", None, None, None, None, False))
    assert branches.branches_finding(frame, "RED", en) == en("finding.branches_none", family="Private gifts")
    figure = branches.branches_figure(frame, "RED", en)
    texts = [trace.text[0] for trace in figure.data if trace.mode == "text"]
    assert texts == ["Not enough data"]


def test_an_interval_without_end_ends_at_the_edge():
    figure = branches.branches_figure(branch_rows(("North", 9.0, 2.0, None, True, True)), "RED", en)
    line = next(trace for trace in figure.data if trace.mode == "lines")
    assert line.x[1] == pytest.approx(10 ** figure.layout.xaxis.range[1])


def cohort_rows(flagged: bool) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "cohort_value": ["a", "b", "c"],
            "cohort_name_zh": ["甲", "乙", "丙"],
            "cohort_name_en": ["A", "B", "C"],
            "sort_order": [1, 2, 3],
            "employee_count": [30, 40, None],
            "event_count": [30, 4, None],
            "exposure_count": [1000, 1000, None],
            "exposure_unit": ["message"] * 3,
            "rate_per_1000": [30.0, 4.0, None],
            "rate_low": [20.0, 1.0, None],
            "rate_high": [40.0, 8.0, None],
            "rate_ratio": [7.5, 0.13, None],
            "rate_ratio_low": [2.6, 0.05, None],
            "rate_ratio_high": [None, 0.4, None],
            "is_flagged": [flagged, False, None],
            "has_enough_data": [True, True, False],
            "is_withheld": [False, False, True],
        }
    )


def test_a_withheld_cohort_is_named_as_withheld():
    figure = cohorts.cohorts_figure(cohort_rows(True), "RED", en)
    assert [trace.text[0] for trace in figure.data if trace.type == "scatter"] == ["Too few people to show"]
    assert "A" in cohorts.cohorts_finding(cohort_rows(True), "RED", en)
    assert cohorts.cohorts_finding(cohort_rows(False), "RED", en) == en("finding.cohorts_alike", family="Private gifts")


def test_several_cohorts_that_stand_out_are_pooled():
    frame = cohort_rows(True)
    frame["is_flagged"] = [True, True, None]
    frame["rate_ratio"] = [7.5, 1.8, None]
    assert cohorts.cohorts_finding(frame, "RED", en) == en(
        "finding.cohorts_several", family="Private gifts", cohorts="A, B"
    )
    frame.loc[2, ["event_count", "exposure_count", "rate_per_1000", "has_enough_data"]] = [17, 2000, 8.5, True]
    assert "2.0×" in cohorts.cohorts_finding(frame, "RED", en)


def monthly(*counts: int) -> pd.DataFrame:
    return pd.DataFrame({"month": MONTHS[: len(counts)], "family": "RED", "incident_count": counts, "points": counts})


@pytest.mark.parametrize(
    ("counts", "key"), [((10, 10, 4, 4), "down"), ((4, 4, 10, 10), "up"), ((10, 10, 10, 10), "level")]
)
def test_a_trend_compares_halves(counts, key):
    change = trend.change_of(monthly(*counts), "incident_count", MONTHS)
    words = {"down": "down 60%", "up": "up 150%", "level": "level"}
    assert words[key] in trend.incidents_finding(monthly(*counts), MONTHS, en)
    assert change.months == 2 and change.earlier == counts[0] * 2


def test_a_trend_from_nothing_has_no_percentage():
    frame = monthly(0, 0, 3, 4)
    assert trend.change_of(frame, "incident_count", MONTHS).share is None
    assert trend.incidents_finding(frame, MONTHS, en) == "7 incidents in all"


def test_months_without_incidents_are_zero_columns():
    frame = monthly(3, 2, 1, 4).drop(index=1)
    bars = trend.incidents_figure(frame, MONTHS, en).data[0]
    assert list(bars.y) == [3, 0, 1, 4]


def rate_rows(rates: list[float | None]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "month": MONTHS[: len(rates)],
            "family": "RED",
            "incident_count": [0 if rate is None else rate for rate in rates],
            "exposure_count": [None if rate is None else 1000 for rate in rates],
            "exposure_unit": "message",
            "rate_per_1000": rates,
            "rate_low": rates,
            "rate_high": rates,
            "has_enough_data": [rate is not None for rate in rates],
        }
    )


def test_a_month_without_exposure_is_a_gap():
    figure = trend.rate_figure(rate_rows([2.0, None, 4.0, 3.0]), "RED", en)
    line = figure.data[-1]
    assert pd.isna(line.y[1]) and line.connectgaps is False
    bands = [trace for trace in figure.data if trace.fill == "toself"]
    assert [len(band.x) for band in bands] == [2, 4]


def test_months_in_which_too_little_was_done_are_open_markers():
    frame = rate_rows([2.0, 3.0, 4.0]).assign(has_enough_data=[True, False, True])
    colors = trend.rate_figure(frame, "RED", en).data[-1].marker.color
    assert colors[0] == colors[2] != colors[1]
    thin = trend.rate_finding(frame.assign(has_enough_data=False), "RED", en)
    assert thin == en("finding.rate_thin", family="Private gifts")


def test_units_of_which_nothing_is_known_draw_no_bar():
    frame = pd.DataFrame(
        {"org_unit_name": ["A"], "variance_amount": [None], "budget_amount": [None], "labour_amount": [None]}
    )
    assert list(cost.unit_variance_figure(frame, "CNY", en).data[0].text) == ["—"]


def test_no_exposure_at_all_is_said():
    finding = trend.rate_finding(rate_rows([None, None]), "RED", en)
    assert finding == en("finding.rate_none", family="Private gifts")


@pytest.mark.parametrize(("events", "low", "high"), [(0, 0.0, 3.688879), (3, 0.618672, 8.767273)])
def test_exact_poisson_interval(events, low, high):
    """Garwood's interval; 3 events give 0.619 to 8.767."""
    assert rate_interval(events, 1000) == pytest.approx((low, high), abs=1e-5)


@given(st.integers(1, 5000), st.integers(1, 10**7))
def test_the_interval_is_that_of_the_chi_squared_quantiles(events, exposure):
    low, high = rate_interval(events, exposure)
    assert low == pytest.approx(1000 * chi2.ppf(0.025, 2 * events) / 2 / exposure)
    assert high == pytest.approx(1000 * chi2.ppf(0.975, 2 * events + 2) / 2 / exposure)
    assert low < 1000 * events / exposure < high


def test_a_rate_without_exposure_is_an_error():
    with pytest.raises(ValueError):
        rate_interval(3, 0)


def labour(costs: list, budgets: list) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "month": MONTHS[: len(costs)],
            "labour_amount": costs,
            "budget_amount": budgets,
            "base_amount": costs,
            "variable_amount": costs,
            "employer_burden_amount": costs,
        }
    )


@pytest.mark.parametrize(
    ("costs", "budgets", "words"),
    [
        ([110.0, 110.0], [100.0, 100.0], "20 (10.0%) over"),
        ([90.0, 90.0], [100.0, 100.0], "20 (10.0%) under"),
        ([100.0, 100.0], [100.0, 100.0], "on budget"),
        ([100.0, 100.0], [None, None], "no budget"),
        ([None, None], [100.0, 100.0], "not shown"),
    ],
)
def test_labour_against_budget(costs, budgets, words):
    assert words in cost.labour_finding(labour(costs, budgets), "CNY", en)


def test_a_month_without_a_budget_is_not_compared():
    finding = cost.labour_finding(labour([110.0, 500.0], [100.0, None]), "CNY", en)
    assert "¥10 (10.0%) over" in finding


def test_a_unit_without_a_budget_has_no_variance():
    frame = pd.DataFrame(
        {
            "org_unit_name": ["A", "B"],
            "variance_amount": [5.0, None],
            "budget_amount": [100.0, None],
            "labour_amount": [105.0, 70.0],
        }
    )
    bars = cost.unit_variance_figure(frame, "CNY", en).data[0]
    assert dict(zip(bars.y, bars.text, strict=True)) == {"A": "+5.0%", "B": "—"}
    assert "1 of 1 units, A most" in cost.unit_variance_finding(frame, "CNY", en)


def test_scores_of_a_withheld_unit_are_words():
    frame = pd.DataFrame(
        {
            "org_unit_name": ["A", "B", "C"],
            "overall_score": [80.0, 90.5, None],
            "employee_count": [9, 9, None],
            "is_withheld": [False, False, True],
        }
    )
    figure = performance.unit_scores_figure(frame, en)
    assert [note.text for note in figure.layout.annotations] == ["Too few people to show"]
    assert performance.unit_scores_finding(frame, en) == "B and A are 10.5 points apart"


def test_a_unit_of_one_is_not_compared_whoever_looks():
    frame = pd.DataFrame(
        {
            "org_unit_name": ["A", "B", "One"],
            "overall_score": [80.0, 90.5, 99.0],
            "employee_count": [9, 9, 1],
            "is_withheld": [False] * 3,
        }
    )
    assert "One" not in performance.unit_scores_finding(frame, en)
    assert performance.unit_scores_figure(frame, en).data[0].y[0] == "One"


def test_many_quiet_units_are_left_out_but_never_withheld_ones():
    counts = [None, 5, *[0] * 12]
    frame = pd.DataFrame({"org_unit_name": [f"U{n}" for n in range(14)], "incident_count": counts})
    assert list(units.units_shown(frame)["org_unit_name"]) == ["U0", "U1"]
    assert len(units.units_shown(frame.head(5))) == 5


def test_a_small_unit_has_words_instead_of_a_bar():
    frame = pd.DataFrame(
        {"org_unit_name": ["A", "B"], "incident_count": [4, None], "points": [20, None], "is_withheld": [False, True]}
    )
    figure = units.units_figure(frame, en)
    assert [note.text for note in figure.layout.annotations] == ["Too few people to show"]
    assert "A has most: 4 incidents, 100%" in units.units_finding(frame, en)


def test_the_heaviest_rule_is_named_by_its_share():
    frame = pd.DataFrame(
        {
            "rule_id": ["R1", "R2"],
            "family": ["RED", "DISC"],
            "points": [30.0, 10.0],
            "incident_count": [3, 2],
            "violation_count": [3, 2],
        }
    )
    assert risks.risks_finding(frame, {"R1": "First"}, en) == "“First” makes up 75% of all points"
    assert len(risks.risks_figure(frame, {"R1": "First"}, en).data[0].x) == 2


def test_what_was_not_accepted_is_shown_by_reason():
    frame = pd.DataFrame(
        {
            "dataset": ["orders", "orders", "users"],
            "read_count": [100, 50, 10],
            "accepted_count": [95, 50, 10],
            "duplicate_count": [3, 0, 0],
            "ignored_count": [0, 0, 0],
            "quarantined_count": [2, 0, 0],
            "is_balanced": [True, True, True],
        }
    )
    assert "96.9%" in quality.fates_finding(frame, en)
    figure = quality.fates_figure(frame, en)
    assert {trace.name: list(trace.x) for trace in figure.data} == {
        "Duplicate": [3],
        "Ignored": [0],
        "Quarantined": [2],
    }


def test_events_of_a_case_keep_their_order_and_their_weight():
    frame = pd.DataFrame(
        {
            "event_no": [1, 2],
            "occurred_at": pd.to_datetime(["2026-04-05 10:00", "2026-04-05 13:00"]),
            "dataset": ["messages", "messages"],
            "summary_zh": ["一", "二"],
            "summary_en": ["one", "two"],
            "is_deciding": [False, True],
        }
    )
    assert case.timeline_finding(frame, en) == "Events within 3 h: 2, of which decisive: 1"
    _, around, deciding = case.timeline_figure(frame, en).data
    assert (list(around.text), list(deciding.text)) == ([""], ["2"])


def test_a_long_case_shows_first_what_decided_it():
    frame = pd.DataFrame({"event_no": range(1, 41), "is_deciding": [number in (10, 30) for number in range(1, 41)]})
    assert case.around_deciding(frame, 1) == [9, 10, 11, 29, 30, 31]
    assert case.around_deciding(frame.assign(is_deciding=False), 1) == list(range(1, 41))


def test_data_in_a_figure_is_no_html():
    frame = branch_rows(("<a href='http://x'>x</a>", 3.2, 2.5, 4.1, True, True))
    assert "<a" not in branches.branches_figure(frame, "RED", en).to_json().replace("\\u003c", "<")


@pytest.mark.parametrize(
    ("label", "width", "text"), [("华北分公司", 14, "华北分公司"), ("华北分公司", 6, "华北分…"), ("North", 14, "North")]
)
def test_long_labels_are_cut_by_their_width(label, width, text):
    assert shortened_plain(label, width) == text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("role", ["hr", "executive"])
def test_every_figure_draws_from_a_publication(access, language, role):
    """The rows of a publication, also with withheld groups in them, go through every figure without an exception."""
    texts, viewer = Texts(language), Viewer(role)

    def rows(name: str, **filters: str) -> pd.DataFrame:
        return access.run(viewer, name, {"org": "B04", **filters}).frame()

    drawn = [
        trend.incidents_figure(rows("violations_by_month"), MONTHS, texts),
        units.units_figure(rows("violations_by_unit"), texts),
        slots.slots_figure(rows("slots", family="RED"), texts),
        slots.weekday_figure(rows("slots", family="RED"), "RED", texts),
        cohorts.cohorts_figure(rows("cohorts", family="RED"), "RED", texts),
        branches.branches_figure(rows("branch_comparison", family="RED"), "RED", texts),
        cost.labour_figure(rows("labour_by_month"), "CNY", texts),
        cost.unit_variance_figure(rows("labour_by_unit"), "CNY", texts),
        cost.losses_figure(rows("losses_by_month"), MONTHS, "CNY", texts),
        performance.scores_figure(rows("scores_by_month"), texts),
        performance.unit_scores_figure(rows("scores_by_unit"), texts),
        performance.bonus_figure(rows("bonus_by_month"), texts),
        quality.fates_figure(rows("reconciliation"), texts),
    ]
    assert all(isinstance(figure, go.Figure) and figure.data for figure in drawn)


def stretch(unit: str, first: date, end: date, verdict: str | None, **more) -> dict:
    row = {"org_unit_id": unit, "org_unit_name": f"unit {unit}", "depth": 0, "valid_from": first, "valid_to": end}
    return row | {"verdict": verdict, "violation_count": 0, "missing_datasets": None} | more


def strip(*rows: dict) -> pd.DataFrame:
    return pd.DataFrame(rows)


def test_a_day_without_data_is_no_day_answered():
    table = strip(
        stretch("G", MONTHS[0], MONTHS[1], "NO_DATA", missing_datasets="orders, punches"),
        stretch("G", MONTHS[1], MONTHS[2], "PASS"),
        stretch("G", MONTHS[2], date(2026, 3, 4), "FAIL", violation_count=2),
        stretch("B", MONTHS[0], MONTHS[2], "FAIL"),
    )
    # January is blind: 31 of 28 + 3 answered + 31 days.
    assert rules.strip_finding(table, en) == "Answered on 50% of the days: 31 days, 3 of them with findings"
    blind = strip(stretch("G", MONTHS[0], MONTHS[1], "NO_DATA"), stretch("B", MONTHS[0], MONTHS[1], "PASS"))
    assert rules.strip_finding(blind, zh) == zh("finding.strip_blind")
    idle = strip(stretch("G", MONTHS[0], MONTHS[1], "NOT_APPLICABLE"))
    assert rules.strip_finding(idle, en) == en("finding.strip_idle")


def test_the_strip_hatches_missing_data_and_draws_nothing_for_withheld_units():
    table = strip(
        stretch("G", MONTHS[0], MONTHS[1], "NO_DATA", missing_datasets="orders, punches"),
        stretch("G", MONTHS[1], MONTHS[2], "PASS"),
        stretch("T", MONTHS[0], MONTHS[2], None),
    )
    figure = rules.strip_figure(table, "fault", zh)
    by_name = {trace.name: trace for trace in figure.data}
    assert set(by_name) == {"无数据", "合规"}
    assert by_name["无数据"].marker.pattern.shape == "/" and not by_name["合规"].marker.pattern.shape
    assert "订单、打卡" in by_name["无数据"].customdata[0][2]
    assert by_name["合规"].x[0] == 28 * 86_400_000
    assert [note.text for note in figure.layout.annotations] == [zh("state.withheld")]


def test_units_to_which_a_rule_never_applies_are_only_counted():
    table = strip(
        stretch("G", MONTHS[0], MONTHS[2], "PASS"),
        stretch("A", MONTHS[0], MONTHS[2], "NOT_APPLICABLE"),
        stretch("B", MONTHS[0], MONTHS[2], "PASS"),
        stretch("C", MONTHS[0], MONTHS[1], "FAIL"),
        stretch("C", MONTHS[1], MONTHS[2], "NOT_APPLICABLE"),
        stretch("T", MONTHS[0], MONTHS[2], None),
    )
    kept, idle = rules.applicable(table)
    assert (list(dict.fromkeys(kept["org_unit_id"])), idle) == (["G", "C", "B", "T"], 1)
    assert rules.applicable(table[table["org_unit_id"] == "A"])[1] == 0


def test_units_of_one_name_have_lines_of_their_own():
    rows = [stretch(unit, MONTHS[0], MONTHS[1], "PASS", org_unit_name="Sales") for unit in ("A", "B")]
    assert len(set(rules.strip_figure(strip(*rows), "duty", en).data[0].y)) == 2


def test_findings_are_told_by_what_became_of_them():
    table = pd.DataFrame(
        [
            {"month": MONTHS[0], "finding": "open", "violation_count": 2, "incident_count": 1},
            {"month": MONTHS[2], "finding": "substantiated", "violation_count": 3, "incident_count": 3},
            {"month": MONTHS[2], "finding": "suppressed", "violation_count": 1, "incident_count": 1},
        ]
    )
    finding = rules.findings_finding(table, en)
    assert finding == "6 found in the period: Substantiated 3, Open 2, Suppressed 1"
    figure = rules.findings_figure(table, MONTHS, en)
    assert {trace.name: list(trace.y) for trace in figure.data} == {
        "Substantiated": [0, 0, 3, 0],
        "Open": [2, 0, 0, 0],
        "Suppressed": [0, 0, 1, 0],
    }


def causes(**counts: float | None) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "cause": list(counts),
            "error_count": list(counts.values()),
            "loss_amount": [None if count is None else 100.0 * count for count in counts.values()],
            "person_count": [None if count is None else 9 for count in counts.values()],
        }
    )


def test_the_most_frequent_cause_is_named_and_undecidable_is_none_of_them():
    frame = causes(undecidable=50, knowledge_gap=30, negligence=20)
    assert service_errors.causes_finding(frame, en) == (
        "Knowledge gap is the most frequent cause: 30% of 100 errors; 50% are undecidable"
    )
    assert "首要原因是知识欠缺，占 30%" in service_errors.causes_finding(frame, zh)
    assert "¥10.0K" in service_errors.losses_finding(frame, "CNY", en) and "30%" in service_errors.losses_finding(
        frame, "CNY", en
    )
    assert "none of the 50 errors" in service_errors.causes_finding(causes(undecidable=50), en)


def test_of_a_whole_that_is_partly_withheld_no_share_is_given():
    frame = causes(undecidable=50, knowledge_gap=30, negligence=None, process_flaw=None)
    assert "%" not in service_errors.causes_finding(frame, en)
    [bar] = service_errors.causes_figure(frame, en).data
    assert list(bar.text) == ["30", "", "", "50"]
    notes = [note.text for note in service_errors.causes_figure(frame, en).layout.annotations]
    assert notes == [en("state.withheld")] * 2
    nothing = causes(negligence=None, process_flaw=None)
    assert service_errors.causes_finding(nothing, en) == en("finding.causes_withheld")
    assert service_errors.losses_finding(nothing, "CNY", en) == en("finding.causes_withheld")


def test_causes_stand_in_one_order_with_their_shares():
    frame = causes(undecidable=50, negligence=20, knowledge_gap=30)
    [bar] = service_errors.losses_figure(frame, "JPY", en).data
    assert list(bar.y) == ["Knowledge gap", "Negligence", "Undecidable"]
    assert list(bar.text) == ["JP¥3.00K · 30%", "JP¥2.00K · 20%", "JP¥5.00K · 50%"]


def attributed(cause: str, *weights: int, reason: str | None = None) -> dict:
    names = ("knowledge_gap", "system_not_synced", "process_flaw", "negligence")
    return {"cause": cause, "undecidable_reason": reason} | {
        f"{name}_weight": weight for name, weight in zip(names, weights, strict=True)
    }


def test_weights_say_how_clearly_a_cause_leads_or_why_none_does():
    clear = attributed("knowledge_gap", 4, -1, 0, -3)
    assert service_errors.weights_finding(clear, en) == "Knowledge gap weighs +4, the next cause 0"
    [bar] = service_errors.weights_figure(clear, en).data
    assert list(bar.x) == [4, -1, 0, -3] and list(bar.text) == ["+4", "−1", "0", "−3"]
    assert len(set(bar.marker.color)) == 2
    open_ = attributed("undecidable", -3, 3, 3, -5, reason="contradiction")
    assert "contradict" in service_errors.weights_finding(open_, en)
    assert len(set(service_errors.weights_figure(open_, en).data[0].marker.color)) == 1
