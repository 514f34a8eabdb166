"""The rate functions against published numbers, against statsmodels, and at their edges."""

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.rates import confint_poisson_2indep

from pipelines.statistics import rates


def test_rate_interval_is_garwoods():
    low, high = rates.rate_interval([0, 3], [1, 1])
    assert np.round(low, 3).tolist() == [0.0, 0.619]
    assert np.round(high, 3).tolist() == [3.689, 8.767]


def test_rate_interval_scales_with_exposure():
    low, high = rates.rate_interval([3], [1000])
    assert low[0] * 1000 == pytest.approx(0.6187, abs=1e-4)
    assert high[0] * 1000 == pytest.approx(8.7673, abs=1e-4)


@pytest.mark.parametrize("confidence", [0.8, 0.95, 0.99])
def test_rate_interval_never_covers_less_than_it_says(confidence):
    counts = np.arange(200)
    low, high = rates.rate_interval(counts, np.ones_like(counts), confidence)
    for mean in np.linspace(0.05, 60, 400):
        covered = stats.poisson.pmf(counts, mean)[(low <= mean) & (mean <= high)].sum()
        assert covered >= confidence - 1e-9


def test_without_exposure_there_is_no_rate():
    assert np.isnan(rates.rate([2, 0, 2], [0, 0, np.nan])).all()
    low, high = rates.rate_interval([2, 0, 2], [0, 0, np.nan])
    assert np.isnan(low).all() and np.isnan(high).all()


@pytest.mark.parametrize("pair", [(8, 100, 40, 1000), (1, 50, 300, 20000), (200, 900, 150, 1100), (30, 10, 2, 400)])
@pytest.mark.parametrize("confidence", [0.9, 0.95])
def test_rate_ratio_interval_is_the_score_interval_of_statsmodels(pair, confidence):
    low, high = rates.rate_ratio_interval(*([value] for value in pair), confidence=confidence)
    expected = confint_poisson_2indep(*pair, method="score", compare="ratio", alpha=1 - confidence)
    assert (low[0], high[0]) == pytest.approx(expected, rel=1e-6)


def test_rate_ratio_interval_ends_where_the_score_test_gives_exactly_the_level():
    events, exposure, other_events, other_exposure = 12, 300, 25, 2500
    for end in rates.rate_ratio_interval([events], [exposure], [other_events], [other_exposure]):
        scaled = end[0] * exposure / other_exposure
        z = (events - other_events * scaled) / np.sqrt((events + other_events) * scaled)
        assert abs(z) == pytest.approx(stats.norm.ppf(0.975))


def test_rate_ratio_at_zero_counts():
    none = rates.rate_ratio_interval([0], [100], [40], [1000])
    assert none[0][0] == 0 and 0 < none[1][0] < 1
    only = rates.rate_ratio_interval([3], [100], [0], [1000])
    assert only[0][0] == pytest.approx(3 / stats.norm.ppf(0.975) ** 2 * 10)
    assert np.isinf(only[1][0]) and np.isinf(rates.rate_ratio([3], [100], [0], [1000])[0])
    neither = rates.rate_ratio_interval([0], [100], [0], [1000])
    assert np.isnan(neither[0][0]) and np.isnan(neither[1][0])
    assert np.isnan(rates.rate_ratio([0], [100], [0], [1000])[0])


def test_p_value_is_twice_the_smaller_binomial_tail():
    # 4 of 5 events on a fifth of the exposure: P(X >= 4) = 5 * .2^4 * .8 + .2^5 = 0.00672
    assert rates.equal_rates_p_value([4], [100], [1], [400])[0] == pytest.approx(2 * 0.00672)
    assert rates.equal_rates_p_value([1], [100], [4], [400])[0] == 1.0


def test_p_value_of_few_events_stays_honest_where_the_score_test_does_not():
    """Under even spread, p <= alpha at most alpha of the time, for every total and share."""
    for share in (0.006, 0.05, 0.5):
        for total in (1, 2, 5, 20, 300):
            events = np.arange(total + 1)
            exposure = np.full_like(events, 1000, dtype=float) * share
            p = rates.equal_rates_p_value(events, exposure, total - events, 1000 - exposure)
            for alpha in (0.05, 0.01, 0.001):
                assert stats.binom.pmf(events, total, share)[p <= alpha].sum() <= alpha


def test_nothing_to_compare_gives_no_p_value():
    p = rates.equal_rates_p_value([0, 3, 3, 3], [10, 0, 10, np.nan], [0, 5, 5, 5], [10, 10, 0, 10])
    assert np.isnan(p).all()


def test_expected_events_share_the_total_by_exposure():
    assert rates.expected_events([6], [100], [14], [900])[0] == pytest.approx(2.0)
    assert np.isnan(rates.expected_events([6], [0], [14], [900])[0])


def test_share_interval_is_clopper_and_pearsons():
    low, high = rates.share_interval([0, 4, 10], [10, 10, 10])
    assert np.round(low, 4).tolist() == [0.0, 0.1216, 0.6915]
    assert np.round(high, 4).tolist() == [0.3085, 0.7376, 1.0]


@pytest.mark.parametrize("confidence", [0.8, 0.95])
@pytest.mark.parametrize("trials", [1, 7, 40])
def test_share_interval_never_covers_less_than_it_says(trials, confidence):
    counts = np.arange(trials + 1)
    low, high = rates.share_interval(counts, np.full_like(counts, trials), confidence)
    for truth in np.linspace(0.01, 0.99, 197):
        covered = stats.binom.pmf(counts, trials, truth)[(low <= truth) & (truth <= high)].sum()
        assert covered >= confidence - 1e-9


def test_without_trials_there_is_no_share():
    assert np.isnan(rates.share([0], [0])).all()
    assert np.isnan(rates.share_interval([0], [0])).all()


# Newcombe 1998, Statistics in Medicine 17: 857-872, table I, method 3.
NEWCOMBE_1998 = [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)]


def test_wilson_interval_is_newcombes_table():
    successes, trials, low, high = zip(*NEWCOMBE_1998, strict=True)
    got_low, got_high = rates.wilson_interval(successes, trials)
    assert np.round(got_low, 4).tolist() == list(low)
    assert np.round(got_high, 4).tolist() == list(high)


@pytest.mark.parametrize("confidence", [0.8, 0.95, 0.99])
def test_wilson_interval_is_that_of_statsmodels(confidence):
    successes, trials = np.array([0, 1, 7, 40, 99, 100]), np.full(6, 100)
    expected = proportion_confint(successes, trials, alpha=1 - confidence, method="wilson")
    got = rates.wilson_interval(successes, trials, confidence)
    np.testing.assert_allclose(got, expected, atol=1e-12)


def test_wilson_interval_at_the_ends_and_of_nothing():
    low, high = rates.wilson_interval([0, 5, 0, 2, np.nan, 3], [5, 5, 0, np.nan, 5, 2])
    assert low[0] == 0 and high[1] == 1
    assert np.isnan(low[2:]).all() and np.isnan(high[2:]).all()
    assert rates.wilson_interval([], [])[0].shape == (0,)
