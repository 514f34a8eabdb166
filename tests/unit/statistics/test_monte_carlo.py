"""The likelihood ratio against published numbers, and p-values by simulation against what they must be."""

import numpy as np
import pytest

from pipelines.statistics.monte_carlo import least_counts, poisson_llr, sequential_p, share_at_ratio


def test_llr_is_kulldorffs():
    """New York leukaemia, most likely cluster of 552 cases, as published with SaTScan: 11.577255."""
    assert poisson_llr(85, 49.71 / 552, 552) == pytest.approx(11.577255, abs=0.01)
    assert 85 / 49.71 == pytest.approx(1.71, abs=0.005)


def test_llr_is_nothing_below_the_expected_count_and_unknown_without_exposure():
    assert poisson_llr([0, 4, 5], 0.5, 10).tolist() == [0, 0, 0]
    assert poisson_llr(10, 0.5, 10) == pytest.approx(10 * np.log(2))
    assert np.isnan(poisson_llr([1, 1, 1], [0, 1, np.nan], 10)).all()


def test_share_at_ratio_gives_that_rate_ratio():
    share = np.array([0.01, 0.3])
    events = share_at_ratio(share, 1.5)
    assert (events / share) / ((1 - events) / (1 - share)) == pytest.approx(1.5)
    assert share_at_ratio(share, 1.0) == pytest.approx(share)


@pytest.mark.parametrize("level", [0.5, 3.0, 11.0, 500.0])
def test_least_counts_are_the_first_that_reach_the_level(level):
    total, shares = 60, np.array([0.001, 0.1, 0.5, np.nan])
    found = least_counts(level, shares, total)
    for share, least in zip(shares, found, strict=True):
        reached = np.flatnonzero(poisson_llr(np.arange(total + 1), share, total) >= level)
        assert least == (reached[0] if reached.size else total + 1)


def test_a_level_of_nothing_is_reached_by_every_count():
    assert least_counts(0.0, [0.2, np.nan], 10).tolist() == [0, 11]


def _replay(hits):
    position = 0

    def exceeds(size):
        nonlocal position
        position += size
        return hits[position - size : position]

    return exceeds


@pytest.mark.parametrize("batch", [1, 7, 1000])
def test_p_value_stops_at_the_same_replicate_whatever_the_batch(batch):
    hits = np.zeros(1000, dtype=bool)
    hits[[3, 50, 51, 400]] = True
    stopped = sequential_p(_replay(hits), 999, 3, batch)
    assert (stopped.p_value, stopped.replicate_count) == (3 / 52, 52)
    whole = sequential_p(_replay(hits), 999, 5, batch)
    assert (whole.p_value, whole.replicate_count) == (5 / 1000, 999)


@pytest.mark.parametrize("alpha", [0.02, 0.05, 0.2])
def test_p_value_is_at_most_alpha_at_most_alpha_of_the_time(alpha):
    rng = np.random.default_rng(11)
    p = []
    for _ in range(3000):
        observed = rng.random()
        p.append(sequential_p(lambda n, at=observed: rng.random(n) >= at, 499, 10).p_value)  # noqa: B023
    share = np.mean(np.array(p) <= alpha)
    assert alpha - 4 * np.sqrt(alpha / 3000) <= share <= alpha + 3 * np.sqrt(alpha / 3000)
