"""Funnel plots: how far units of every size may lie from what they have in common before it is more than chance.

Belongs here: control limits over exposure, the over-dispersion of units, each unit against all the others. Does not
belong here: shrunken values for showing (`shrinkage`), what a unit or an exposure is.

After Spiegelhalter 2005, Statistics in Medicine 24: 1185-1202 (limits), and Spiegelhalter 2005, Quality and Safety in
Health Care 14: 347-351 (over-dispersion). No table of ranks: a small branch leads such a table by luck alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from pipelines.statistics import rates
from pipelines.statistics.multiplicity import q_values

FloatArray = NDArray[np.float64]
Distribution = Literal["poisson", "binomial"]

LEVELS = (0.95, 0.998)
WINSORISED = 0.1
_CENTRING_STEPS = 6
_TAU2_GRID = np.r_[0.0, np.geomspace(0.01, 3.0, 40) ** 2]


@dataclass(frozen=True)
class Limits:
    """Control limits at one level over a grid of exposure, as rates (or shares)."""

    level: float
    low: FloatArray
    high: FloatArray


@dataclass(frozen=True)
class Overdispersion:
    """How much more units differ than chance explains.

    phi: mean squared standardised distance, 1 = chance alone; NaN with fewer than three units. tau2: variance of the
    log rate between units beyond chance. is_significant: phi exceeds 1 by more than 2 sqrt(2 / units), as
    it does for about one set in fifteen by chance.
    """

    phi: float
    tau2: float
    is_significant: bool


@dataclass(frozen=True)
class BranchFlags:
    """Each unit against all others together; arrays in the order of the input.

    dispersion: variance of the comparison as a multiple of that of chance alone, 1 or more, estimated without the unit.
    is_flagged: the rate is higher, by at least the practical ratio, and q_value is below the level.
    """

    rate: FloatArray
    other_rate: FloatArray
    expected_event_count: FloatArray
    rate_ratio: FloatArray
    rate_ratio_low: FloatArray
    rate_ratio_high: FloatArray
    dispersion: FloatArray
    p_value: FloatArray
    q_value: FloatArray
    is_flagged: NDArray[np.bool_]


def _exact_quantile(level: float, exposure: FloatArray, target: float, distribution: Distribution) -> FloatArray:
    """Count at a level of the cumulative distribution, interpolated between whole counts (Spiegelhalter 2005, A.1)."""
    if distribution == "poisson":
        frozen = stats.poisson(exposure * target)
    else:
        frozen = stats.binom(np.round(exposure), target)
    count = np.maximum(frozen.ppf(level), 0)
    at, mass = frozen.cdf(count), frozen.pmf(count)
    return np.maximum(count - (at - level) / mass, 0)


def funnel_limits(
    exposure: ArrayLike,
    target: float,
    levels: tuple[float, ...] = LEVELS,
    distribution: Distribution = "poisson",
    phi: float = 1.0,
    tau2: float = 0.0,
) -> list[Limits]:
    """Exact limits around `target` at each exposure; NaN without exposure.

    exposure: units of exposure, or trials for "binomial". target: rate per unit of exposure, or share. Over-dispersion
    stretches the limits away from the target by the square root of how much larger the variance is: phi for the same
    multiple everywhere, tau2 for a variance of the log rate between units that no exposure averages out.
    """
    n = np.asarray(exposure, dtype=np.float64)
    n = np.where(n > 0, n, np.nan)
    chance = (1.0 if distribution == "poisson" else 1 - target) / (n * target) if target > 0 else np.inf
    stretch = np.sqrt(max(phi, 1.0) + tau2 / chance)
    most = np.inf if distribution == "poisson" else 1.0
    limits = []
    for level in levels:
        low, high = (_exact_quantile(p, n, target, distribution) / n for p in ((1 - level) / 2, (1 + level) / 2))
        limits.append(
            Limits(
                level,
                np.maximum(target + stretch * (low - target), 0.0),
                np.minimum(target + stretch * (high - target), most),
            )
        )
    return limits


def _winsorised_square_mean(z: FloatArray, share: float) -> FloatArray:
    """Mean square of z along the last axis with the extreme `share` at each end pulled in.

    It is 1 on average for standard normal values: pulling in makes chance look smaller, the division undoes that.
    """
    low, high = np.quantile(z, [share, 1 - share], axis=-1, keepdims=True)
    cut = stats.norm.ppf(1 - share)
    of_normal = 1 - 2 * share - 2 * cut * stats.norm.pdf(cut) + 2 * share * cut**2
    return np.square(np.clip(z, low, high)).mean(axis=-1) / of_normal


def overdispersion(events: ArrayLike, exposure: ArrayLike, winsorised: float = WINSORISED) -> Overdispersion:
    """Over-dispersion of units around their common rate, from winsorised standardised distances.

    Distances are taken on the square-root scale, on which chance has the same spread at every count. A few hot units do
    not raise the figure: that is what winsorising is for. Units without exposure do not count.
    """
    y, n = np.asarray(events, dtype=np.float64), np.asarray(exposure, dtype=np.float64)
    known = (n > 0) & np.isfinite(y) & np.isfinite(n)
    y, n = y[known], n[known]
    k = y.size
    if k < 3 or y.sum() == 0:
        return Overdispersion(np.nan, np.nan, False)
    expected = n * y.sum() / n.sum()
    for _ in range(_CENTRING_STEPS):
        # Anscombe 1948: variance 1/4 from an expectation of about 1 on; below that chance is smaller and phi too low.
        z = 2 * (np.sqrt(y + 3 / 8) - np.sqrt(expected + 3 / 8))
        # The common rate is that of the middle: a hot unit would otherwise move all others away from it.
        middle = np.clip(z, *np.quantile(z, [winsorised, 1 - winsorised]))
        shift = (np.sqrt(expected) * middle).sum() / (2 * expected.sum())
        expected = expected * np.clip(1 + shift, 0.5, 2) ** 2
    z = 2 * (np.sqrt(y + 3 / 8) - np.sqrt(expected + 3 / 8))
    # For each tau2 the distances as multiples of what chance and tau2 give; the right one leaves 1 (Paule and Mandel
    # 1982). The moment that Spiegelhalter takes rests on the few largest units: twice as many false alarms.
    square = _winsorised_square_mean(z / np.sqrt(1 + _TAU2_GRID[:, None] * expected), winsorised) * k / (k - 1)
    phi = float(square[0])
    tau2 = float(np.interp(-1.0, -square, _TAU2_GRID)) if phi > 1 else 0.0
    return Overdispersion(phi, tau2, phi > 1 + 2 * np.sqrt(2 / k))


def _dispersion_without_each(y: FloatArray, n: FloatArray) -> FloatArray:
    """Variance of each unit's difference from the rest over that of chance, from the other units alone.

    The larger of the multiplicative and the additive reading: bursts raise all variances alike, rates that truly differ
    raise those of large units most, and few units cannot tell which it is.
    """
    result = np.ones(y.shape)
    for i in range(y.size):
        rest_y, rest_n = np.delete(y, i), np.delete(n, i)
        of_rest = overdispersion(rest_y, rest_n)
        if np.isnan(of_rest.phi):
            continue
        rate = rest_y.sum() / rest_n.sum()
        scale = n[i] / rest_n.sum()
        own, others = n[i] * rate, rest_n * rate
        chance = own + scale**2 * others.sum()
        between = of_rest.tau2 * (own**2 + scale**2 * np.square(others).sum())
        result[i] = max(1.0, of_rest.phi, 1 + between / chance)
    return result


def dispersed_p_value(
    events: ArrayLike, exposure: ArrayLike, other_events: ArrayLike, other_exposure: ArrayLike, dispersion: ArrayLike
) -> FloatArray:
    """Two-sided p-value that two rates are equal, for counts whose variance is `dispersion` times their mean.

    Given the total of two negative binomial counts with the same such multiple, one of them is beta-binomial: twice its
    smaller tail. At 1 it is the exact binomial test (`rates.equal_rates_p_value`); below 1 counts as 1.
    """
    x, n, y, m, d = (
        np.asarray(values, dtype=np.float64) for values in (events, exposure, other_events, other_exposure, dispersion)
    )
    exact = rates.equal_rates_p_value(x, n, y, m)
    spread = np.isfinite(exact) & (d > 1.001)
    total = np.where(spread, x + y, 1.0)
    share = np.where(spread, n / np.where(n + m > 0, n + m, 1), 0.5)
    size = total / np.where(spread, d - 1, 1.0)
    at_most = stats.betabinom.cdf(np.where(spread, x, 0), total, size * share, size * (1 - share))
    equal = stats.betabinom.pmf(np.where(spread, x, 0), total, size * share, size * (1 - share))
    p = np.minimum(1.0, 2 * np.minimum(at_most, 1 - at_most + equal))
    return np.where(spread, np.maximum(p, 0.0), exact)


def branch_flags(
    events: ArrayLike, exposure: ArrayLike, fdr_level: float = 0.05, practical_ratio: float = 1.5
) -> BranchFlags:
    """Compare each unit with all others together, so that none hides in its own baseline; flag the high ones.

    events, exposure: one value per unit. All units asked form one family for the false discovery rate. Without exposure
    a unit has no rate, no p-value and no flag, and does not count among the others either.
    """
    x, n = np.asarray(events, dtype=np.float64), np.asarray(exposure, dtype=np.float64)
    known = (n > 0) & np.isfinite(x) & np.isfinite(n)
    x, n = np.where(known, x, np.nan), np.where(known, n, np.nan)
    y = np.where(known, np.nansum(x) - x, np.nan)
    m = np.where(known, np.nansum(n) - n, np.nan)
    dispersion = np.full(x.shape, np.nan)
    dispersion[known] = _dispersion_without_each(x[known], n[known])
    ratio = rates.rate_ratio(x, n, y, m)
    # Dividing both counts by the dispersion leaves the ratio and widens the score interval by its root.
    low, high = rates.rate_ratio_interval(x / dispersion, n, y / dispersion, m)
    p = dispersed_p_value(x, n, y, m, dispersion)
    q = q_values(p)
    return BranchFlags(
        rate=rates.rate(x, n),
        other_rate=rates.rate(y, m),
        expected_event_count=rates.expected_events(x, n, y, m),
        rate_ratio=ratio,
        rate_ratio_low=low,
        rate_ratio_high=high,
        dispersion=dispersion,
        p_value=p,
        q_value=q,
        is_flagged=(q < fdr_level) & (ratio >= practical_ratio),
    )
