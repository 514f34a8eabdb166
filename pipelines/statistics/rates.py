"""Rates of events per exposure, how one rate compares with another, and shares.

Belongs here: closed forms over whole columns at once. Does not belong here: tables, thresholds, units.
Every function takes arrays of counts and exposures and returns arrays; where a number cannot be known it is NaN.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

FloatArray = NDArray[np.float64]


def _float(values: ArrayLike) -> FloatArray:
    return np.asarray(values, dtype=np.float64)


def _divide(numerator: FloatArray, denominator: FloatArray) -> FloatArray:
    """Quotient; 0/0 and anything with NaN is NaN, positive/0 is infinite."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.divide(numerator, denominator)


def rate(events: ArrayLike, exposure: ArrayLike) -> FloatArray:
    """Events per unit of exposure; NaN without exposure, for then there is no rate, not a rate of 0."""
    n = _float(exposure)
    return np.where(n > 0, _divide(_float(events), np.where(n > 0, n, np.nan)), np.nan)


def rate_interval(events: ArrayLike, exposure: ArrayLike, confidence: float = 0.95) -> tuple[FloatArray, FloatArray]:
    """Exact Poisson interval of a rate (Garwood 1936): it covers the truth at least as often as it says."""
    x, n = _float(events), _float(exposure)
    tail = (1 - confidence) / 2
    low = np.where(x > 0, stats.chi2.ppf(tail, 2 * np.maximum(x, 1)) / 2, 0.0)
    high = stats.chi2.ppf(1 - tail, 2 * (x + 1)) / 2
    exposed = np.where(n > 0, n, np.nan)
    return low / exposed, high / exposed


def rate_ratio(
    events: ArrayLike, exposure: ArrayLike, other_events: ArrayLike, other_exposure: ArrayLike
) -> FloatArray:
    """Rate over the other rate; infinite where only the other has no events, NaN where neither has any."""
    return _divide(rate(events, exposure), rate(other_events, other_exposure))


def rate_ratio_interval(
    events: ArrayLike,
    exposure: ArrayLike,
    other_events: ArrayLike,
    other_exposure: ArrayLike,
    confidence: float = 0.95,
) -> tuple[FloatArray, FloatArray]:
    """Score interval of a rate ratio: the ratios that the score test does not reject.

    The same interval as statsmodels' `confint_poisson_2indep(method="score")`, as the roots of the quadratic
    (x - y d)^2 = z^2 (x + y) d, where theirs searches them one pair at a time and has no answer for zero counts.
    """
    x, n = _float(events), _float(exposure)
    y, m = _float(other_events), _float(other_exposure)
    known = (n > 0) & (m > 0) & (x + y > 0)
    z2 = stats.norm.ppf((1 + confidence) / 2) ** 2
    total = x + y
    middle = 2 * x * y + z2 * total
    root = np.sqrt(z2 * total * (4 * x * y + z2 * total))
    scale = np.where(known, _divide(m, n), np.nan)
    # The smaller root in the form that loses no digits and holds for y = 0 too.
    low = _divide(2 * x**2, middle + root)
    high = np.where(y > 0, _divide(middle + root, 2 * y**2), np.inf)
    return low * scale, high * scale


def expected_events(
    events: ArrayLike, exposure: ArrayLike, other_events: ArrayLike, other_exposure: ArrayLike
) -> FloatArray:
    """Events that this exposure would have seen, had all of them fallen evenly on all exposure."""
    n, m = _float(exposure), _float(other_exposure)
    return np.where(n > 0, (_float(events) + _float(other_events)) * _divide(n, n + m), np.nan)


def equal_rates_p_value(
    events: ArrayLike, exposure: ArrayLike, other_events: ArrayLike, other_exposure: ArrayLike
) -> FloatArray:
    """Two-sided exact p-value that two Poisson rates are equal: twice the smaller binomial tail, given the total.

    Exact at any count. The score test is not: on few expected events it calls far too many slots hot.
    """
    x, n = _float(events), _float(exposure)
    y, m = _float(other_events), _float(other_exposure)
    known = (n > 0) & (m > 0) & (x + y > 0)
    total = np.where(known, x + y, 1)
    share = np.where(known, _divide(n, n + m), 0.5)
    at_most = stats.binom.cdf(x, total, share)
    at_least = stats.binom.sf(x - 1, total, share)
    return np.where(known, np.minimum(1.0, 2 * np.minimum(at_most, at_least)), np.nan)


def share(successes: ArrayLike, trials: ArrayLike) -> FloatArray:
    """Part of the trials that succeeded; NaN without trials."""
    return rate(successes, trials)


def share_interval(successes: ArrayLike, trials: ArrayLike, confidence: float = 0.95) -> tuple[FloatArray, FloatArray]:
    """Exact binomial interval of a share (Clopper and Pearson 1934): it covers the truth at least that often."""
    x, n = _float(successes), _float(trials)
    tail = (1 - confidence) / 2
    known = n > 0
    low = np.where(x > 0, stats.beta.ppf(tail, np.maximum(x, 1), n - x + 1), 0.0)
    high = np.where(x < n, stats.beta.ppf(1 - tail, x + 1, np.maximum(n - x, 1)), 1.0)
    return np.where(known, low, np.nan), np.where(known, high, np.nan)


def wilson_interval(successes: ArrayLike, trials: ArrayLike, confidence: float = 0.95) -> tuple[FloatArray, FloatArray]:
    """Score interval of a share (Wilson 1927): right on average, where `share_interval` is never too narrow.

    Shares as parts of 1; NaN without trials or with counts that are no share. Without continuity correction: method 3
    of Newcombe 1998, Statistics in Medicine 17: 857-872.
    """
    x, n = _float(successes), _float(trials)
    known = (n > 0) & (x >= 0) & (x <= n)
    n = np.where(known, n, np.nan)
    z2 = stats.norm.ppf((1 + confidence) / 2) ** 2
    middle = 2 * x + z2
    root = np.sqrt(z2 * (z2 + 4 * x * (1 - x / n)))
    # At the ends the two terms are equal but for rounding: no success leaves 0 possible, nothing but success 1.
    low = np.where(x == 0, 0.0, (middle - root) / (2 * (n + z2)))
    high = np.where(x == n, 1.0, (middle + root) / (2 * (n + z2)))
    return np.where(known, low, np.nan), np.where(known, high, np.nan)
