"""Hot blocks of the week, unit by unit: counts of weeks in, rows about blocks out.

Belongs here: which rows make one scan, and what is written about it. Does not belong here: the scan itself (`scan`),
how many units are looked at together and what is flagged (`compute`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.statistics import rates
from pipelines.statistics.multiplicity import q_values
from pipelines.statistics.scan import CELLS, HOURS, HotBlock, TestedBlock, WeekScan, scan_week

BLOCK_COLUMNS = {
    "block_no": "integer",
    "block_role": "varchar",
    "scan_state": "varchar",
    "scanned_event_count": "bigint",
    "scanned_exposure_count": "bigint",
    "unexposed_event_count": "bigint",
    "dispersion": "double",
    "near_equal_count": "bigint",
    "weekday_first": "integer",
    "weekday_count": "integer",
    "hour_first": "integer",
    "hour_count": "integer",
    "event_count": "bigint",
    "expected_event_count": "double",
    "exposure_count": "bigint",
    "rate_ratio": "double",
    "rate_ratio_low": "double",
    "rate_ratio_high": "double",
    "log_likelihood_ratio": "double",
    "p_value": "double",
    "replicate_count": "bigint",
    "q_value": "double",
    "is_flagged": "boolean",
}

TREND_COLUMNS = {
    "block_no": "integer",
    "period_start": "date",
    "week_count": "integer",
    "event_count": "bigint",
    "exposure_count": "bigint",
    "rate_per_1000": "double",
    "rate_low": "double",
    "rate_high": "double",
    "other_event_count": "bigint",
    "other_exposure_count": "bigint",
    "other_rate_per_1000": "double",
}
# Long enough for a block of a few hours to hold events, short enough to show a turn.
TREND_WEEKS = 4
PER = 1000


def seeded(*names: str) -> np.random.Generator:
    """A generator that depends on these names alone, so that no unit's result hangs on what other units there are."""
    return np.random.default_rng(list(hashlib.sha256("/".join(names).encode()).digest()))


