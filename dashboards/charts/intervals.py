"""Intervals for figures that a page adds up itself.

Belongs here: the exact interval of a Poisson rate.
Does not belong here: tests and shrinkage; the marts hold them.
"""

from __future__ import annotations

from scipy.special import gammaincinv


def rate_interval(events: int, exposure: int, *, level: float = 0.95) -> tuple[float, float]:
    """Exact (Garwood) interval of events per 1,000 exposure."""
    if exposure <= 0 or events < 0:
        raise ValueError("a rate needs exposure")
    tail = (1 - level) / 2
    low = gammaincinv(events, tail) if events else 0.0
    high = gammaincinv(events + 1, 1 - tail)
    return 1000 * float(low) / exposure, 1000 * float(high) / exposure
