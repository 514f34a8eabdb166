"""One measured figure beside what it should be.

Belongs here: the form of a figure and whether a proportion keeps its promise. Does not belong here: any measuring.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

ALLOWED_ERRORS = 3


@dataclass(frozen=True)
class Row:
    """`observed` of `count` trials where `nominal` was promised; `is_met` is None where nothing was: a stated limit."""

    subject: str
    world: str
    quantity: str
    nominal: str
    observed: float
    standard_error: float
    count: int
    is_met: bool | None
    note: str = ""


def _error(share: float, count: int) -> float:
    return float(np.sqrt(share * (1 - share) / count))


def at_most(subject: str, world: str, quantity: str, limit: float, hits: int, count: int, note: str = "") -> Row:
    """A share that must not exceed `limit`, chance of this many trials allowed for."""
    observed = hits / count
    is_met = observed <= limit + ALLOWED_ERRORS * _error(limit, count)
    return Row(subject, world, quantity, f"<= {limit:.1%}", observed, _error(observed, count), count, is_met, note)


def at_least(subject: str, world: str, quantity: str, limit: float, hits: int, count: int, note: str = "") -> Row:
    """A share that must reach `limit`; chance is not allowed for."""
    observed = hits / count
    return Row(
        subject, world, quantity, f">= {limit:.1%}", observed, _error(observed, count), count, observed >= limit, note
    )


def within(
    subject: str, world: str, quantity: str, limits: tuple[float, float], hits: int, count: int, note: str = ""
) -> Row:
    """A share that must lie between two limits, chance of this many trials allowed for."""
    low, high = limits
    observed = hits / count
    is_met = low - ALLOWED_ERRORS * _error(low, count) <= observed <= high + ALLOWED_ERRORS * _error(high, count)
    nominal = f"{low:.1%} to {high:.1%}"
    return Row(subject, world, quantity, nominal, observed, _error(observed, count), count, is_met, note)


def told(subject: str, world: str, quantity: str, hits: int, count: int, note: str = "") -> Row:
    """A share that nothing was promised of: where a method reaches its end."""
    observed = hits / count
    return Row(subject, world, quantity, "none", observed, _error(observed, count), count, None, note)
