"""The two runs of checks: on what was landed, and on what is about to be published.

Belongs here: reading what the suites depend on, running them, and the verdicts where that is impossible.
Does not belong here: the suites themselves, and Great Expectations (`engine`, imported when needed: it takes seconds).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import duckdb

from pipelines.checks.published import (
    PublishedSuite,
    connection_statements,
    load_published_suites,
    marts_among,
    parameters,
)
from pipelines.checks.raw import Delivery, plan_raw_suites
from pipelines.checks.result import CheckResult
from pipelines.checks.suite import Outcome
from pipelines.checks.thresholds import load_thresholds
from pipelines.checks.verdicts import tolerate, verdicts
from pipelines.contract import Contract
from pipelines.contract.model import Title
from pipelines.settings import EXPECTATIONS_DIR, disable_telemetry


def preload() -> None:
    """Import Great Expectations; may run in a thread beside other work, and again at no cost."""
    disable_telemetry()
    import pipelines.checks.engine  # noqa: F401


def run_raw_checks(
    database: Path, contract: Contract, *, expectations: Path = EXPECTATIONS_DIR, today: date | None = None
) -> list[CheckResult]:
    """Check every dataset of the contract as it stands in `database`: views `landed_<system>.<dataset>`.

    What there is to expect depends on the active rows of `landed.batches`: a dataset never delivered is only asked for
    its columns. `landed.files` tells what was set aside.
    """
    preload()
    from pipelines.checks.engine import run_suites

    thresholds = load_thresholds(expectations / "thresholds.yml")
    suites = plan_raw_suites(contract, thresholds.raw, _deliveries(database))
    results = [r for suite, outcomes in run_suites(database, suites) for r in verdicts(suite, outcomes)]
    return tolerate(results, thresholds.tolerated, today or date.today())


def run_published_checks(
    database: Path, previous: Path | None, *, expectations: Path = EXPECTATIONS_DIR, today: date | None = None
) -> list[CheckResult]:
    """Compare the marts in `database` with those of the publication `previous` (null: there is none yet)."""
    preload()
    from pipelines.checks.engine import run_suites

    thresholds = load_thresholds(expectations / "thresholds.yml")
    tables = _tables(database)
    previous_tables = _tables(previous) if previous is not None else frozenset()
    results: list[CheckResult] = []
    runnable: list[PublishedSuite] = []
    for declared in load_published_suites(expectations / "published"):
        missing = sorted(set(declared.reads) - tables)
        missing_before = sorted(set(declared.reads) - previous_tables)
        if missing:
            results.extend(_missing(declared, missing))
        elif declared.with_previous and (previous is None or missing_before):
            results.extend(_nothing_to_compare(declared, previous, missing_before))
        else:
            runnable.append(declared)
    statements = connection_statements(thresholds, tables, previous, previous_tables)
    results.extend(
        r
        for suite, outcomes in run_suites(
            database,
            [d.suite(marts_among(tables | previous_tables)) for d in runnable],
            statements=statements,
            parameters=parameters(thresholds),
        )
        for r in verdicts(suite, outcomes)
    )
    return tolerate(results, thresholds.tolerated, today or date.today())


def _deliveries(database: Path) -> dict[str, Delivery]:
    with duckdb.connect(str(database), read_only=True) as con:
        rows = con.execute(
            "select dataset, sum(read_count), sum(accepted_count) from landed.batches where is_active group by dataset"
        ).fetchall()
    return {dataset: Delivery(int(read), int(accepted)) for dataset, read, accepted in rows}


def _tables(database: Path) -> frozenset[str]:
    with duckdb.connect(str(database), read_only=True) as con:
        rows = con.execute(
            "select table_schema || '.' || table_name from information_schema.tables"
            " where table_catalog = current_database()"
        ).fetchall()
    return frozenset(name for (name,) in rows)


def _missing(declared: PublishedSuite, missing: Sequence[str]) -> list[CheckResult]:
    error = f"not built: {', '.join(missing)}"
    return verdicts(declared.suite(), [Outcome(c.name, c.severity, passed=False, error=error) for c in declared.checks])


def _nothing_to_compare(
    declared: PublishedSuite, previous: Path | None, missing_before: Sequence[str]
) -> list[CheckResult]:
    if previous is None:
        why = Title(zh="尚无可比较的上一次发布", en="there is no earlier publication to compare with")
    else:
        names = ", ".join(missing_before)
        why = Title(zh=f"上一次发布中没有 {names}", en=f"the last publication has no {names}")
    return [
        CheckResult(
            check_id=f"published.{declared.dataset}.{check.name}",
            layer="published",
            dataset=declared.dataset,
            check_name=check.name,
            severity=check.severity,
            passed=True,
            failing_count=0,
            detail_zh=f"{check.demands.zh}：未比较，{why.zh}",
            detail_en=f"{check.demands.en}: not compared, {why.en}",
            observed="not compared",
        )
        for check in declared.checks
    ]
