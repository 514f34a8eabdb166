"""The working database: one DuckDB file per run that no reader ever opens.

Belongs here: creating it over the landed files and the countries' calendars, and the verdicts (`audit.checks`) that
the run's steps leave in it. Does not belong here: dbt, statistics, publication.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import duckdb

from pipelines.checks.result import CHECKS_COLUMNS_SQL, CheckResult
from pipelines.settings import DataPaths
from pipelines.sql import insert_rows

AUDIT_DDL = f"""
create schema if not exists audit;
create table if not exists audit.checks ({CHECKS_COLUMNS_SQL});
"""


PolicyRows = Mapping[str, Sequence[Mapping[str, str | None]]]


def create_working_database(paths: DataPaths, policy: PolicyRows | None = None) -> Path:
    """Start a fresh working database over the active batches; what an interrupted run left is discarded.

    policy: checked rows of the policy tables that the company keeps itself, by table.
    """
    from pipelines.landing import create_landed_views
    from pipelines.policy.overlay import write_overlay
    from pipelines.warehouse.calendar import write_calendar

    paths.build.mkdir(parents=True, exist_ok=True)
    database = paths.working_database
    for leftover in (database, database.with_name(database.name + ".wal")):
        leftover.unlink(missing_ok=True)
    with duckdb.connect(str(database)) as con:
        con.execute(AUDIT_DDL)
        create_landed_views(con, paths.root)
        write_calendar(con)
        write_overlay(con, policy or {})
    return database


def record_checks(database: Path, results: Iterable[CheckResult]) -> None:
    """Append verdicts; publication reads them from here and from nowhere else."""
    with duckdb.connect(str(database)) as con:
        insert_rows(con, "audit.checks", [r.as_row() for r in results])


def read_checks(database: Path) -> list[CheckResult]:
    """All verdicts that the run has left so far."""
    with duckdb.connect(str(database), read_only=True) as con:
        rows = con.execute("select * from audit.checks").fetchall()
    return [CheckResult.from_row(row) for row in rows]
