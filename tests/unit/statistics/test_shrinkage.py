"""Shrunken estimates against Efron and Morris, against brute-force integration, and at their edges."""

import numpy as np
import pytest
from scipy import integrate, stats

from pipelines.statistics import shrinkage
from pipelines.statistics.shrinkage import arcsine, share_of_arcsine, shrunk_means, shrunk_rates, shrunk_shares

# Efron and Morris 1975, Journal of the American Statistical Association 70: 311-319, table 1: hits in the first 45
# times at bat of 1970 and the average over the rest of the season, of 18 players, Clemente first.
HITS = np.array([18, 17, 16, 15, 14, 14, 13, 12, 11, 11, 10, 10, 10, 10, 10, 9, 8, 7])
REST = np.array(
    [.346, .298, .276, .222, .273, .270, .263, .210, .269, .230, .264, .256, .303, .264, .226, .285, .316, .200]
)  # fmt: skip
AT_BAT = 45


def test_baseball_on_the_arcsine_scale():
    first, rest = np.sqrt(AT_BAT) * arcsine(HITS / AT_BAT), np.sqrt(AT_BAT) * arcsine(REST)
    shrunk = shrunk_means(first, np.ones(18))
    assert np.square(first - first.mean()).sum() == pytest.approx(18.96, abs=0.005)
    assert shrunk.weight == pytest.approx(np.full(18, 0.209), abs=0.0005)
    own_error, shrunk_error = np.square(first - rest).sum(), np.square(shrunk.estimate - rest).sum()
    assert (own_error, shrunk_error) == pytest.approx((17.57, 5.00), abs=0.005)
    assert own_error / shrunk_error == pytest.approx(3.5, abs=0.05)


def test_baseball_shares_back_from_the_arcsine_scale():
    shrunk = shrunk_shares(HITS, np.full(18, AT_BAT))
    assert shrunk.estimate[0] == pytest.approx(0.290, abs=0.0005)  # the table of 1975
    assert ((shrunk.low < shrunk.estimate) & (shrunk.estimate < shrunk.high)).all()


def test_baseball_on_the_averages_themselves():
    """Efron and Morris 1977, Scientific American 236 (5): 119-127: factor .212, Clemente from .400 to .294."""
    average = HITS / AT_BAT
    variance = average.mean() * (1 - average.mean()) / AT_BAT
    shrunk = shrunk_means(average, np.full(18, variance))
    assert shrunk.weight[0] == pytest.approx(0.212, abs=0.0005)
    assert shrunk.estimate[0] == pytest.approx(0.294, abs=0.0005)


def test_means_that_differ_by_chance_alone_become_one():
    shrunk = shrunk_means([1.0, 1.1, 0.9, 1.0, 1.05], np.ones(5))
    # 1 - (k-3)/(k-1) is left of the own value, for k - 1 of the k values say how much they differ.
    assert shrunk.weight == pytest.approx(np.full(5, 0.5))


def test_means_that_differ_far_beyond_chance_stay():
    values = np.array([0.0, 100.0, 200.0, 300.0])
    shrunk = shrunk_means(values, np.ones(4))
    assert shrunk.estimate == pytest.approx(values, abs=0.01)
    assert (shrunk.high - shrunk.low) / 2 == pytest.approx(np.full(4, stats.norm.ppf(0.975)), rel=1e-3)


def test_an_uncertain_mean_is_drawn_further():
    shrunk = shrunk_means([0.0, 1.0, 2.0, 3.0, 5.0, 5.0], [0.1, 0.1, 0.1, 0.1, 0.1, 2.0])
    assert shrunk.estimate[5] < shrunk.estimate[4] < 5
    assert shrunk.weight[5] < shrunk.weight[4]


def test_unknown_means_are_left_out():
    whole = shrunk_means([1.0, 2.0, 4.0, 8.0, 9.0], np.ones(5))
    gaps = shrunk_means([1.0, np.nan, 2.0, 4.0, 8.0, 9.0, 7.0], [1, 1, 1, 1, 1, 1, 0])
    np.testing.assert_allclose(gaps.estimate[[0, 2, 3, 4, 5]], whole.estimate)
    for values in (gaps.estimate, gaps.low, gaps.high, gaps.weight):
        assert np.isnan(values[[1, 6]]).all()


@pytest.mark.parametrize("count", [0, 1, 2])
def test_too_few_units_have_nothing_in_common(count):
    some = np.ones(count)
    for shrunk in (shrunk_means(some, some), shrunk_rates(some, some), shrunk_shares(some, some)):
        assert shrunk.estimate.shape == (count,)
        assert np.isnan([shrunk.estimate, shrunk.low, shrunk.high, shrunk.weight]).all()


def test_arcsine_turns_back():
    share = np.linspace(0, 1, 11)
    assert share_of_arcsine(arcsine(share)) == pytest.approx(share)
    assert share_of_arcsine([-9, 9]).tolist() == [0.0, 1.0]


def test_shares_without_trials_or_beyond_one_are_not_known():
    shrunk = shrunk_shares([1, 2, 3, 0, 5, 4], [10, 10, 10, 0, 4, 10])
    assert np.isnan(shrunk.estimate).tolist() == [False, False, False, True, True, False]


