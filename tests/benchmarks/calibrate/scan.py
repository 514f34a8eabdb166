"""How often the scan of the week raises a false alarm, and how often it finds what is there.

Belongs here: running the scan over worlds. Does not belong here: the worlds (`scan_worlds`), writing the figures.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from pipelines.statistics.scan import WeekScan, scan_week
from tests.benchmarks.calibrate import scan_worlds as worlds
from tests.benchmarks.calibrate.row import Row, at_least, at_most, told

SUBJECT = "week scan"
NULL_RUNS, PLANTED_RUNS, LIMIT_RUNS = 400, 150, 150
LEVEL = 0.05
NULL_WORLDS: dict[str, worlds.NullWorld] = {
    "even rate": worlds.poisson,
    "bursts of 2.5 events, uneven weeks": worlds.bursts,
    "slots drift over weeks (AR 0.6, sd 0.4)": worlds.drifting_slots,
    "hours drift together (AR 0.8, sd 0.6)": worlds.stormy_hours,
    "exposure wrong, smooth error (sd 0.15)": partial(worlds.mismeasured, smooth=0.15, single=0.0),
    "exposure wrong, each hour (sd 0.15)": partial(worlds.mismeasured, smooth=0.0, single=0.15),
    "exposure wrong, both (sd 0.12 each)": worlds.mismeasured,
}
NULL_EVENTS = (150, 2000)
# Events of a year at an even rate. The block holds about a tenth of the exposure.
PLANTED_EVENTS = (400, 1000)
LIMIT_WORLDS: dict[str, tuple[worlds.NullWorld, int]] = {
    "slots drift for months (AR 0.95, sd 0.4)": (partial(worlds.drifting_slots, memory=0.95), 2000),
    "exposure wrong, both (sd 0.20 each)": (partial(worlds.mismeasured, smooth=0.2, single=0.2), 2000),
}


def _scan(week: worlds.Week, rng: np.random.Generator) -> WeekScan:
    return scan_week(week.counts, week.exposure, rng, minimum_event_count=20, minimum_exposure_count=100)


def _false_alarms(world: worlds.NullWorld, events: int, runs: int, rng: np.random.Generator) -> tuple[int, str]:
    found = [_scan(world(rng, events), rng) for _ in range(runs)]
    dispersion = np.mean([scan.dispersion for scan in found])
    return sum(scan.state == "hot_block" for scan in found), f"mean dispersion {dispersion:.2f}"


def _planted(block: worlds.Block, events: int, runs: int, rng: np.random.Generator) -> tuple[int, int, int, float, int]:
    """Found at all, found exactly, exact or a near-equal, mean expected events, fewest replicates under p < 0.001."""
    truth = (block.weekday_first, block.day_count, block.hour_first, block.hour_count)
    found = exact = near = 0
    expected, replicates = [], []
    for _ in range(runs):
        week = worlds.planted(rng, events, block)
        expected.append(week.exposure[:, block.cells].sum() / week.exposure.sum() * events)
        scan = _scan(week, rng)
        if scan.state != "hot_block" or scan.hottest is None:
            continue
        places = [(b.weekday_first, b.day_count, b.hour_first, b.hour_count) for b in (scan.hottest, *scan.near_equal)]
        found += 1
        exact += places[0] == truth
        near += truth in places
        if scan.hottest.p_value < 0.001:
            replicates.append(scan.hottest.replicate_count)
    return found, exact, near, float(np.mean(expected)), min(replicates, default=0)


def rows(rng: np.random.Generator) -> list[Row]:
    """Every figure of the scan of the week; a minute or two."""
    result = []
    for name, world in NULL_WORLDS.items():
        for events in NULL_EVENTS:
            hits, note = _false_alarms(world, events, NULL_RUNS, rng)
            result.append(at_most(SUBJECT, f"{name}, {events} events", "false hot block", LEVEL, hits, NULL_RUNS, note))
    for events in PLANTED_EVENTS:
        found, exact, near, expected, replicates = _planted(worlds.WEEKEND_EVENINGS, events, PLANTED_RUNS, rng)
        where = f"x3 Sat-Sun 18-21, {events} events at an even rate"
        note = f"{expected:.0f} events expected in the block"
        result += [
            at_least(SUBJECT, where, "block found", 0.95, found, PLANTED_RUNS, note),
            at_least(SUBJECT, where, "exactly its hours", 0.90, exact, PLANTED_RUNS, note),
            at_least(SUBJECT, where, "hottest or a near-equal", 0.95, near, PLANTED_RUNS, note),
            Row(
                SUBJECT,
                where,
                "fewest replicates behind p < 0.001",
                ">= 9999",
                replicates,
                0.0,
                found,
                replicates >= 9999,
            ),
        ]
    found, exact, _, expected, _ = _planted(worlds.SATURDAY_NIGHT, 1000, PLANTED_RUNS, rng)
    where, note = "x6 Sat 22-02, over midnight", f"{expected:.0f} events expected in the block"
    result.append(at_least(SUBJECT, where, "block found", 0.95, found, PLANTED_RUNS, note))
    for events in (100, 200):
        found, exact, _, expected, _ = _planted(worlds.WEEKEND_EVENINGS, events, LIMIT_RUNS, rng)
        where = f"x3 Sat-Sun 18-21, {events} events at an even rate"
        note = f"{expected:.0f} events expected in the block: too few to be sure"
        result.append(told(SUBJECT, where, "block found", found, LIMIT_RUNS, note))
        result.append(told(SUBJECT, where, "exactly its hours", exact, LIMIT_RUNS, note))
    for name, (world, events) in LIMIT_WORLDS.items():
        hits, note = _false_alarms(world, events, LIMIT_RUNS, rng)
        result.append(told(SUBJECT, f"{name}, {events} events", "false hot block", hits, LIMIT_RUNS, note))
    return result
