"""What the scans share: the likelihood ratio of a hot part, and p-values of a largest one by simulation.

Belongs here: Kulldorff's Poisson likelihood ratio, what is told of a hot part, the counts at which the ratio reaches a
level, sequential p-values.
Does not belong here: which parts are looked at (`scan`, `tree_scan`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from pipelines.statistics import rates

FloatArray = NDArray[np.float64]
# Two sums of the same numbers in another order differ by this much; what is as large counts as reached.
TOLERANCE = 1e-9


def poisson_llr(events: ArrayLike, share: ArrayLike, total: float) -> FloatArray:
    """Log likelihood ratio that a part of the exposure has a higher rate than the rest (Kulldorff 1997).

    events: events inside the part. share: part of the exposure inside, strictly between 0 and 1. total: all events.
    With E = share * total it is c log(c/E) + (C-c) log((C-c)/(C-E)), and 0 where c <= E. NaN outside 0 < share < 1.
    """
    c, s = np.asarray(events, dtype=np.float64), np.asarray(share, dtype=np.float64)
    s = np.where((s > 0) & (s < 1), s, np.nan)
    expected = s * total
    value = special.rel_entr(c, expected) + special.rel_entr(total - c, total - expected)
    return np.where(c > expected, value, np.where(np.isnan(s), np.nan, 0.0))


def share_at_ratio(share: ArrayLike, ratio: float) -> FloatArray:
    """Share of the events that a part with `share` of the exposure has when its rate is `ratio` times the rest's."""
    s = np.asarray(share, dtype=np.float64)
    return ratio * s / (ratio * s + 1 - s)


def least_counts(level: float, share: ArrayLike, total: int) -> NDArray[np.int64]:
    """Smallest count of each part whose `poisson_llr` reaches `level`; total + 1 where none does or share is NaN.

    The ratio only grows with the count, so that "some part reaches the level" is "some count reaches its own least
    count": a comparison of whole numbers instead of logarithms of every part of every replicate.
    """
    s = np.atleast_1d(np.asarray(share, dtype=np.float64))
    low = np.zeros(s.shape, dtype=np.int64)
    high = np.full(s.shape, total + 1, dtype=np.int64)
    if level <= 0:
        return np.where(np.isnan(s), high, low)
    while (low < high).any():
        middle = (low + high) // 2
        with np.errstate(invalid="ignore"):
            reached = poisson_llr(np.minimum(middle, total), s, total) >= level - TOLERANCE
        reached |= middle > total
        high = np.where(reached, middle, high)
        low = np.where(reached, low, np.minimum(middle + 1, high))
    return low


@dataclass(frozen=True)
class HotPart:
    """A part of the exposure against the rest of it.

    `llr` is the plain likelihood ratio of the counts shown. The interval is that of one part named beforehand, widened
    for dispersion: the hottest of many is, on average, less hot than it looks.
    """

    event_count: int
    expected_event_count: float
    exposure_count: float
    rate_ratio: float
    rate_ratio_low: float
    rate_ratio_high: float
    llr: float


def measured(events: int, share: float, total: int, exposed: float, dispersion: float) -> dict[str, Any]:
    """The fields of `HotPart` for a part with `events` of all `total` events on `share` of all `exposed` exposure."""
    pair = events, share * exposed, total - events, (1 - share) * exposed
    low, high = rates.rate_ratio_interval(*(np.array([value / dispersion]) for value in pair))
    return {
        "event_count": events,
        "expected_event_count": float(share * total),
        "exposure_count": float(share * exposed),
        "rate_ratio": float(rates.rate_ratio(*([value] for value in pair))[0]),
        "rate_ratio_low": float(low[0]),
        "rate_ratio_high": float(high[0]),
        "llr": float(poisson_llr(events, share, total)),
    }


@dataclass(frozen=True)
class SequentialP:
    """A p-value by simulation with the number of replicates behind it."""

    p_value: float
    replicate_count: int


def sequential_p(
    exceeds: Callable[[int], NDArray[np.bool_]], replicate_limit: int, stop_after: int, batch: int = 128
) -> SequentialP:
    """Monte Carlo p-value that stops early when it is surely not small (Besag and Clifford 1991).

    exceeds: draws the next n replicates and says of each whether it is at least as extreme as what was observed.
    Stops at the replicate with the `stop_after`-th exceedance: p = stop_after / replicates. Otherwise, after
    `replicate_limit` of them, p = (1 + exceedances) / (1 + replicates). Both are valid p-values.
    """
    done = exceedances = 0
    while done < replicate_limit:
        size = min(batch, replicate_limit - done)
        hits = np.flatnonzero(exceeds(size))
        if exceedances + hits.size >= stop_after:
            done += int(hits[stop_after - exceedances - 1]) + 1
            return SequentialP(stop_after / done, done)
        exceedances += hits.size
        done += size
    return SequentialP((1 + exceedances) / (1 + done), done)