def week_tables(columns: Mapping[str, NDArray]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Events and exposure as (weeks, 168), from rows of week, weekday (Monday = 1), hour, event_count, exposure_count.

    Weeks in which nothing was done are rows of zeros, so that bursts are looked for in the calendar's weeks.
    """
    week_no = columns["week"].astype("datetime64[D]").astype(np.int64) // 7
    week_no = week_no - week_no.min()
    cell = HOURS * (columns["weekday"].astype(int) - 1) + columns["hour"].astype(int)
    counts, exposure = np.zeros((2, int(week_no.max()) + 1, CELLS))
    counts[week_no, cell] = columns["event_count"]
    exposure[week_no, cell] = columns["exposure_count"]
    return counts, exposure


@dataclass(frozen=True)
class _Unit:
    """One unit's weeks, from Monday `first_week` on, and what the scan found in them."""

    counts: NDArray[np.float64]
    exposure: NDArray[np.float64]
    first_week: np.datetime64
    scan: WeekScan

    @property
    def tested(self) -> list[TestedBlock]:
        """The hottest block and the further ones, in the order of their numbers."""
        return [block for block in (self.scan.hottest, *self.scan.further) if block is not None]


def family_blocks(family: str, units: Mapping[str, Mapping[str, NDArray]]) -> dict[str, list[dict[str, Any]]]:
    """Rows of BLOCK_COLUMNS and TREND_COLUMNS, with their unit, about the weeks of one family's units (counts by unit).

    Each unit has its hottest block, further ones and those nearly equal to it. Block 0 is always there and says how the
    scan ended; without enough data it names no block. The units are looked at together, so the p-values of their
    hottest blocks are adjusted together; what stands behind a flagged hottest block is flagged as well.
    """
    found = {unit: _scanned(family, unit, columns) for unit, columns in units.items()}
    hottest = [unit.scan.hottest for unit in found.values()]
    adjusted = q_values([np.nan if block is None else block.p_value for block in hottest])
    blocks, trend = [], []
    for (name, unit), q in zip(found.items(), adjusted, strict=True):
        is_significant = q < units[name]["fdr_level"][0]
        practical_ratio = units[name]["practical_ratio"][0]
        for row in _block_rows(unit):
            is_tested = row["block_role"] in ("hottest", "further") and "rate_ratio" in row
            blocks.append(
                row
                | {
                    "org_unit_id": name,
                    "q_value": float(q) if row["block_role"] == "hottest" else None,
                    "is_flagged": bool(is_tested and is_significant and row["rate_ratio"] >= practical_ratio),
                }
            )
        trend += [{"org_unit_id": name, **row} for row in _trend_rows(unit)]
    return {"week_blocks": blocks, "week_block_trend": trend}


def _scanned(family: str, org_unit_id: str, columns: Mapping[str, NDArray]) -> _Unit:
    counts, exposure = week_tables(columns)
    scan = scan_week(
        counts,
        exposure,
        seeded("week", family, org_unit_id),
        minimum_event_count=int(columns["minimum_event_count"][0]),
        minimum_exposure_count=float(columns["minimum_exposure"][0]),
        exposure_margin=float(columns["exposure_margin"][0]),
        replicate_limit=int(columns["replicate_count"][0]),
    )
    return _Unit(counts, exposure, columns["week"].astype("datetime64[D]").min(), scan)


def _trend_rows(unit: _Unit) -> list[dict[str, Any]]:
    """Rates inside and outside each tested block, in periods of TREND_WEEKS weeks; the last may be shorter."""
    starts = np.arange(0, len(unit.counts), TREND_WEEKS)
    rows = []
    for number, block in enumerate(unit.tested):
        events, n, other_events, other_n = (
            np.add.reduceat(table[:, cells].sum(axis=1), starts)
            for cells in (block.cells, ~block.cells)
            for table in (unit.counts, unit.exposure)
        )
        low, high = rates.rate_interval(events, n)
        own, other = rates.rate(events, n), rates.rate(other_events, other_n)
        rows += [
            {
                "block_no": number,
                "period_start": (unit.first_week + 7 * start).item(),
                "week_count": min(TREND_WEEKS, len(unit.counts) - int(start)),
                "event_count": int(events[i]),
                "exposure_count": int(n[i]),
                "rate_per_1000": float(own[i]) * PER,
                "rate_low": float(low[i]) * PER,
                "rate_high": float(high[i]) * PER,
                "other_event_count": int(other_events[i]),
                "other_exposure_count": int(other_n[i]),
                "other_rate_per_1000": float(other[i]) * PER,
            }
            for i, start in enumerate(starts)
        ]
    return rows


def _block_rows(unit: _Unit) -> list[dict[str, Any]]:
    """The blocks of one unit, the hottest first, as far as the unit alone can tell."""
    blocks: list[tuple[str, HotBlock | None]] = [("hottest", unit.scan.hottest)]
    blocks += [("further", block) for block in unit.scan.further]
    blocks += [("near_equal", block) for block in unit.scan.near_equal]
    summary = _summary(unit.scan)
    return [
        {"block_no": number, "block_role": role, **summary, **(_described(block) if block else {})}
        for number, (role, block) in enumerate(blocks)
    ]


def _summary(scan: WeekScan) -> dict[str, Any]:
    return {
        "scan_state": scan.state,
        "scanned_event_count": scan.event_count,
        "scanned_exposure_count": round(scan.exposure_count),
        "unexposed_event_count": scan.unexposed_event_count,
        "dispersion": scan.dispersion,
        "near_equal_count": scan.near_equal_count,
    }


def _described(block: HotBlock) -> dict[str, Any]:
    return {
        "weekday_first": block.weekday_first + 1,
        "weekday_count": block.day_count,
        "hour_first": block.hour_first,
        "hour_count": block.hour_count,
        "event_count": block.event_count,
        "expected_event_count": block.expected_event_count,
        "exposure_count": round(block.exposure_count),
        "rate_ratio": block.rate_ratio,
        "rate_ratio_low": block.rate_ratio_low,
        "rate_ratio_high": block.rate_ratio_high,
        "log_likelihood_ratio": block.llr,
        "p_value": getattr(block, "p_value", None),
        "replicate_count": getattr(block, "replicate_count", None),
    }
