"""Running suites with Great Expectations on a DuckDB file. Importing this module imports the library: seconds.

Belongs here: the only use of the library's context, datasources and results.
Does not belong here: what is checked (`raw`, `published`) and how it is told (`verdicts`).
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import great_expectations as gx
from great_expectations.core import ExpectationValidationResult
from great_expectations.core.batch_definition import BatchDefinition
from great_expectations.data_context import EphemeralDataContext
from great_expectations.data_context.types.base import (
    DataContextConfig,
    InMemoryStoreBackendDefaults,
    ProgressBarsConfig,
)
from great_expectations.datasource.fluent import SQLDatasource
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

from pipelines.checks import buffered_duckdb, custom_expectations  # noqa: F401  registers the expectations
from pipelines.checks.result import Severity
from pipelines.checks.suite import Check, Outcome, Suite, Table

# The library knows three severities; only its highest stops a publication here.
TO_LIBRARY: dict[Severity, str] = {"blocking": "critical", "warning": "warning"}
FROM_LIBRARY: dict[str, Severity] = {"critical": "blocking", "warning": "warning", "info": "warning"}


def run_suites(
    database: Path,
    suites: Sequence[Suite],
    *,
    statements: Sequence[str] = (),
    parameters: Mapping[str, Any] | None = None,
) -> Iterator[tuple[Suite, list[Outcome]]]:
    """Validate each suite over all rows of its relation, the file opened read-only.

    statements are run on each new connection; parameters fill `{"$PARAMETER": name}` in kwargs.
    Every check of every suite gets an outcome: one that could not be carried out has failed.
    """
    with _datasource(database, statements) as datasource:
        for suite in suites:
            yield suite, _run_suite(datasource, suite, dict(parameters or {}))


def library_suite(suite: Suite) -> gx.ExpectationSuite:
    """The suite as the library knows it."""
    return gx.ExpectationSuite(
        name=f"{suite.layer}.{suite.dataset}", expectations=[_configuration(check) for check in suite.checks]
    )


@contextmanager
def _datasource(database: Path, statements: Sequence[str]) -> Iterator[SQLDatasource]:
    buffered_duckdb.register()
    context = _context()
    logging.getLogger("great_expectations").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", category=UserWarning)
        datasource = context.data_sources.add_sql(
            "database",
            connection_string=f"duckdb+buffered:///{database}",
            kwargs={"connect_args": {"read_only": True, "statements": list(statements)}},
            create_temp_table=False,
        )
    try:
        yield datasource
    finally:
        datasource.get_execution_engine().close()
        datasource.get_execution_engine().engine.dispose()
        datasource.get_engine().dispose()


def _context() -> EphemeralDataContext:
    return gx.get_context(
        mode="ephemeral",
        project_config=DataContextConfig(
            store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
            analytics_enabled=False,
            progress_bars=ProgressBarsConfig(globally=False, metric_calculations=False),
        ),
    )


def _run_suite(datasource: SQLDatasource, suite: Suite, parameters: dict[str, Any]) -> list[Outcome]:
    try:
        batch = _batch_definition(datasource, suite).get_batch()
        # Most checks hold: yes or no for all of them first, then the failing rows of those that do not.
        first = batch.validate(library_suite(suite), result_format="BOOLEAN_ONLY", expectation_parameters=parameters)
        outcomes = {outcome.name: outcome for outcome in map(_outcome, first.results)}
        failed = [c for c in suite.checks if c.name in outcomes and _failed_on_data(outcomes[c.name])]
        if failed:
            again = gx.ExpectationSuite(name="failed", expectations=[_configuration(c) for c in failed])
            detailed = batch.validate(again, result_format=_detailed_format(suite), expectation_parameters=parameters)
            outcomes |= {o.name: o for o in map(_outcome, detailed.results) if not o.passed}
    except Exception as error:  # whatever the library raises, the checks were not carried out: they failed
        return [_not_carried_out(check, f"{type(error).__name__}: {error}") for check in suite.checks]
    return [
        outcomes.get(check.name) or _not_carried_out(check, "the library returned no result") for check in suite.checks
    ]


def _batch_definition(datasource: SQLDatasource, suite: Suite) -> BatchDefinition:
    name = f"{suite.layer}.{suite.dataset}.{len(datasource.assets)}"
    if isinstance(suite.relation, Table):
        asset = datasource.add_table_asset(name=name, table_name=suite.relation.name, schema_name=suite.relation.schema)
    else:
        asset = datasource.add_query_asset(name=name, query=f"select * from ({suite.relation.sql}) as relation")
    return asset.add_batch_definition_whole_table("all rows")


def _configuration(check: Check) -> ExpectationConfiguration:
    return ExpectationConfiguration(
        type=check.type,
        kwargs=dict(check.kwargs),
        severity=TO_LIBRARY[check.severity],
        meta={"check": check.name, "demands": {"zh": check.demands.zh, "en": check.demands.en}},
    )


def _detailed_format(suite: Suite) -> dict[str, Any]:
    return {
        "result_format": "SUMMARY",
        "partial_unexpected_count": suite.key_limit,
        "unexpected_index_column_names": list(suite.key_columns),
    }


def _failed_on_data(outcome: Outcome) -> bool:
    return not outcome.passed and outcome.error is None


def _not_carried_out(check: Check, error: str) -> Outcome:
    return Outcome(name=check.name, severity=check.severity, passed=False, error=error)


def _outcome(result: ExpectationValidationResult) -> Outcome:
    measured = result.result or {}
    configuration = result.expectation_config
    return Outcome(
        name=configuration.meta["check"],
        severity=FROM_LIBRARY[str(getattr(configuration.severity, "value", configuration.severity))],
        passed=bool(result.success),
        failing_count=measured.get("unexpected_count"),
        row_count=measured.get("element_count"),
        failing_keys=_failing_keys(measured),
        observed=measured.get("observed_value"),
        error=None if result.success else _error(result.exception_info),
    )


def _failing_keys(measured: Mapping[str, Any]) -> list[dict[str, Any]]:
    if "failing_keys" in measured:
        return list(measured["failing_keys"])
    if "partial_unexpected_index_list" in measured:
        return list(measured["partial_unexpected_index_list"])
    mismatched = (measured.get("details") or {}).get("mismatched") or {}
    return [{"column": column, "problem": problem} for problem, columns in mismatched.items() for column in columns]


def _error(exception_info: Any) -> str | None:
    """The library tells one exception flat, and those of metrics as a mapping by metric."""
    if not exception_info:
        return None
    told = [exception_info] if "raised_exception" in exception_info else list(exception_info.values())
    messages = [str(one["exception_message"]) for one in told if one.get("raised_exception")]
    return "; ".join(dict.fromkeys(messages)) or None
