"""Funnel limits against the exact distributions, flags on units of known truth, and the edges."""

import numpy as np
import pytest
from scipy import stats

from pipelines.statistics import rates
from pipelines.statistics.funnel import branch_flags, dispersed_p_value, funnel_limits, overdispersion


def test_limits_lie_between_the_whole_counts_of_the_exact_distribution():
    exposure = np.array([20.0, 400.0, 30_000.0])
    for limits in funnel_limits(exposure, 0.05):
        mean = exposure * 0.05
        for end, level in ((limits.low, (1 - limits.level) / 2), (limits.high, (1 + limits.level) / 2)):
            count = end * exposure
            assert (
                stats.poisson.cdf(np.ceil(count) - 1e-9, mean) <= level + stats.poisson.pmf(np.ceil(count), mean)
            ).all()
            assert (stats.poisson.cdf(np.ceil(count), mean) >= level - 1e-9).all()


def test_limits_by_hand():
    # Poisson(2): P(X <= 4) = .94735, P(X <= 5) = .98344, P(X = 5) = .03609; .975 lies at 5 - .00844 / .03609.
    (limits,) = funnel_limits([100.0], 0.02, levels=(0.95,))
    assert limits.high[0] * 100 == pytest.approx(5 - (0.983436 - 0.975) / 0.036089, abs=1e-3)
    assert limits.low[0] == 0  # P(X = 0) = .135 > .025


def test_binomial_limits_approach_the_normal_ones():
    (limits,) = funnel_limits([1e6], 0.3, levels=(0.95,), distribution="binomial")
    reach = stats.norm.ppf(0.975) * np.sqrt(0.3 * 0.7 / 1e6)
    # Spiegelhalter's interpolation lies half a count below.
    assert (limits.low[0], limits.high[0]) == pytest.approx((0.3 - reach, 0.3 + reach), abs=1e-6)


def test_overdispersion_widens_the_funnel():
    exposure = np.array([1e3, 1e6])
    plain, phi, tau2 = (
        funnel_limits(exposure, 0.05, levels=(0.95,), **more)[0] for more in ({}, {"phi": 4.0}, {"tau2": 0.04})
    )
    np.testing.assert_allclose(phi.high - 0.05, 2 * (plain.high - 0.05))
    # However large the unit, its log rate still has a standard deviation of 0.2.
    assert tau2.high[1] - 0.05 == pytest.approx(0.05 * 0.2 * 1.96, rel=0.01)
    assert (phi.low >= 0).all() and funnel_limits([50.0], 0.9, distribution="binomial", phi=9)[0].high[0] == 1


def test_no_exposure_has_no_limits():
    for limits in funnel_limits([0.0, np.nan, -1.0], 0.05):
        assert np.isnan(limits.low).all() and np.isnan(limits.high).all()
    assert funnel_limits([], 0.05)[0].low.shape == (0,)


def sizes(rng, count=40):
    return np.round(np.exp(rng.uniform(np.log(50), np.log(20_000), count)))


def test_chance_alone_is_not_overdispersed():
    rng = np.random.default_rng(1)
    found = [overdispersion(rng.poisson(n * 0.05), n) for n in (sizes(rng) for _ in range(300))]
    assert np.mean([o.phi for o in found]) == pytest.approx(1.0, abs=0.06)
    assert np.mean([o.is_significant for o in found]) < 0.1


def test_bursts_and_true_differences_are_overdispersed():
    rng = np.random.default_rng(2)
    n = np.full(2000, 2000.0)
    bursts = overdispersion(rng.negative_binomial(n * 0.05 / 1.0, 1 / 2.0), n)
    assert bursts.phi == pytest.approx(2.0, rel=0.1) and bursts.is_significant
    n = sizes(rng, 2000)
    differing = overdispersion(rng.poisson(n * 0.05 * np.exp(rng.normal(0, 0.3, 2000))), n)
    assert np.sqrt(differing.tau2) == pytest.approx(0.3, rel=0.1)


def test_a_few_hot_units_are_not_overdispersion():
    rng = np.random.default_rng(3)
    n = np.full(40, 2000.0)
    rate = np.where(np.arange(40) < 2, 0.25, 0.05)
    assert overdispersion(rng.poisson(n * rate), n).phi < 2
    assert overdispersion(rng.poisson(n * rate), n, winsorised=1e-9).phi > 10


