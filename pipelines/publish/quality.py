"""The `quality` mart: what the run read, rejected, checked and published.

Belongs here: writing those facts into a publication. Does not belong here: collecting them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import duckdb

from pipelines.checks.result import CHECKS_COLUMNS_SQL, CheckResult
from pipelines.contract import Contract, Dataset
from pipelines.contract.dbt import model_name
from pipelines.progress import StepTime
from pipelines.sql import insert_rows

QUALITY_DDL = f"""
create schema quality;
create table quality.publication (
    publication_id varchar primary key, published_at timestamp, fingerprint varchar, is_synthetic boolean,
    data_as_of timestamp
);
create table quality.runs (step_no integer primary key, step varchar, duration_seconds double, detail varchar);
create table quality.checks ({CHECKS_COLUMNS_SQL}, primary key (check_id));
create table quality.lineage (node varchar, depends_on varchar, primary key (node, depends_on));
create table quality.freshness (
    dataset varchar primary key, system varchar, row_count bigint, last_delivered_at timestamp, last_event_at timestamp
);
"""


# Tables that are published as the run left them: name in `quality` -> where it stands in the working database.
CARRIED_TABLES = {
    "reconciliation": "audit.reconciliation",
    "batches": "landed.batches",
    "batch_events": "landed.batch_events",
    "quarantine": "landed.quarantine",
    "files": "landed.files",
    "unresolved_people": "staging.stg_landed__unresolved_people",
    "expected_deliveries": "core.dim_expected_delivery",
    "missing_deliveries": "core.fct_missing_delivery",
}


@dataclass(frozen=True)
class QualityFacts:
    """What a publication says about itself. lineage: (node, what it reads).

    basis_fingerprint: that of all but the company's policy.
    """

    contract: Contract
    fingerprint: str
    is_synthetic: bool
    checks: tuple[CheckResult, ...]
    steps: tuple[StepTime, ...] = ()
    lineage: tuple[tuple[str, str], ...] = field(default=())
    basis_fingerprint: str = ""


def _event_moment(dataset: Dataset) -> str:
    """SQL of the newest fact that had happened when it was delivered; null for plans and for undated datasets.

    Facts carry local time, delivery stamps UTC: compared in the group's zone.
    """
    event = dataset.event_time
    if event is None or dataset.is_plan:
        return "cast(null as timestamp)"
    moment = f"cast({event.name} || '-01' as timestamp)" if event.type == "text" else f"cast({event.name} as timestamp)"
    delivered_at = "timezone(zone.timezone, timezone('UTC', _delivered_at))"
    return f"max({moment}) filter (where {moment} <= {delivered_at})"


def _freshness(con: duckdb.DuckDBPyConnection, contract: Contract) -> list[tuple]:
    return [
        (d.name, d.system)
        + con.execute(
            f"select count(*), max(_delivered_at), {_event_moment(d)} from working.staging.{model_name(d)}"
            " cross join working.staging.stg_hr__group_timezone as zone"
        ).fetchone()
        for d in contract
    ]


def write_quality_schema(
    con: duckdb.DuckDBPyConnection, facts: QualityFacts, *, publication_id: str, published_at: datetime
) -> None:
    """Fill schema `quality` of the publication open in `con`; the working database is attached as `working`."""
    con.execute(QUALITY_DDL)
    insert_rows(con, "quality.freshness", _freshness(con, facts.contract))
    con.execute(
        "insert into quality.publication select ?, ?, ?, ?, max(last_event_at) from quality.freshness",
        [publication_id, published_at.replace(tzinfo=None), facts.fingerprint, facts.is_synthetic],
    )
    insert_rows(con, "quality.runs", [(n, s.name, s.seconds, s.detail) for n, s in enumerate(facts.steps, start=1)])
    insert_rows(con, "quality.checks", [c.as_row() for c in facts.checks])
    insert_rows(con, "quality.lineage", facts.lineage)
    for name, source in CARRIED_TABLES.items():
        con.execute(f"create table quality.{name} as from working.{source}")
