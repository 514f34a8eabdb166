"""Rows about hot blocks of a family's units: what is named, flagged and followed over time."""

from datetime import date

import numpy as np
import pytest

from pipelines.statistics.clusters import BLOCK_COLUMNS, TREND_COLUMNS, TREND_WEEKS, family_blocks, week_tables
from pipelines.statistics.scan import HotBlock, block_cells, week_windows

WEEKS = 30
MONDAY = np.datetime64("2025-01-06")
EVENING = np.isin(np.arange(168), [24 * day + hour for day in (5, 6) for hour in (18, 19, 20)])


def rows_of(counts, exposure, **policy):
    """Columns as they come from the database: one row per week and slot with anything in it."""
    week, cell = np.nonzero((counts > 0) | (exposure > 0))
    columns = {
        "week": MONDAY + 7 * week.astype("timedelta64[D]"),
        "weekday": (cell // 24 + 1).astype(float),
        "hour": (cell % 24).astype(float),
        "event_count": counts[week, cell].astype(float),
        "exposure_count": exposure[week, cell].astype(float),
    }
    settings = {
        "minimum_exposure": 200,
        "minimum_event_count": 15,
        "practical_ratio": 1.5,
        "fdr_level": 0.05,
        "exposure_margin": 1.2,
        "replicate_count": 999,
    }
    return columns | {name: np.full(len(week), float(value)) for name, value in (settings | policy).items()}


def unit(seed, *, factor=1.0, per_slot=0.1):
    generator = np.random.default_rng(seed)
    exposure = np.full((WEEKS, 168), 100.0)
    return rows_of(generator.poisson(per_slot * np.where(EVENING, factor, 1.0) * exposure / 100), exposure)


def hottest(found, name):
    (row,) = (r for r in found["week_blocks"] if r["org_unit_id"] == name and r["block_role"] == "hottest")
    return row


def test_a_tripled_weekend_evening_is_named_and_flagged():
    row = hottest(family_blocks("RED", {"A": unit(1, factor=3)}), "A")
    block = (row["weekday_first"], row["weekday_count"], row["hour_first"], row["hour_count"])
    assert block == (6, 2, 18, 3)
    assert row["is_flagged"] and row["scan_state"] == "hot_block"
    assert row["rate_ratio_low"] < 3 < row["rate_ratio_high"]
    assert set(row) >= set(BLOCK_COLUMNS) - {"near_equal_count"}


def test_an_even_week_names_its_hottest_block_but_does_not_flag_it():
    row = hottest(family_blocks("RED", {"A": unit(2)}), "A")
    assert row["weekday_first"] and not row["is_flagged"] and row["scan_state"] == "no_hot_block"


def test_too_few_incidents_are_a_state_of_their_own():
    found = family_blocks("RED", {"A": unit(3, per_slot=0.001)})
    row = hottest(found, "A")
    assert row["scan_state"] == "not_enough_data" and "weekday_first" not in row and not row["is_flagged"]
    assert found["week_block_trend"] == []


def test_a_unit_is_judged_the_same_whatever_other_units_there_are():
    alone = hottest(family_blocks("RED", {"A": unit(1, factor=3)}), "A")
    beside = hottest(family_blocks("RED", {"0": unit(4), "A": unit(1, factor=3), "Z": unit(5)}), "A")
    assert alone["p_value"] == beside["p_value"]
    # Three questions were asked instead of one.
    assert beside["q_value"] == pytest.approx(3 * alone["q_value"])


def test_the_trend_adds_up_to_the_block_and_the_rest_and_knows_its_weeks():
    found = family_blocks("RED", {"A": unit(1, factor=3)})
    row = hottest(found, "A")
    trend = [r for r in found["week_block_trend"] if r["block_no"] == row["block_no"]]
    assert [r["period_start"] for r in trend][:2] == [date(2025, 1, 6), date(2025, 2, 3)]
    assert [r["week_count"] for r in trend] == [TREND_WEEKS] * 7 + [2]
    assert sum(r["event_count"] for r in trend) == row["event_count"]
    assert sum(r["event_count"] + r["other_event_count"] for r in trend) == row["scanned_event_count"]
    assert sum(r["exposure_count"] for r in trend) == row["exposure_count"]
    assert set(trend[0]) == {"org_unit_id", *TREND_COLUMNS}


def test_the_cells_of_the_trend_are_those_of_the_scan():
    """Also of blocks that pass midnight and the end of the week: hour by hour from its beginning, on its days."""
    measured = dict.fromkeys(
        ("event_count", "expected_event_count", "exposure_count", "rate_ratio", "rate_ratio_low", "rate_ratio_high"), 0
    )
    windows = week_windows()
    for index in range(0, len(windows.day_count), 97):
        shape = {
            "weekday_first": int(windows.weekday_first[index]),
            "day_count": int(windows.day_count[index]),
            "hour_first": int(windows.hour_first[index]),
            "hour_count": int(windows.hour_count[index]),
        }
        offset = (np.arange(168) - 24 * shape["weekday_first"] - shape["hour_first"]) % 168
        expected = (offset // 24 < shape["day_count"]) & (offset % 24 < shape["hour_count"])
        assert (HotBlock(**shape, **measured, llr=0).cells == expected).all(), shape
        assert (expected == block_cells(index)).all(), shape


def test_weeks_without_anything_stay_in_the_calendar():
    counts, exposure = np.zeros((2, 3, 168))
    exposure[0, 0], exposure[2, 167], counts[2, 167] = 5, 7, 1
    tables = week_tables(rows_of(counts, exposure))
    assert (tables[0] == counts).all() and (tables[1] == exposure).all()
