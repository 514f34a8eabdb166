"""Runs the statistics on the working database: counts of `statistics_input` in, tables of schema `statistics` out.

Belongs here: which columns go through which function, and what the written tables look like.
Does not belong here: formulas (`rates`, `multiplicity`), counting and thresholds (dbt: they arrive as columns).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipelines.statistics import clusters, rates
from pipelines.statistics.multiplicity import q_values_within
from pipelines.statistics.shrinkage import shrunk_rates

SCHEMA = "statistics"
PER = 1000  # rates are shown per 1,000 units of exposure

Columns = Mapping[str, NDArray]

RATE_COLUMNS = {
    "rate_per_1000": "double",
    "rate_low": "double",
    "rate_high": "double",
    "has_enough_data": "boolean",
}
COMPARISON_COLUMNS = {
    "rate_per_1000": "double",
    "rate_low": "double",
    "rate_high": "double",
    "shrunk_rate_per_1000": "double",
    "shrunk_rate_low": "double",
    "shrunk_rate_high": "double",
    "other_rate_per_1000": "double",
    "expected_event_count": "double",
    "rate_ratio": "double",
    "rate_ratio_low": "double",
    "rate_ratio_high": "double",
    "p_value": "double",
    "q_value": "double",
    "is_flagged": "boolean",
    "has_enough_data": "boolean",
}

PRECISION_COLUMNS = {
    "precision_share": "double",
    "precision_low": "double",
    "precision_high": "double",
    "has_enough_data": "boolean",
}


def _has_exposure(columns: Columns) -> NDArray:
    """Whether enough was done to judge at all; never without exposure, whatever the threshold says."""
    n = columns["exposure_count"]
    return (n > 0) & (n >= columns["minimum_exposure"])


def own_rates(columns: Columns) -> dict[str, NDArray]:
    """RATE_COLUMNS of events on exposure."""
    events, exposure = columns["event_count"], columns["exposure_count"]
    low, high = rates.rate_interval(events, exposure)
    return {
        "rate_per_1000": rates.rate(events, exposure) * PER,
        "rate_low": low * PER,
        "rate_high": high * PER,
        "has_enough_data": _has_exposure(columns),
    }


def compared_rates(columns: Columns) -> dict[str, NDArray]:
    """COMPARISON_COLUMNS: each row's rate against the rest that stands beside it in the row.

    The p-values of rows that answer one question are adjusted together. A row is judged when its exposure suffices and
    either even spread would give enough events, or the difference is significant without them.
    """
    events, exposure = columns["event_count"], columns["exposure_count"]
    other = columns["other_event_count"], columns["other_exposure_count"]
    own = own_rates(columns)
    ratio = rates.rate_ratio(events, exposure, *other)
    ratio_low, ratio_high = rates.rate_ratio_interval(events, exposure, *other)
    expected = rates.expected_events(events, exposure, *other)
    shrunk = shrunk_rates(events, exposure, columns["peers"])
    p = np.where(own["has_enough_data"], rates.equal_rates_p_value(events, exposure, *other), np.nan)
    q = q_values_within(p, columns["question"])
    is_significant = q < columns["fdr_level"]
    enough = own["has_enough_data"] & (is_significant | (expected >= columns["minimum_expected_events"]))
    return own | {
        "shrunk_rate_per_1000": shrunk.estimate * PER,
        "shrunk_rate_low": shrunk.low * PER,
        "shrunk_rate_high": shrunk.high * PER,
        "other_rate_per_1000": rates.rate(*other) * PER,
        "expected_event_count": expected,
        "rate_ratio": ratio,
        "rate_ratio_low": ratio_low,
        "rate_ratio_high": ratio_high,
        "p_value": p,
        "q_value": q,
        "is_flagged": enough & is_significant & (ratio >= columns["practical_ratio"]),
        "has_enough_data": enough,
    }


def confirmed_shares(columns: Columns) -> dict[str, NDArray]:
    """PRECISION_COLUMNS: how many of the violations that cases have decided were substantiated."""
    confirmed, decided = columns["substantiated_count"], columns["decided_count"]
    low, high = rates.share_interval(confirmed, decided)
    return {
        "precision_share": rates.share(confirmed, decided),
        "precision_low": low,
        "precision_high": high,
        "has_enough_data": (decided > 0) & (decided >= columns["minimum_decided_count"]),
    }


STAGE_COLUMNS = {
    "skipped_share": "double",
    "skipped_low": "double",
    "skipped_high": "double",
    "has_enough_requests": "boolean",
    "hasty_share": "double",
    "hasty_low": "double",
    "hasty_high": "double",
    "has_enough_decisions": "boolean",
}


def stage_shares(columns: Columns) -> dict[str, NDArray]:
    """STAGE_COLUMNS: how often a required step was skipped, and a decision taken faster than it can be read."""
    results: dict[str, NDArray] = {}
    for name, events, trials, minimum in (
        ("skipped", "skipped_count", "required_count", "minimum_request_count"),
        ("hasty", "hasty_count", "decision_count", "minimum_decision_count"),
    ):
        n = columns[trials]
        low, high = rates.share_interval(columns[events], n)
        results |= {f"{name}_share": rates.share(columns[events], n), f"{name}_low": low, f"{name}_high": high}
        results[f"has_enough_{'requests' if name == 'skipped' else 'decisions'}"] = (n > 0) & (n >= columns[minimum])
    return results


@dataclass(frozen=True)
class StatisticsTable:
    """One written table: its rows are those of `source`, its columns the keys and what `calculate` returns.

    question: keys whose values tell one question from another; rows of one question are looked at together. peers: keys
    whose values tell one set of peers from another; the rates of peers are drawn towards their common one. None of
    either where rows are not compared.
    """

    name: str
    source: str
    keys: Mapping[str, str]
    inputs: tuple[str, ...]
    outputs: Mapping[str, str]
    calculate: Callable[[Columns], Mapping[str, NDArray]]
    question: tuple[str, ...] = ()
    peers: tuple[str, ...] = ()

    @property
    def columns(self) -> dict[str, str]:
        """SQL type by column name, in order."""
        return {**self.keys, **self.outputs}


_COUNTS = ("event_count", "exposure_count", "minimum_exposure")
_COMPARISON = (
    *_COUNTS,
    "other_event_count",
    "other_exposure_count",
    "minimum_expected_events",
    "practical_ratio",
    "fdr_level",
)

TABLES = (
    StatisticsTable(
        "slot_rates",
        "slot_counts",
        {"family": "varchar", "org_unit_id": "varchar", "weekday": "integer", "hour": "integer"},
        _COMPARISON,
        COMPARISON_COLUMNS,
        compared_rates,
        question=("family",),
        peers=("family", "org_unit_id"),
    ),
    StatisticsTable(
        "branch_rates",
        "branch_counts",
        {"family": "varchar", "org_unit_id": "varchar"},
        _COMPARISON,
        COMPARISON_COLUMNS,
        compared_rates,
        question=("family",),
        peers=("family",),
    ),
    StatisticsTable(
        "cohort_rates",
        "cohort_counts",
        {"family": "varchar", "org_unit_id": "varchar", "cohort_type": "varchar", "cohort_value": "varchar"},
        _COMPARISON,
        COMPARISON_COLUMNS,
        compared_rates,
        question=("family", "cohort_type"),
        peers=("family", "org_unit_id", "cohort_type"),
    ),
    StatisticsTable(
        "monthly_rates",
        "monthly_counts",
        {"family": "varchar", "org_unit_id": "varchar", "month": "date"},
        _COUNTS,
        RATE_COLUMNS,
        own_rates,
    ),
    StatisticsTable(
        "rule_precision",
        "rule_counts",
        {"family": "varchar", "rule_id": "varchar", "org_unit_id": "varchar"},
        ("substantiated_count", "decided_count", "minimum_decided_count"),
        PRECISION_COLUMNS,
        confirmed_shares,
    ),
    StatisticsTable(
        "turnover_rates",
        "turnover_counts",
        {"org_unit_id": "varchar", "cohort_type": "varchar", "cohort_value": "varchar"},
        _COMPARISON,
        COMPARISON_COLUMNS,
        compared_rates,
        question=("cohort_type",),
        peers=("org_unit_id", "cohort_type"),
    ),
    StatisticsTable(
        "stage_shares",
        "stage_counts",
        {"process_type": "varchar", "org_unit_id": "varchar", "step_type": "varchar"},
        (
            "required_count",
            "skipped_count",
            "minimum_request_count",
            "decision_count",
            "hasty_count",
            "minimum_decision_count",
        ),
        STAGE_COLUMNS,
        stage_shares,
    ),
)


def _read(con: duckdb.DuckDBPyConnection, table: StatisticsTable) -> tuple[pa.Table, Columns]:
    """Rows of the source (keys as they are) and its numbers as float columns, null as NaN."""
    names = ", ".join(table.keys)
    numbers = ", ".join(f"cast({name} as double) as {name}" for name in table.inputs)
    # In one order always: peers are summed up, and a sum's last digit depends on the order of its terms.
    ordered = f"select {names}, {numbers} from statistics_input.{table.source} order by {names}"
    rows = con.execute(ordered).to_arrow_table()
    columns = {name: rows[name].to_numpy() for name in table.inputs}
    for name, keys in (("question", table.question), ("peers", table.peers)):
        labels = zip(*(rows[key].to_pylist() for key in keys), strict=True)
        columns[name] = np.asarray(["/".join(map(str, label)) for label in labels], dtype=str)
    return rows.select(list(table.keys)), columns


@dataclass(frozen=True)
class GroupedStep:
    """A calculation over all units of a rule family, whose rows are not those of its source.

    inputs: columns that the calculation reads, by unit; numbers but for those of `dates`. tables: columns of each table
    that is written, after family and unit. calculate: family and the columns of each unit in, rows by table out.
    """

    source: str
    inputs: tuple[str, ...]
    dates: tuple[str, ...]
    tables: Mapping[str, Mapping[str, str]]
    calculate: Callable[[str, Mapping[str, Columns]], Mapping[str, list[dict[str, Any]]]]

    @property
    def written(self) -> tuple[WrittenTable, ...]:
        """The tables with all their columns."""
        keys = {"family": "varchar", "org_unit_id": "varchar"}
        return tuple(WrittenTable(name, {**keys, **columns}) for name, columns in self.tables.items())


@dataclass(frozen=True)
class WrittenTable:
    """One table of schema `statistics`. columns: SQL type by column name, in order."""

    name: str
    columns: Mapping[str, str]


GROUPED_STEPS = (
    GroupedStep(
        "slot_week_counts",
        (
            "weekday",
            "hour",
            "event_count",
            "exposure_count",
            "minimum_exposure",
            "practical_ratio",
            "fdr_level",
            "minimum_event_count",
            "exposure_margin",
            "replicate_count",
        ),
        ("week",),
        {"week_blocks": clusters.BLOCK_COLUMNS, "week_block_trend": clusters.TREND_COLUMNS},
        clusters.family_blocks,
    ),
)


def written_tables() -> tuple[WrittenTable, ...]:
    """Every table that `compute` writes."""
    own = tuple(WrittenTable(table.name, table.columns) for table in TABLES)
    return own + tuple(table for step in GROUPED_STEPS for table in step.written)


def _grouped_rows(con: duckdb.DuckDBPyConnection, step: GroupedStep) -> dict[str, pa.Table]:
    numbers = "".join(f", cast({name} as double) as {name}" for name in step.inputs)
    dates = "".join(f", {name}" for name in step.dates)
    rows = con.execute(
        f"select family, org_unit_id{numbers}{dates} from statistics_input.{step.source} order by family, org_unit_id"
    ).fetchnumpy()
    columns = {name: np.ma.filled(rows[name], np.nan) for name in step.inputs} | {n: rows[n] for n in step.dates}
    # Rows of one unit stand together, so that each is one slice.
    keys = list(zip(rows["family"], rows["org_unit_id"], strict=True))
    by_family: dict[str, dict[str, Columns]] = {}
    for (family, unit), places in groupby(range(len(keys)), key=keys.__getitem__):
        own = list(places)
        part = slice(own[0], own[-1] + 1)
        by_family.setdefault(family, {})[unit] = {name: values[part] for name, values in columns.items()}
    found: dict[str, list[dict[str, Any]]] = {table.name: [] for table in step.written}
    for family, by_unit in by_family.items():
        for name, more in step.calculate(family, by_unit).items():
            found[name] += [{"family": family, **row} for row in more]
    return {
        table.name: pa.table(
            {column: [_known(row.get(column)) for row in found[table.name]] for column in table.columns}
        )
        for table in step.written
    }


def _known(value: Any) -> Any:
    """As `_nullable`, of one value."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _nullable(values: NDArray) -> pa.Array:
    """What is not a number is not known: NaN and infinity become null."""
    if values.dtype == bool:
        return pa.array(values)
    return pa.array(values, mask=~np.isfinite(values))


def _write(con: duckdb.DuckDBPyConnection, name: str, columns: Mapping[str, str], rows: pa.Table) -> int:
    typed = ", ".join(f"cast({column} as {sql_type}) as {column}" for column, sql_type in columns.items())
    con.register("computed_rows", rows)
    con.execute(f"create or replace table {SCHEMA}.{name} as select {typed} from computed_rows")
    con.unregister("computed_rows")
    return rows.num_rows


def compute(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Write every table of schema `statistics`, typed even when empty. Returns the row count of each by name."""
    con.execute(f"create schema if not exists {SCHEMA}")
    written = {}
    for table in TABLES:
        rows, columns = _read(con, table)
        for name, values in table.calculate(columns).items():
            rows = rows.append_column(name, _nullable(values))
        written[table.name] = _write(con, table.name, table.columns, rows)
    for step in GROUPED_STEPS:
        found = _grouped_rows(con, step)
        for table in step.written:
            written[table.name] = _write(con, table.name, table.columns, found[table.name])
    return written
