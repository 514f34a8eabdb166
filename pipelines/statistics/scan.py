"""Which hours of the week are hot: a scan over all blocks of weekdays and hours, on a week that closes into a circle.

Belongs here: the blocks of a week, the test of the hottest one, what else could be the block. Does not belong here:
which events and exposure are counted, which groups are scanned, corrections over groups (`multiplicity`).

A week is 168 cells, 24 * weekday + hour, weekday 0 the first day. A block is a run of days times a run of hours, as
staff are rostered: hours past midnight belong to the shift that began the day before, so "Saturday 22:00, 4 hours" ends
on Sunday at 02:00. The statistic is Kulldorff's (1997, Communications in Statistics 26: 1481-1496), and its p-value
counts that 12,426 blocks were looked at. Two things make real data look hot without anything being there, and the test
allows for both:

- Events come in bursts. The ratio is divided by the dispersion of the counts within slots between weeks (as Zhang,
  Zhang and Lin 2012, Statistics in Medicine 31: 762-774, do with a quasi-Poisson scale), and simulated weeks have that
  many times fewer events. A block hot in every week does not raise this dispersion, a few bad weeks do.
- Exposure is measured with error. The question asked is whether a block is above `exposure_margin` times the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from pipelines.statistics.monte_carlo import (
    TOLERANCE,
    HotPart,
    SequentialP,
    least_counts,
    measured,
    poisson_llr,
    sequential_p,
    share_at_ratio,
)

FloatArray = NDArray[np.float64]
State = Literal["not_enough_data", "no_hot_block", "hot_block"]

DAYS, HOURS = 7, 24
CELLS = DAYS * HOURS
MAXIMUM_HOURS = 12
# Hours of a slot and weeks of a period at which the dispersion is looked for: episodes may fill any of them.
# Whole days by quarters are left out: so few counts make a dispersion that is mostly chance.
SCALES = ((1, 1), (6, 1), (24, 1), (1, 4), (6, 4), (24, 4), (1, 13), (6, 13))


@dataclass(frozen=True)
class HotBlock(HotPart):
    """A block of the week against the rest of it.

    `hour_count` hours from `hour_first` on each of `day_count` days from `weekday_first` (0 = first day of the week);
    24 hours are whole days. cells: (168,), which cells it holds.
    """

    weekday_first: int
    day_count: int
    hour_first: int
    hour_count: int

    @property
    def cells(self) -> NDArray[np.bool_]:
        return _cells(self.weekday_first, self.day_count, self.hour_first, self.hour_count)


@dataclass(frozen=True)
class TestedBlock(HotBlock):
    """A block with the p-value that the hottest of all blocks would be this hot if none were above the margin."""

    p_value: float
    replicate_count: int


@dataclass(frozen=True)
class WeekScan:
    """What a scan found.

    hottest: also where it is not significant; None without enough data. further: other significant blocks that share no
    cell with a hotter one. near_equal: the hottest of the `near_equal_count` blocks that overlap `hottest` and that the
    data cannot tell from it. event_count leaves out `unexposed_event_count` events where no exposure was counted.
    """

    state: State
    event_count: int
    exposure_count: float
    unexposed_event_count: int
    dispersion: float
    hottest: TestedBlock | None = None
    further: tuple[TestedBlock, ...] = ()
    near_equal: tuple[HotBlock, ...] = ()
    near_equal_count: int = 0


@dataclass(frozen=True)
class WeekWindows:
    """Every block of a week, one per entry, in the order of `window_sums`. The whole week is not one of them."""

    weekday_first: NDArray[np.int64]
    day_count: NDArray[np.int64]
    hour_first: NDArray[np.int64]
    hour_count: NDArray[np.int64]

    @property
    def cell_count(self) -> NDArray[np.int64]:
        return self.day_count * self.hour_count


def _shapes() -> list[tuple[int, int, int]]:
    """(hours, days, number of first cells) of the blocks of one size. All seven days have no first day."""
    sizes = [
        (hours, days, CELLS if days < DAYS else HOURS)
        for hours in range(1, MAXIMUM_HOURS + 1)
        for days in range(1, DAYS + 1)
    ]
    return sizes + [(HOURS, days, DAYS) for days in range(1, DAYS)]


@cache
def week_windows() -> WeekWindows:
    """The geometry of all blocks; whole days start at hour 0."""
    weekday, day_count, hour, hour_count = [], [], [], []
    for hours, days, starts in _shapes():
        first = np.arange(starts) * (HOURS if hours == HOURS else 1)
        weekday.append(first // HOURS)
        hour.append(first % HOURS)
        day_count.append(np.full(starts, days))
        hour_count.append(np.full(starts, hours))
    return WeekWindows(*(np.concatenate(column) for column in (weekday, day_count, hour, hour_count)))


def window_sums(cells: NDArray) -> NDArray:
    """Sums over every block. cells: (168,) or (168, n). Returns (blocks,) or (blocks, n) of the same type."""
    doubled = np.concatenate([cells, cells])
    sums = np.empty((len(week_windows().day_count), *cells.shape[1:]), dtype=cells.dtype)
    written = 0

    def write(days: NDArray) -> None:
        nonlocal written
        sums[written : written + len(days)] = days
        written += len(days)

    hours = np.zeros_like(cells)
    for length in range(1, MAXIMUM_HOURS + 1):
        hours += doubled[length - 1 : length - 1 + CELLS]
        repeated = np.concatenate([hours, hours])
        days = hours.copy()
        write(days)
        for day in range(1, DAYS):
            days += repeated[day * HOURS : day * HOURS + CELLS]
            write(days if day < DAYS - 1 else days[:HOURS])
    whole = cells.reshape(DAYS, HOURS, *cells.shape[1:]).sum(axis=1, dtype=cells.dtype)
    repeated = np.concatenate([whole, whole])
    days = whole.copy()
    write(days)
    for day in range(1, DAYS - 1):
        days += repeated[day : day + DAYS]
        write(days)
    return sums


def _scale_dispersion(counts: FloatArray, exposure: FloatArray) -> float:
    """Pearson dispersion of a periods x slots table around exposure x slot rate x period level; NaN if it cannot be.

    Pooled: squared residuals of the table over what they would be if events were independent, given both margins. A
    mean of (o - e)^2 / e would be ruled by the slots with next to no expected events.
    """
    total = counts.sum()
    if total == 0 or min(counts.shape) < 2:
        return float("nan")
    expected = exposure.copy()
    for _ in range(20):
        for axis in (0, 1):
            have = expected.sum(axis=axis, keepdims=True)
            expected *= np.divide(counts.sum(axis=axis, keepdims=True), have, out=np.zeros_like(have), where=have > 0)
    period_share = expected.sum(axis=1, keepdims=True) / total
    slot_share = expected.sum(axis=0, keepdims=True) / total
    independent = (expected * (1 - period_share) * (1 - slot_share)).sum()
    return float(((counts - expected) ** 2).sum() / independent) if independent > 0 else float("nan")


def week_dispersion(counts: ArrayLike, exposure: ArrayLike) -> float:
    """How many times more the counts of a slot vary between weeks than independent events would; at least 1.

    counts, exposure: (weeks, 168). The largest over slots of 1, 6 and 24 hours and periods of 1, 4 and 13 weeks
    (`SCALES`), because events that come together may fill an hour, a day or a season. What all slots of a week share
    is taken out: it moves no block against the rest. 1 where nothing can be seen (one week, no events).
    """
    n = np.nan_to_num(np.asarray(exposure, dtype=np.float64))
    o = np.where(n > 0, np.asarray(counts, dtype=np.float64), 0.0)
    found = [1.0]
    for hours, weeks in SCALES:
        starts = np.arange(0, len(o), weeks)
        tables = (np.add.reduceat(t, starts).reshape(len(starts), -1, hours).sum(axis=2) for t in (o, n))
        found.append(_scale_dispersion(*tables))
    return float(np.nanmax(found))


def scan_week(
    counts: ArrayLike,
    exposure: ArrayLike,
    rng: np.random.Generator,
    *,
    minimum_event_count: int,
    minimum_exposure_count: float,
    exposure_margin: float = 1.2,
    level: float = 0.05,
    maximum_share: float = 0.5,
    replicate_limit: int = 9999,
    stop_after: int = 20,
    further_limit: int = 3,
    near_equal_limit: int = 10,
) -> WeekScan:
    """The hottest blocks of a week.

    counts, exposure: (weeks, 168), whole numbers of events and how much was done; exposure that is 0 or NaN was not
    counted, and events there are left out. A block holds at most `maximum_share` of the exposure. p-values come from
    up to `replicate_limit` simulated weeks, fewer where a block is clearly not significant (`sequential_p`).
    `level` decides which blocks count as found; over several groups adjust the p-values instead.
    """
    n = np.nan_to_num(np.asarray(exposure, dtype=np.float64))
    all_events = np.asarray(counts, dtype=np.float64)
    if n.ndim != 2 or n.shape[1] != CELLS or n.shape != all_events.shape:
        raise ValueError(f"counts and exposure must both be (weeks, {CELLS}), not {all_events.shape} and {n.shape}")
    o = np.where(n > 0, all_events, 0.0)
    dispersion = week_dispersion(o, n)
    cell_events, cell_exposure = o.sum(axis=0), n.sum(axis=0)
    total, exposed = int(cell_events.sum()), float(cell_exposure.sum())
    summary = (total, exposed, int(np.nansum(all_events)) - total, dispersion)

    events = window_sums(cell_events.astype(np.int64))
    shares = window_sums(cell_exposure / exposed) if exposed > 0 else np.zeros(len(events))
    shares = np.where((shares > 0) & (shares <= maximum_share), shares, np.nan)
    if total < max(minimum_event_count, 1) or exposed < minimum_exposure_count or np.isnan(shares).all():
        return WeekScan("not_enough_data", *summary)

    plain = np.nan_to_num(poisson_llr(events, shares, total), nan=-1.0)
    tested = np.nan_to_num(poisson_llr(events, share_at_ratio(shares, exposure_margin), total), nan=-1.0)
    cell_count = week_windows().cell_count
    # Hottest first. Cells without exposure make blocks of equal counts: then the one with fewer cells.
    order = np.lexsort((cell_count, -np.round(plain, 9), -np.round(tested, 9)))

    def block(index: int) -> HotBlock:
        return _block(index, int(events[index]), shares[index], total, exposed, dispersion)

    found: list[TestedBlock] = []
    free = np.ones(len(order), dtype=bool)
    state = rng.bit_generator.state
    for _ in range(1 + further_limit):
        candidates = order[free[order] & (plain[order] > 0)]
        if not candidates.size:
            break
        index = int(candidates[0])
        # The same simulated weeks for every block, so that a less hot one never has the smaller p-value.
        rng.bit_generator.state = state
        p = _p_value(
            tested[index] / dispersion,
            shares,
            cell_exposure / exposed,
            total,
            dispersion,
            rng,
            replicate_limit,
            stop_after,
        )
        if found and p.p_value > level:
            break
        found.append(TestedBlock(**vars(block(index)), p_value=p.p_value, replicate_count=p.replicate_count))
        if p.p_value > level:
            break
        free &= ~_overlapping(index)
    if not found:
        return WeekScan("no_hot_block", *summary)

    best = int(order[0])
    is_near = _overlapping(best) & (plain >= plain[best] - dispersion * stats.chi2.ppf(0.95, 1) / 2 - TOLERANCE)
    is_near[best] = False
    near = order[is_near[order]]
    near = near[np.argsort(-plain[near], kind="stable")]
    return WeekScan(
        "hot_block" if found[0].p_value <= level else "no_hot_block",
        *summary,
        hottest=found[0],
        further=tuple(found[1:]),
        near_equal=tuple(block(int(index)) for index in near[:near_equal_limit]),
        near_equal_count=len(near),
    )


def _overlapping(index: int) -> NDArray[np.bool_]:
    """Which blocks share a cell with this one."""
    return window_sums(block_cells(index).astype(np.int64)) > 0


def block_cells(index: int) -> NDArray[np.bool_]:
    """(168,): the cells of one block of `week_windows`."""
    w = week_windows()
    return _cells(w.weekday_first[index], w.day_count[index], w.hour_first[index], w.hour_count[index])


def _cells(weekday_first: int, day_count: int, hour_first: int, hour_count: int) -> NDArray[np.bool_]:
    days, hours = weekday_first + np.arange(day_count), hour_first + np.arange(hour_count)
    cells = np.zeros(CELLS, dtype=bool)
    cells[(HOURS * days[:, None] + hours).ravel() % CELLS] = True
    return cells


def _block(index: int, events: int, share: float, total: int, exposed: float, dispersion: float) -> HotBlock:
    w = week_windows()
    return HotBlock(
        weekday_first=int(w.weekday_first[index]),
        day_count=int(w.day_count[index]),
        hour_first=int(w.hour_first[index]),
        hour_count=int(w.hour_count[index]),
        **measured(events, share, total, exposed, dispersion),
    )


def _p_value(
    llr: float,
    shares: FloatArray,
    cell_shares: FloatArray,
    total: int,
    dispersion: float,
    rng: np.random.Generator,
    replicate_limit: int,
    stop_after: int,
) -> SequentialP:
    """How often the hottest block of a week whose events fall evenly on the exposure is as hot as `llr`."""
    independent = max(1, round(total / dispersion))
    number = np.int16 if independent < np.iinfo(np.int16).max else np.int32
    least = least_counts(llr, shares, independent)
    reachable = least <= independent
    # Blocks that cannot get there are given a count that cannot be reached.
    thresholds = np.where(reachable, least, np.iinfo(number).max).astype(number)[:, None]

    def exceeds(size: int) -> NDArray[np.bool_]:
        cells = rng.multinomial(independent, cell_shares, size=size).T.astype(number)
        return (window_sums(np.ascontiguousarray(cells)) >= thresholds).any(axis=0)

    return sequential_p(exceeds, replicate_limit, stop_after)
