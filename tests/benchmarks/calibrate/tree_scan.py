"""How often the scan of the organisation raises a false alarm, and how often it finds who started and when.

Belongs here: running the scan over organisations. Does not belong here: the worlds (`scan_worlds`).
"""

from __future__ import annotations

import numpy as np

from pipelines.statistics.tree_scan import TreeScan, scan_tree
from tests.benchmarks.calibrate.row import Row, at_least, at_most, told
from tests.benchmarks.calibrate.scan_worlds import Organisation, organisation

SUBJECT = "tree scan"
NULL_RUNS, PLANTED_RUNS = 400, 40
LEVEL = 0.05
EVENTS = 600
NULL_WORLDS: dict[str, dict[str, float]] = {
    "even rate": {},
    "episodes of 2.5 events": {"episode": 2.5},
    "each month of a person uneven (gamma, variance 2)": {"uneven": 2.0},
}
# Node, first month counted from 0, times the rate of the rest.
PLANTED = {
    "x3 in one branch of four from month 8": (2, 7, 3.0),
    "x5 in one team of sixteen from month 8": (9, 7, 5.0),
    "x15 of one person of 96 from month 7": (50, 6, 15.0),
}
# The margin of the scan, and none, which shows that the test itself keeps its level.
MARGINS = (1.2, 1.0)


def _scan(world: Organisation, rng: np.random.Generator, margin: float) -> TreeScan:
    return scan_tree(
        world.parent,
        world.counts,
        world.exposure,
        rng,
        minimum_event_count=20,
        minimum_exposure_count=100,
        exposure_margin=margin,
    )


def rows(rng: np.random.Generator) -> list[Row]:
    """Every figure of the scan of the organisation; a minute or two."""
    result = []
    for name, features in NULL_WORLDS.items():
        for margin in MARGINS:
            found = [_scan(organisation(rng, EVENTS, **features), rng, margin) for _ in range(NULL_RUNS)]
            hits = sum(scan.state == "hot_cut" for scan in found)
            note = f"margin {margin}, mean dispersion {np.mean([scan.dispersion for scan in found]):.2f}"
            world = f"{name}, {EVENTS} events"
            result.append(at_most(SUBJECT, world, "false cut", LEVEL, hits, NULL_RUNS, note))
    for name, (node, first_period, factor) in PLANTED.items():
        found = node_found = month_near = month_found = 0
        for _ in range(PLANTED_RUNS):
            scan = _scan(organisation(rng, EVENTS, node, first_period, factor), rng, MARGINS[0])
            if scan.state == "hot_cut" and scan.started is not None:
                found += 1
                node_found += scan.started.node == node
                late = scan.started.first_period - first_period
                month_near += scan.started.node == node and abs(late) <= 1
                month_found += scan.started.node == node and late == 0
        result += [
            at_least(SUBJECT, name, "something found", 0.95, found, PLANTED_RUNS),
            at_least(SUBJECT, name, "where it started", 0.90, node_found, PLANTED_RUNS),
            at_least(SUBJECT, name, "where, and when to a month", 0.80, month_near, PLANTED_RUNS),
            told(SUBJECT, name, "where, and the very month", month_found, PLANTED_RUNS),
        ]
    return result
