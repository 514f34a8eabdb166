"""The scan of the week: its blocks, published numbers, planted blocks, and data that cannot be judged."""

import numpy as np
import pytest

from pipelines.statistics import scan
from pipelines.statistics.rates import rate_ratio_interval

ENOUGH = {"minimum_event_count": 20, "minimum_exposure_count": 100}
WEEKS = 26


def _scan(counts, exposure, seed=5, **options):
    return scan.scan_week(counts, exposure, np.random.default_rng(seed), **{**ENOUGH, **options})


def _even(rng, events, exposure=None):
    exposure = np.full((WEEKS, 168), 50.0) if exposure is None else exposure
    return rng.poisson(exposure * events / exposure.sum()).astype(float), exposure


def _place(block):
    return block.weekday_first, block.day_count, block.hour_first, block.hour_count


def test_blocks_are_all_runs_of_days_times_all_runs_of_hours():
    w = scan.week_windows()
    cells = {tuple(np.flatnonzero(scan.block_cells(i))) for i in range(len(w.day_count))}
    assert len(cells) == len(w.day_count) == 12 * (6 * 168 + 24) + 6 * 7
    assert all(len(scan.block_cells(i).nonzero()[0]) == w.cell_count[i] for i in range(0, len(w.day_count), 37))


@pytest.mark.parametrize("width", [None, 3])
def test_sums_are_those_of_the_cells(width):
    cells = np.random.default_rng(1).integers(0, 9, size=168 if width is None else (168, width))
    sums = scan.window_sums(cells)
    expected = [cells[scan.block_cells(i)].sum(axis=0) for i in range(len(sums))]
    assert (sums == np.array(expected)).all()


def test_a_night_belongs_to_the_day_on_which_it_began():
    w = scan.week_windows()
    is_night = (w.weekday_first == 6) & (w.day_count == 1) & (w.hour_first == 22) & (w.hour_count == 4)
    (night,) = np.flatnonzero(is_night)
    assert np.flatnonzero(scan.block_cells(night)).tolist() == [0, 1, 6 * 24 + 22, 6 * 24 + 23]


def test_published_relative_risks_and_likelihood_ratio():
    """New York leukaemia: 85 cases where 49.71 were expected of 552, and 38 where 17.79 were (SaTScan)."""
    for events, expected, smr, ratio in ((85, 49.71, 1.71, 1.84), (38, 17.79, 2.14, 2.22)):
        block = scan._block(0, events, expected / 552, 552, 1e6, 1.0)
        assert block.event_count / block.expected_event_count == pytest.approx(smr, abs=0.005)
        assert block.rate_ratio == pytest.approx(ratio, abs=0.005)
    assert scan._block(0, 85, 49.71 / 552, 552, 1e6, 1.0).llr == pytest.approx(11.58, abs=0.01)


def test_dispersion_widens_the_interval_and_leaves_the_ratio():
    plain, wide = (scan._block(0, 85, 0.09, 552, 1e4, dispersion) for dispersion in (1.0, 2.0))
    assert wide.rate_ratio == plain.rate_ratio
    assert wide.rate_ratio_low < plain.rate_ratio_low and plain.rate_ratio_high < wide.rate_ratio_high
    low, high = rate_ratio_interval([42.5], [450], [233.5], [4550])
    assert (wide.rate_ratio_low, wide.rate_ratio_high) == pytest.approx((low[0], high[0]))


@pytest.mark.parametrize("place", [(5, 2, 18, 3), (6, 1, 22, 4), (0, 7, 12, 2), (5, 2, 0, 24)])
def test_a_planted_block_is_found_where_it_is(place):
    rng = np.random.default_rng(2)
    counts, exposure = _even(rng, 1500)
    w = scan.week_windows()
    (index,) = np.flatnonzero(
        (w.weekday_first == place[0])
        & (w.day_count == place[1])
        & (w.hour_first == place[2])
        & (w.hour_count == place[3])
    )
    cells = scan.block_cells(index)
    counts[:, cells] += rng.poisson(2.5 * 1500 / counts.size, size=(WEEKS, cells.sum()))
    found = _scan(counts, exposure)
    assert found.state == "hot_block" and _place(found.hottest) == place
    assert found.hottest.p_value == 1e-4 and found.hottest.replicate_count == 9999
    assert found.hottest.event_count == counts[:, cells].sum()
    assert found.hottest.rate_ratio_low < found.hottest.rate_ratio < found.hottest.rate_ratio_high


def test_the_busiest_hours_are_not_hot_for_being_busy():
    exposure = np.full((WEEKS, 168), 50.0)
    exposure[:, 24 * 5 + 18 : 24 * 5 + 22] *= 10
    found = _scan(*_even(np.random.default_rng(3), 800, exposure))
    assert found.state == "no_hot_block" and found.hottest.p_value > 0.05 and found.further == ()


