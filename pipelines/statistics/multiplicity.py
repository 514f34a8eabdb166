"""Corrections for asking many questions at once.

Belongs here: p-values in, adjusted p-values out. Does not belong here: which questions belong together.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats


def q_values(p_values: ArrayLike) -> NDArray[np.float64]:
    """Benjamini-Hochberg adjusted p-values. NaN asks no question: it stays NaN and does not count."""
    p = np.asarray(p_values, dtype=np.float64)
    adjusted = np.full(p.shape, np.nan)
    asked = ~np.isnan(p)
    if asked.any():
        adjusted[asked] = stats.false_discovery_control(p[asked], method="bh")
    return adjusted


def q_values_within(p_values: ArrayLike, groups: ArrayLike) -> NDArray[np.float64]:
    """As `q_values`, separately within each value of `groups`."""
    p = np.asarray(p_values, dtype=np.float64)
    labels = np.asarray(groups)
    adjusted = np.full(p.shape, np.nan)
    for label in np.unique(labels):
        members = labels == label
        adjusted[members] = q_values(p[members])
    return adjusted
