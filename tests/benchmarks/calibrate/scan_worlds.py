"""Weeks and organisations of which the truth is known, for the scans to be judged by.

Belongs here: drawing counts and exposure from a stated truth. Does not belong here: any function that is judged.
Every world gives counts and exposure of shape (weeks, 168); in a null world no block of the week has a higher rate.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
WEEKS = 52
HOURS_OF_WEEK = 168
# Hour of day -> how busy, with little at night and the most in the evening.
DAY_PROFILE = np.array(
    [2, 1, 1, 1, 1, 2, 4, 8, 14, 20, 24, 24, 22, 22, 23, 24, 25, 27, 32, 36, 36, 30, 18, 7], dtype=np.float64
)
WEEKEND_FACTOR = 1.3


@dataclass(frozen=True)
class Week:
    """Counts and measured exposure by week and hour of the week."""

    counts: Array
    exposure: Array


@dataclass(frozen=True)
class Block:
    """A true hot block: its days and hours, and how many times the rate of the rest it has."""

    weekday_first: int
    day_count: int
    hour_first: int
    hour_count: int
    factor: float

    @property
    def cells(self) -> NDArray[np.int64]:
        days = self.weekday_first + np.arange(self.day_count)
        hours = self.hour_first + np.arange(self.hour_count)
        return (24 * days[:, None] + hours).ravel() % HOURS_OF_WEEK


WEEKEND_EVENINGS = Block(weekday_first=5, day_count=2, hour_first=18, hour_count=3, factor=3.0)
SATURDAY_NIGHT = Block(weekday_first=5, day_count=1, hour_first=22, hour_count=4, factor=6.0)


def busy_week(rng: np.random.Generator) -> Array:
    """Exposure of a year whose busiest hours are weekend evenings; weeks differ by 15 %, hours of a week by chance."""
    week = np.tile(DAY_PROFILE, 7)
    week[5 * 24 :] *= WEEKEND_FACTOR
    size = rng.gamma(1 / 0.15**2, 0.15**2, size=(WEEKS, 1))
    return rng.poisson(size * week * 4).astype(np.float64) + 1


def _expected(exposure: Array, events: float) -> Array:
    return exposure * events / exposure.sum()


def poisson(rng: np.random.Generator, events: float) -> Week:
    """Every event alone, at one rate."""
    exposure = busy_week(rng)
    return Week(rng.poisson(_expected(exposure, events)), exposure)


def bursts(rng: np.random.Generator, events: float, size: float = 2.5, hours: int = 4, shape: float = 6.0) -> Week:
    """Episodes of geometric size within a few hours of each other, in weeks whose rate follows a gamma distribution."""
    exposure = busy_week(rng)
    rate = rng.gamma(shape, 1 / shape, size=(WEEKS, 1))
    episodes = rng.poisson(_expected(exposure, events) * rate / size)
    starts = np.repeat(np.arange(episodes.size), episodes.ravel())
    sizes = rng.geometric(1 / size, size=starts.size)
    cells = np.repeat(starts, sizes)
    near = (cells + rng.integers(1 - hours, hours, size=cells.size)) % exposure.size
    # As many move from an hour to another as back: the chance is symmetric and grows with what is done in the other.
    # Were every event moved, quiet hours beside busy ones would be hot.
    moved = rng.random(cells.size) < exposure.ravel()[near] / exposure.max()
    landed = np.where(moved, near, cells)
    return Week(np.bincount(landed, minlength=exposure.size).reshape(exposure.shape), exposure)


def _autoregressive(rng: np.random.Generator, shape: tuple[int, int], memory: float) -> Array:
    """Standard normal, correlated by `memory` ** distance along the first axis."""
    steps = rng.standard_normal(shape)
    for i in range(1, len(steps)):
        steps[i] = memory * steps[i - 1] + np.sqrt(1 - memory**2) * steps[i]
    return steps


def drifting_slots(
    rng: np.random.Generator, events: float, memory: float = 0.6, spread: float = 0.4, hours: int = 6
) -> Week:
    """The log rate of every six-hour slot wanders over the weeks, back to the same mean."""
    exposure = busy_week(rng)
    slots = _autoregressive(rng, (WEEKS, HOURS_OF_WEEK // hours), memory)
    rate = np.exp(spread * np.repeat(slots, hours, axis=1) - spread**2 / 2)
    return Week(rng.poisson(_expected(exposure, events) * rate), exposure)


def stormy_hours(rng: np.random.Generator, events: float, memory: float = 0.8, spread: float = 0.6) -> Week:
    """The log rate wanders from hour to hour, so that hours near each other are bad together."""
    exposure = busy_week(rng)
    path = _autoregressive(rng, (exposure.size, 1), memory).reshape(exposure.shape)
    return Week(rng.poisson(_expected(exposure, events) * np.exp(spread * path - spread**2 / 2)), exposure)


def _smooth(rng: np.random.Generator, width: float) -> Array:
    """Standard normal over the circular week, correlated over about `width` hours."""
    distance = np.minimum(np.arange(HOURS_OF_WEEK), HOURS_OF_WEEK - np.arange(HOURS_OF_WEEK))
    kernel = np.exp(-(distance**2) / (2 * width**2))
    kernel /= np.sqrt((kernel**2).sum())
    noise = rng.standard_normal(HOURS_OF_WEEK)
    return np.real(np.fft.ifft(np.fft.fft(noise) * np.fft.fft(kernel)))


def mismeasured(rng: np.random.Generator, events: float, smooth: float = 0.12, single: float = 0.12) -> Week:
    """One rate on the true exposure, but each hour of the week is measured wrongly all year, neighbours alike."""
    exposure = busy_week(rng)
    error = np.exp(smooth * _smooth(rng, width=3.0) + single * rng.standard_normal(HOURS_OF_WEEK))
    return Week(rng.poisson(_expected(exposure, events)), exposure * error)


def planted(rng: np.random.Generator, events: float, block: Block = WEEKEND_EVENINGS) -> Week:
    """One rate, but `block` has `factor` times it; `events` are those of an even rate."""
    exposure = busy_week(rng)
    expected = _expected(exposure, events)
    expected[:, block.cells] *= block.factor
    return Week(rng.poisson(expected), exposure)


NullWorld = Callable[[np.random.Generator, float], Week]


PERIODS = 12
BRANCHES, TEAMS_EACH, PERSONS_EACH = 4, 4, 6


@dataclass(frozen=True)
class Organisation:
    """Counts and exposure by node and month; persons have them, teams and branches none of their own."""

    parent: NDArray[np.int64]
    counts: Array
    exposure: Array


def _organisation_tree() -> NDArray[np.int64]:
    """Node 0 the company, then branches, teams, persons."""
    branches = np.zeros(BRANCHES, dtype=np.int64)
    teams = np.repeat(1 + np.arange(BRANCHES), TEAMS_EACH)
    persons = np.repeat(1 + BRANCHES + np.arange(len(teams)), PERSONS_EACH)
    return np.concatenate([[-1], branches, teams, persons])


def _persons_below(parent: NDArray[np.int64], node: int) -> NDArray[np.bool_]:
    below = np.arange(len(parent)) == node
    for _ in range(3):
        below |= below[np.maximum(parent, 0)] & (parent >= 0)
    return below & (np.arange(len(parent)) >= 1 + BRANCHES + BRANCHES * TEAMS_EACH)


def organisation(
    rng: np.random.Generator,
    events: float,
    node: int = 0,
    first_period: int = 0,
    factor: float = 1.0,
    episode: float = 1.0,
    uneven: float = 0.0,
) -> Organisation:
    """One rate for all persons, whose work differs threefold; `node` has `factor` times it from `first_period` on.

    With `episode` above 1 events come in episodes of geometric size with that mean, each one person's in one month.
    `uneven` is the variance of a gamma factor that every person's month has of its own.
    """
    parent = _organisation_tree()
    exposure = np.zeros((len(parent), PERIODS))
    persons = _persons_below(parent, 0)
    size = rng.uniform(50, 150, size=(persons.sum(), 1))
    exposure[persons] = rng.poisson(size, size=(persons.sum(), PERIODS))
    expected = _expected(exposure, events)
    expected[_persons_below(parent, node), first_period:] *= factor
    if uneven > 0:
        expected *= rng.gamma(1 / uneven, uneven, size=expected.shape)
    counts = rng.poisson(expected / episode)
    if episode > 1:
        # Sizes of k episodes together: k and the failures before the k-th success.
        counts = counts + np.where(counts > 0, rng.negative_binomial(np.maximum(counts, 1), 1 / episode), 0)
    return Organisation(parent, counts, exposure)