def test_a_second_block_is_found_apart_from_the_first():
    rng = np.random.default_rng(4)
    counts, exposure = _even(rng, 2000)
    counts[:, 30:34] += rng.poisson(4, size=(WEEKS, 4))
    counts[:, 130:132] += rng.poisson(3, size=(WEEKS, 2))
    found = _scan(counts, exposure)
    assert _place(found.hottest) == (1, 1, 6, 4)
    assert [_place(block) for block in found.further] == [(5, 1, 10, 2)]
    assert found.further[0].p_value >= found.hottest.p_value


def test_near_equals_overlap_the_hottest_and_are_hardly_less_likely():
    rng = np.random.default_rng(6)
    counts, exposure = _even(rng, 150)
    counts[:8, 30:34] += 1
    found = _scan(counts, exposure, near_equal_limit=4)
    assert found.near_equal_count >= len(found.near_equal) > 0 and len(found.near_equal) <= 4
    ratios = [block.llr for block in found.near_equal]
    assert ratios == sorted(ratios, reverse=True)
    assert all(found.hottest.llr - llr <= found.dispersion * 1.9208 for llr in ratios)


def test_a_block_hot_in_every_week_does_not_look_like_bursts_but_a_bad_month_does():
    rng = np.random.default_rng(7)
    counts, exposure = _even(rng, 3000)
    steady, burst = counts.copy(), counts.copy()
    steady[:, 30:42] = rng.poisson(4 * 3000 / counts.size, size=(WEEKS, 12))
    burst[4:8, 30:42] += rng.poisson(6, size=(4, 12))
    assert scan.week_dispersion(counts, exposure) < 1.4
    assert scan.week_dispersion(steady, exposure) < 1.4
    assert scan.week_dispersion(burst, exposure) > 3
    assert _scan(steady, exposure).state == "hot_block"


def test_a_bad_year_or_a_growing_one_is_no_dispersion():
    rng = np.random.default_rng(8)
    level = np.linspace(0.2, 3, WEEKS)[:, None]
    counts = rng.poisson(level * np.ones((WEEKS, 168)))
    assert scan.week_dispersion(counts, np.full((WEEKS, 168), 50.0)) < 1.4


def test_dispersion_of_pairs_is_two():
    rng = np.random.default_rng(9)
    counts, exposure = _even(rng, 40000)
    assert scan.week_dispersion(2 * counts, exposure) == pytest.approx(2, abs=0.4)


def test_a_block_within_the_margin_is_not_called_hot():
    rng = np.random.default_rng(10)
    counts, exposure = _even(rng, 30000)
    counts[:, 24 * 5 :] = rng.poisson(1.12 * 30000 / counts.size, size=(WEEKS, 48))
    assert _scan(counts, exposure, exposure_margin=1.0).state == "hot_block"
    assert _scan(counts, exposure, exposure_margin=1.2).state == "no_hot_block"


def test_too_little_is_not_enough_data_and_not_a_quiet_week():
    exposure = np.full((WEEKS, 168), 50.0)
    few = np.zeros((WEEKS, 168))
    few[0, :5] = 1
    for counts, done in ((few, exposure), (np.zeros_like(few), exposure), (few * 20, exposure / 1e6)):
        found = _scan(counts, done)
        assert found.state == "not_enough_data" and found.hottest is None
    nothing = _scan(few * 20, np.full((WEEKS, 168), np.nan))
    assert nothing.state == "not_enough_data" and nothing.unexposed_event_count == 100


def test_events_without_counted_exposure_are_left_out_and_told():
    rng = np.random.default_rng(12)
    counts, exposure = _even(rng, 800)
    exposure[:, :10], exposure[:, 10:20] = 0, np.nan
    counts[:, :20] = 9
    found = _scan(counts, exposure)
    assert found.unexposed_event_count == 9 * 20 * WEEKS
    assert found.event_count == counts[:, 20:].sum()
    assert found.state == "no_hot_block"


def test_no_block_holds_more_than_half_of_the_exposure():
    exposure = np.full((WEEKS, 168), 0.01)
    exposure[:, 40] = 1000
    counts = np.zeros((WEEKS, 168))
    counts[:, 40] = 4
    assert _scan(counts, exposure).hottest is None


def test_the_same_seed_gives_the_same():
    rng = np.random.default_rng(13)
    counts, exposure = _even(rng, 400)
    assert _scan(counts, exposure) == _scan(counts, exposure)


def test_shapes_that_are_no_weeks_are_refused():
    with pytest.raises(ValueError, match="168"):
        _scan(np.ones((4, 167)), np.ones((4, 167)))
