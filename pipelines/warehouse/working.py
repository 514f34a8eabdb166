"""The working database: one DuckDB file per run that no reader ever opens.

Belongs here: creating it over the landed files, and the verdicts (`audit.checks`) that the run's steps leave in it.
Does not belong here: dbt, statistics, publication.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import duckdb

from pipelines.checks.result import CheckResult
from pipelines.settings import DataPaths

AUDIT_DDL = """
create schema if not exists audit;
create table if not exists audit.checks (
    check_id varchar, layer varchar, dataset varchar, check_name varchar, severity varchar, passed boolean,
    failing_count bigint, failing_keys varchar, detail_zh varchar, detail_en varchar, observed varchar
);
"""


def create_working_database(paths: DataPaths) -> Path:
    """Start a fresh working database over the active batches; what an interrupted run left is discarded."""
    from pipelines.landing import create_landed_views

    paths.build.mkdir(parents=True, exist_ok=True)
    database = paths.working_database
    for leftover in (database, database.with_name(database.name + ".wal")):
        leftover.unlink(missing_ok=True)
    with duckdb.connect(str(database)) as con:
        con.execute(AUDIT_DDL)
        create_landed_views(con, paths.root)
    return database


def record_checks(database: Path, results: Iterable[CheckResult]) -> None:
    """Append verdicts; publication reads them from here and from nowhere else."""
    rows = [
        (
            r.check_id,
            r.layer,
            r.dataset,
            r.check_name,
            r.severity,
            r.passed,
            r.failing_count,
            json.dumps(r.failing_keys, ensure_ascii=False, default=str),
            r.detail_zh,
            r.detail_en,
            None if r.observed is None else str(r.observed),
        )
        for r in results
    ]
    if not rows:
        return
    with duckdb.connect(str(database)) as con:
        con.executemany("insert into audit.checks values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)


def read_checks(database: Path) -> list[CheckResult]:
    """All verdicts that the run has left so far."""
    with duckdb.connect(str(database), read_only=True) as con:
        rows = con.execute("select * from audit.checks").fetchall()
    return [
        CheckResult(
            check_id=r[0],
            layer=r[1],
            dataset=r[2],
            check_name=r[3],
            severity=r[4],
            passed=r[5],
            failing_count=r[6],
            failing_keys=json.loads(r[7]),
            detail_zh=r[8],
            detail_en=r[9],
            observed=r[10],
        )
        for r in rows
    ]