@pytest.mark.parametrize("count", [0, 1, 2])
def test_two_units_do_not_say_how_much_units_differ(count):
    of_few = overdispersion(np.ones(count), np.ones(count))
    assert np.isnan(of_few.phi) and np.isnan(of_few.tau2) and not of_few.is_significant
    assert np.isnan(overdispersion(np.zeros(9), np.ones(9)).phi)


def test_p_value_without_dispersion_is_the_exact_one():
    pair = [8, 0, 3], [100, 50, 0], [40, 9, 9], [1000, 70, 70]
    np.testing.assert_allclose(dispersed_p_value(*pair, [1, 0.5, 1]), rates.equal_rates_p_value(*pair))


def test_p_value_is_honest_on_counts_with_that_dispersion():
    rng = np.random.default_rng(4)
    x = rng.negative_binomial(10 / 1.5, 1 / 2.5, 20_000)
    y = rng.negative_binomial(200 / 1.5, 1 / 2.5, 20_000)
    n, m = np.full(20_000, 100.0), np.full(20_000, 2000.0)
    p = dispersed_p_value(x, n, y, m, np.full(20_000, 2.5))
    for alpha in (0.05, 0.01):
        assert (p <= alpha).mean() <= alpha + 3 * np.sqrt(alpha / 20_000)
    assert (p <= 0.05).mean() > 0.02
    assert (rates.equal_rates_p_value(x, n, y, m) <= 0.01).mean() > 0.05  # what it is there to prevent


def test_the_threefold_unit_is_flagged_and_nothing_else():
    rng = np.random.default_rng(5)
    n = sizes(rng)
    n[7] = 1500
    events = rng.poisson(n * np.where(np.arange(40) == 7, 0.15, 0.05))
    flags = branch_flags(events, n)
    assert np.flatnonzero(flags.is_flagged).tolist() == [7]
    assert flags.rate_ratio_low[7] < flags.rate_ratio[7] < flags.rate_ratio_high[7]
    assert flags.rate_ratio[7] == pytest.approx(3, rel=0.25)


def test_each_unit_is_compared_with_the_others_and_not_with_itself():
    flags = branch_flags([30, 10, 10, 10], [100, 100, 100, 100])
    assert flags.rate_ratio[0] == pytest.approx(3.0) and flags.other_rate[0] == pytest.approx(0.1)
    assert flags.expected_event_count[0] == pytest.approx(15.0)
    # The three others are alike: without the first there is no dispersion for it to hide in.
    assert flags.dispersion[0] == 1 < flags.dispersion[1]
    assert flags.p_value[0] == pytest.approx(rates.equal_rates_p_value([30], [100], [30], [300])[0])


def test_low_units_and_small_ratios_are_never_flagged():
    flags = branch_flags([0, 100, 100, 100, 100], [1000, 1000, 1000, 1000, 1000])
    assert flags.q_value[0] < 0.05 and not flags.is_flagged.any()
    large = branch_flags([13_000, 10_000, 10_050, 9_950, 10_000], [1e5] * 5)
    assert large.q_value[0] < 0.05 and not large.is_flagged.any()
    assert branch_flags([13_000, 10_000, 10_050, 9_950, 10_000], [1e5] * 5, practical_ratio=1.2).is_flagged[0]


def test_units_without_exposure_are_not_judged_and_do_not_count():
    whole = branch_flags([30, 10, 11, 12], [100, 110, 120, 130])
    gaps = branch_flags([30, 99, 10, 11, 12, np.nan], [100, 0, 110, 120, 130, 50])
    np.testing.assert_allclose(gaps.p_value[[0, 2, 3, 4]], whole.p_value)
    for values in (gaps.rate, gaps.rate_ratio, gaps.p_value, gaps.q_value, gaps.rate_ratio_high):
        assert np.isnan(values[[1, 5]]).all()
    assert not gaps.is_flagged[[1, 5]].any()


@pytest.mark.parametrize("events, exposure", [([], []), ([5], [100]), ([0, 0, 0, 0], [10, 10, 10, 10])])
def test_nothing_to_compare_flags_nothing(events, exposure):
    flags = branch_flags(events, exposure)
    assert flags.is_flagged.shape == (len(events),) and not flags.is_flagged.any()
    assert np.isnan(flags.p_value).all()
