"""Shrunken estimates: what a unit's own few numbers and the spread of its peers say together.

Belongs here: rates, means and shares of many units, drawn towards what they have in common as far as chance explains
their spread, with intervals that count that the common part is estimated too. Does not belong here: which units are
peers, and what is flagged (`funnel`): a shrunken value ranks and shows, it is no test.

With fewer than three units nothing says how much units differ: everything is NaN, and the own rate is all there is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special, stats

from pipelines.statistics import rates

FloatArray = NDArray[np.float64]

MINIMUM_UNITS = 3
# Shape of the gamma prior of rates, on which the grid of hyperparameters stands: a coefficient of variation between
# 3 (a few units have nearly all events) and 0.02 (all the same).
_SHAPE_RANGE = (1 / 9, 2500.0)
# The unit of which any weight is as likely has this part of the median exposure. With the median unit itself, 12 units
# that differ by a fifth are drawn together too hard: their 95 % intervals cover 93 %.
_SMALL_UNIT = 0.1
_COARSE_SHAPES, _FINE_SHAPES, _MEANS = 41, 13, 11
_MEAN_REACH = 4.0  # standard errors of the log mean on either side
_LOG_WEIGHT_CUT = 9.0  # a node whose weight is e^-9 of the largest changes nothing that is shown


@dataclass(frozen=True)
class Shrunk:
    """Shrunken values with their interval, in the order and unit of the input.

    weight: how much of the unit's own value is in the estimate, 1 = all of it, 0 = only the common mean.
    """

    estimate: FloatArray
    low: FloatArray
    high: FloatArray
    weight: FloatArray


def _unknown(shape: tuple[int, ...]) -> Shrunk:
    return Shrunk(*(np.full(shape, np.nan) for _ in range(4)))


# --- rates: gamma-Poisson


def _log_posterior(y: FloatArray, n: FloatArray, shape: FloatArray, log_mean: FloatArray) -> FloatArray:
    """Log of probability of all counts times Jeffreys' prior of the log mean, for each (shape, mean), up to a constant.

    Counts are negative binomial. The prior is scaled to 1 at the crude rate, so that it says nothing on the shape.
    """
    mean = np.exp(log_mean)
    # Equal pairs of count and exposure are common (empty slots); gammaln of equal counts even more.
    counts, times = np.unique(y, return_counts=True)
    a = shape[:, None]
    of_counts = (special.gammaln(a + counts) - special.gammaln(a)) @ times
    expected = mean[:, None] * n
    of_mean = (y * np.log(expected) - y * np.log(a + expected) - a * np.log1p(expected / a)).sum(axis=1)
    at_crude = (y.sum() + 0.5) / n.sum() * n
    information = (expected / (a + expected)).sum(axis=1) / (at_crude / (a + at_crude)).sum(axis=1)
    return of_counts + of_mean + 0.5 * np.log(information)


def _mean_given_shape(y: FloatArray, n: FloatArray, shape: FloatArray) -> tuple[FloatArray, FloatArray]:
    """About the mode of the log mean for each shape, and its standard error: where the grid stands."""
    log_mean = np.full(shape.shape, np.log((y.sum() + 0.5) / n.sum()))
    a = shape[:, None]
    for _ in range(12):
        expected = np.exp(log_mean)[:, None] * n
        kept = a / (a + expected)
        information = (expected * kept).sum(axis=1) + 0.5
        step = (((y - expected) * kept).sum(axis=1) + 0.5) / information
        log_mean = log_mean + np.clip(step, -1, 1)
        if np.abs(step).max() < 1e-6:
            break
    return log_mean, 1 / np.sqrt(information)


def _log_prior(shape: FloatArray, small_count: float) -> FloatArray:
    """Uniform shrinkage, as a density of the log shape: before looking, any weight is as likely (Christiansen, Morris).

    The weight c / (c + shape) of a unit with the small expected count c is uniform between 0 and 1.
    """
    return np.log(small_count) + np.log(shape) - 2 * np.log(shape + small_count)


def _hyperparameters(y: FloatArray, n: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Nodes (shape, mean) of the prior and their posterior weights, over the part of the grid that has any weight."""
    small = max(_SMALL_UNIT * (y.sum() + 0.5) / n.sum() * float(np.median(n)), 1e-4)
    log_shape = np.linspace(*np.log(_SHAPE_RANGE), _COARSE_SHAPES)

    def profile(log_shapes: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        shapes = np.exp(log_shapes)
        log_mean, error = _mean_given_shape(y, n, shapes)
        height = _log_posterior(y, n, shapes, log_mean)
        return log_mean, error, height + np.log(error) + _log_prior(shapes, small)

    *_, coarse = profile(log_shape)
    near = log_shape[coarse > coarse.max() - _LOG_WEIGHT_CUT]
    gap = log_shape[1] - log_shape[0]
    fine = np.linspace(max(near[0] - gap, log_shape[0]), min(near[-1] + gap, log_shape[-1]), _FINE_SHAPES)
    log_mean, error, _ = profile(fine)
    offsets = np.linspace(-_MEAN_REACH, _MEAN_REACH, _MEANS)
    shapes = np.repeat(np.exp(fine), _MEANS)
    log_means = (log_mean[:, None] + error[:, None] * offsets).ravel()
    log_weight = _log_posterior(y, n, shapes, log_means) + np.log(np.repeat(error, _MEANS)) + _log_prior(shapes, small)
    kept = log_weight > log_weight.max() - _LOG_WEIGHT_CUT
    weight = np.exp(log_weight[kept] - log_weight.max())
    return shapes[kept], np.exp(log_means[kept]), weight / weight.sum()


def _mixture_quantile(
    level: float, start: FloatArray, shape: FloatArray, rate_: FloatArray, weight: FloatArray
) -> FloatArray:
    """Quantile of a mixture of gamma distributions per unit, Newton on the log scale from the moment-matched one.

    shape, rate_: (units, nodes). weight: (nodes,).
    """
    x = np.log(start)
    todo = np.arange(x.size)
    for _ in range(30):
        scaled = np.exp(x[todo])[:, None] * rate_[todo]
        a = shape[todo]
        below = special.gammainc(a, scaled) @ weight
        density = np.exp(a * np.log(scaled) - scaled - special.gammaln(a)) @ weight
        # On the log of the nearer tail the curve is almost straight, far out too.
        tail, goal = (below, level) if level < 0.5 else (1 - below, 1 - level)
        miss = np.log(np.maximum(tail, 1e-300) / goal) * (1 if level < 0.5 else -1)
        x[todo] -= np.clip(miss * tail / np.maximum(density, 1e-300), -2, 2)
        todo = todo[np.abs(miss) > 0.01]
        if not todo.size:
            break
    return np.exp(x)


def _shrunk_rates_of_group(y: FloatArray, n: FloatArray, confidence: float) -> Shrunk:
    shape, mean, weight = _hyperparameters(y, n)
    prior_rate = shape / mean
    # Units with the same count and exposure have the same answer; a week of slots has many empty ones.
    pairs, place = np.unique(np.stack([y, n]), axis=1, return_inverse=True)
    a, b = pairs[0][:, None] + shape, pairs[1][:, None] + prior_rate
    means = a / b
    estimate = means @ weight
    variance = (means / b + means**2) @ weight - estimate**2
    tail = (1 - confidence) / 2
    matched = estimate**2 / variance
    ends = []
    for level in (tail, 1 - tail):
        start = stats.gamma.ppf(level, matched) * variance / estimate
        ends.append(_mixture_quantile(level, np.maximum(start, 1e-12 * estimate), a, b, weight))
    own = (pairs[1][:, None] / b) @ weight
    return Shrunk(*(values[place.ravel()] for values in (estimate, *ends, own)))


def shrunk_rates(
    events: ArrayLike, exposure: ArrayLike, groups: ArrayLike | None = None, confidence: float = 0.95
) -> Shrunk:
    """Rates drawn towards that of their group: Poisson counts on rates that follow a gamma distribution.

    events, exposure: one value per unit; rates are per unit of exposure. groups: a label per unit, a prior is fitted
    within each; None = all are one group. The interval is of the posterior averaged over a grid of the prior's mean and
    shape (Jeffreys' prior for the mean, uniform shrinkage for the shape: Christiansen and Morris 1997, Journal of the
    American Statistical Association 92: 618-632), so that few units give wider intervals than many.
    NaN where exposure or count is not known, and for all of a group with fewer than three known units. Where the group
    has no event at all the estimate is small, not 0: how small hangs on how much was looked at.
    """
    y, n = np.asarray(events, dtype=np.float64), np.asarray(exposure, dtype=np.float64)
    labels = np.zeros(y.shape, dtype=np.int64) if groups is None else np.asarray(groups)
    result = _unknown(y.shape)
    known = (n > 0) & (y >= 0) & np.isfinite(n) & np.isfinite(y)
    for label in np.unique(labels[known]):
        members = known & (labels == label)
        if members.sum() < MINIMUM_UNITS:
            continue
        of_group = _shrunk_rates_of_group(y[members], n[members], confidence)
        for name in ("estimate", "low", "high", "weight"):
            getattr(result, name)[members] = getattr(of_group, name)
    return result


# --- means and shares: normal-normal


def shrunk_means(values: ArrayLike, variances: ArrayLike, confidence: float = 0.95) -> Shrunk:
    """Means drawn towards their weighted mean, normal values with known variances (Morris 1983, JASA 78: 47-55).

    The spread between units is estimated beyond what the variances explain, never below 0 (positive part). With equal
    variances V the unit keeps 1 - (k - 3) V / S of its distance from the mean, S the sum of squared distances: the
    estimator of Efron and Morris 1975. Four units are needed for any shrinking, three give their own values.
    NaN values or variances that are not positive are left out.
    """
    y, v = np.asarray(values, dtype=np.float64), np.asarray(variances, dtype=np.float64)
    result = _unknown(y.shape)
    known = np.isfinite(y) & np.isfinite(v) & (v > 0)
    k = int(known.sum())
    if k < MINIMUM_UNITS:
        return result
    y, v = y[known], v[known]
    between = 0.0
    for _ in range(500):
        w = 1 / (v + between)
        mean = (w * y).sum() / w.sum()
        update = max(0.0, float((w * (k / (k - 1) * (y - mean) ** 2 - v)).sum() / w.sum()))
        if abs(update - between) <= 1e-12 * (between + v.mean()):
            break
        between = update
    w = 1 / (v + between)
    mean = (w * y).sum() / w.sum()
    shrink = (k - 3) / (k - 1) * v / (v + between)
    estimate = mean + (1 - shrink) * (y - mean)
    # Morris' variance: that of the value, of the estimated mean, and of the estimated spread.
    variance = v * (1 - (1 - w / w.sum()) * shrink)
    if k > 3:
        typical = (w * v).sum() / w.sum()
        variance += 2 / (k - 3) * shrink**2 * (typical + between) / (v + between) * (y - mean) ** 2
    reach = stats.norm.ppf((1 + confidence) / 2) * np.sqrt(variance)
    result.estimate[known], result.weight[known] = estimate, 1 - shrink
    result.low[known], result.high[known] = estimate - reach, estimate + reach
    return result


def arcsine(share: ArrayLike) -> FloatArray:
    """arcsin(2p - 1) of a share p: of n trials its variance is about 1/n, whatever p is."""
    return np.arcsin(2 * np.asarray(share, dtype=np.float64) - 1)


def share_of_arcsine(value: ArrayLike) -> FloatArray:
    """Share whose `arcsine` the value is; beyond the ends it is 0 or 1."""
    return (1 + np.sin(np.clip(np.asarray(value, dtype=np.float64), -np.pi / 2, np.pi / 2))) / 2


def shrunk_shares(successes: ArrayLike, trials: ArrayLike, confidence: float = 0.95) -> Shrunk:
    """Shares drawn towards each other: `shrunk_means` on the arcsine scale (Efron and Morris 1975).

    Shares as parts of 1. NaN without trials. `weight` is on the arcsine scale.
    """
    share = rates.share(successes, trials)
    n = np.asarray(trials, dtype=np.float64)
    share = np.where((share >= 0) & (share <= 1), share, np.nan)
    of_means = shrunk_means(arcsine(share), rates.rate(np.ones_like(n), n), confidence)
    ends = (share_of_arcsine(values) for values in (of_means.estimate, of_means.low, of_means.high))
    return Shrunk(*ends, of_means.weight)