def brute_force(events, exposure, shape_range):
    """Posterior mean and 95 % interval of the first unit's rate by integrating over log mean and log shape."""
    small = 0.1 * (events.sum() + 0.5) / exposure.sum() * np.median(exposure)
    log_shape = np.linspace(*np.log(shape_range), 400)
    log_mean = np.log(events.sum() / exposure.sum()) + np.linspace(-6, 6, 700)
    a, m = np.exp(log_shape)[:, None], np.exp(log_mean)[None, :]
    crude = (events.sum() + 0.5) / exposure.sum()
    information = sum(m * n / (a + m * n) for n in exposure) / sum(crude * n / (a + crude * n) for n in exposure)
    log_weight = 0.5 * np.log(information) + np.log(a) - 2 * np.log(a + small)
    for y, n in zip(events, exposure, strict=True):
        log_weight = log_weight + stats.nbinom.logpmf(y, a, a / (a + m * n))
    weight = np.exp(log_weight - log_weight.max())
    weight /= weight.sum()
    grid = np.linspace(1e-6, 8 * events[0] / exposure[0], 600)
    below = [(weight * stats.gamma.cdf(x, a + events[0], scale=1 / (a / m + exposure[0]))).sum() for x in grid]
    mean = (weight * (a + events[0]) / (a / m + exposure[0])).sum()
    return mean, np.interp(0.025, below, grid), np.interp(0.975, below, grid)


@pytest.mark.parametrize(
    "events", [[9, 1, 2, 3, 0, 4], [30, 41, 28, 35], [2, 0, 0, 1, 0, 0, 3]], ids=["uneven", "even", "few"]
)
def test_rates_are_the_posterior_over_all_priors(events):
    events = np.array(events, dtype=float)
    exposure = np.linspace(80, 140, events.size)
    shrunk = shrunk_rates(events, exposure)
    expected = brute_force(events, exposure, shrinkage._SHAPE_RANGE)
    # The grid ends four standard errors out; of six events the tail goes on a little.
    assert shrunk.estimate[0] == pytest.approx(expected[0], rel=0.03)
    assert (shrunk.low[0], shrunk.high[0]) == pytest.approx(expected[1:], rel=0.04)


def test_much_data_keeps_its_own_rate_and_little_takes_the_common_one():
    rng = np.random.default_rng(3)
    exposure = np.r_[1e6, 20.0, np.full(40, 2000.0)]
    events = np.r_[30_000, 2.0, rng.poisson(2000 * 0.01 * rng.gamma(10, 0.1, 40))]
    shrunk = shrunk_rates(events, exposure)
    assert shrunk.estimate[0] == pytest.approx(0.03, rel=0.01) and shrunk.weight[0] > 0.95
    assert shrunk.estimate[1] < 0.05 and shrunk.weight[1] < 0.15
    assert ((shrunk.low < shrunk.estimate) & (shrunk.estimate < shrunk.high)).all()


def test_fewer_units_give_wider_intervals():
    """The same counts, four times over: a unit knows more of its own rate when more peers say how far units differ."""
    events, exposure = np.array([2.0, 4.0, 5.0, 9.0]), np.full(4, 500.0)
    few, many = shrunk_rates(events, exposure), shrunk_rates(np.tile(events, 10), np.tile(exposure, 10))
    assert few.high[0] - few.low[0] > 1.05 * (many.high[0] - many.low[0])


def test_rates_do_not_depend_on_the_unit_of_exposure_or_the_order():
    events, exposure = np.array([9, 1, 2, 3, 0.0]), np.array([50, 60, 90, 100, 20.0])
    plain = shrunk_rates(events, exposure)
    per_minute = shrunk_rates(events, exposure * 60)
    np.testing.assert_allclose(per_minute.high * 60, plain.high, rtol=1e-3)
    turned = shrunk_rates(events[::-1], exposure[::-1])
    np.testing.assert_allclose(turned.low[::-1], plain.low, rtol=1e-12)


def test_each_group_has_its_own_prior():
    events, exposure = np.array([1.0, 2, 3, 100, 200, 300]), np.full(6, 1000.0)
    groups = np.array(["a", "a", "a", "b", "b", "b"])
    both = shrunk_rates(events, exposure, groups)
    np.testing.assert_allclose(both.estimate[:3], shrunk_rates(events[:3], exposure[:3]).estimate)
    np.testing.assert_allclose(both.estimate[3:], shrunk_rates(events[3:], exposure[3:]).estimate)


def test_no_event_anywhere_is_not_no_risk():
    shrunk = shrunk_rates(np.zeros(8), np.full(8, 100.0))
    assert (shrunk.estimate > 0).all() and (shrunk.estimate < 0.002).all()
    assert (shrunk.high < 0.03).all() and (shrunk.low < 1e-6).all()


def test_rates_without_exposure_are_not_known():
    shrunk = shrunk_rates([1, 2, 3, 4, 5, np.nan], [100, 100, 100, 0, np.nan, 100])
    assert np.isnan(shrunk.estimate).tolist() == [False, False, False, True, True, True]
    assert np.isnan(shrunk.high).tolist() == np.isnan(shrunk.low).tolist() == np.isnan(shrunk.estimate).tolist()


def test_mixture_quantiles_are_those_of_the_mixture():
    shape, rate, weight = np.array([[0.3, 4.0, 60.0]]), np.array([[1.0, 2.0, 10.0]]), np.array([0.2, 0.5, 0.3])
    for level in (0.025, 0.5, 0.975):
        (x,) = shrinkage._mixture_quantile(level, np.array([2.0]), shape, rate, weight)
        density = sum(
            w * integrate.quad(stats.gamma(a, scale=1 / b).pdf, 0, x, limit=200)[0]
            for a, b, w in zip(shape[0], rate[0], weight, strict=True)
        )
        assert density == pytest.approx(level, rel=0.02)
