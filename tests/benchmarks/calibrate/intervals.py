"""How often the intervals of rates, shares and rate ratios hold the truth.

Belongs here: drawing counts of a known rate and asking the intervals. Does not belong here: their formulas.
"""

from __future__ import annotations

import numpy as np

from pipelines.statistics.rates import rate_interval, rate_ratio_interval, share_interval
from tests.benchmarks.calibrate.row import Row, at_least, within

SUBJECT = "intervals"
RUNS = 20_000
MEANS = (0.5, 3.0, 20.0, 200.0)
SHARES = (0.02, 0.2, 0.5)
TRIALS = (10, 100)
# Expected events of the part and of the rest, and the true ratio of their rates.
PAIRS = ((10.0, 200.0, 1.0), (20.0, 400.0, 3.0), (30.0, 30.0, 0.5), (5.0, 500.0, 1.0))


def rows(rng: np.random.Generator) -> list[Row]:
    """Coverage of 95 % intervals, seconds."""
    result = []
    for mean in MEANS:
        low, high = rate_interval(rng.poisson(mean, RUNS), np.ones(RUNS))
        covered = int(((low <= mean) & (mean <= high)).sum())
        result.append(at_least(SUBJECT, f"rate, {mean:g} events expected", "coverage (exact)", 0.95, covered, RUNS))
    for share in SHARES:
        for trials in TRIALS:
            low, high = share_interval(rng.binomial(trials, share, RUNS), np.full(RUNS, trials))
            covered = int(((low <= share) & (share <= high)).sum())
            where = f"share {share:g} of {trials}"
            result.append(at_least(SUBJECT, where, "coverage (exact)", 0.95, covered, RUNS))
    for part, rest, ratio in PAIRS:
        events, other = rng.poisson(part * ratio, RUNS), rng.poisson(rest, RUNS)
        low, high = rate_ratio_interval(events, np.full(RUNS, part), other, np.full(RUNS, rest))
        covered = int(((low <= ratio) & (ratio <= high)).sum())
        where = f"rate ratio {ratio:g}, {part * ratio:g} against {rest:g} events expected"
        result.append(within(SUBJECT, where, "coverage (score)", (0.93, 0.97), covered, RUNS))
    return result
