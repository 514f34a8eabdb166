"""Expectations that Great Expectations lacks, as classes of its own kind. Importing this module registers them.

Belongs here: questions about one relation that no built-in expectation answers on DuckDB.
Does not belong here: which relation is asked what (`raw`, `expectations/published/`).

Counts are aggregates wherever they can be, so that Great Expectations asks for all of a relation's in one query.
"""

from __future__ import annotations

from typing import Any, ClassVar

import sqlalchemy as sa
from great_expectations.core.metric_domain_types import MetricDomainTypes
from great_expectations.core.metric_function_types import MetricPartialFunctionTypes
from great_expectations.core.result_format import ResultFormat
from great_expectations.execution_engine import ExecutionEngine, SqlAlchemyExecutionEngine
from great_expectations.expectations.expectation import (
    BatchExpectation,
    ColumnMapExpectation,
)
from great_expectations.expectations.metrics.map_metric_provider import (
    ColumnMapMetricProvider,
    column_condition_partial,
)
from great_expectations.expectations.metrics.metric_provider import metric_partial, metric_value
from great_expectations.expectations.metrics.table_metric_provider import TableMetricProvider
from great_expectations.validator.metric_configuration import MetricConfiguration
from great_expectations.validator.validator import ValidationDependencies

from pipelines.checks.result import MAX_FAILING_KEYS

# ruff: noqa: N805  the library calls metric functions with the class as first argument


class _MatchesPattern(ColumnMapMetricProvider):
    condition_metric_name = "column_values.match_pattern"
    condition_value_keys = ("pattern",)

    @column_condition_partial(engine=SqlAlchemyExecutionEngine)
    def _sqlalchemy(cls, column: sa.Column, pattern: str, **kwargs: Any) -> sa.ColumnElement[bool]:
        return sa.func.regexp_matches(column, pattern)


class ExpectColumnValuesToMatchPattern(ColumnMapExpectation):
    """Every value matches a regular expression, found anywhere in it: anchors are the pattern's own affair."""

    pattern: str

    map_metric: ClassVar[str] = "column_values.match_pattern"
    success_keys: ClassVar[tuple[str, ...]] = ("pattern", "mostly")


class _PlausibleEventTime(ColumnMapMetricProvider):
    condition_metric_name = "column_values.plausible_event_time"
    condition_value_keys = ("delivered_column", "is_month", "max_age_days", "max_ahead_days")

    @column_condition_partial(engine=SqlAlchemyExecutionEngine)
    def _sqlalchemy(
        cls,
        column: sa.Column,
        delivered_column: str,
        is_month: bool,
        max_age_days: int,
        max_ahead_days: int,
        **kwargs: Any,
    ) -> sa.ColumnElement[bool]:
        delivered = sa.column(delivered_column)
        moment = sa.func.try_strptime(sa.func.concat(column, "-01"), "%Y-%m-%d") if is_month else column
        is_plausible = moment.between(
            delivered.op("-")(sa.func.to_days(max_age_days)), delivered.op("+")(sa.func.to_days(max_ahead_days))
        )
        return sa.func.coalesce(is_plausible, False)


class ExpectEventTimeToBePlausible(ColumnMapExpectation):
    """Every event lies in a window around the stamp of the delivery that told of it. is_month: values are YYYY-MM."""

    delivered_column: str
    is_month: bool
    max_age_days: int
    max_ahead_days: int

    map_metric: ClassVar[str] = "column_values.plausible_event_time"
    success_keys: ClassVar[tuple[str, ...]] = (
        "delivered_column",
        "is_month",
        "max_age_days",
        "max_ahead_days",
        "mostly",
    )


class ExpectTableColumnTypesToMatch(BatchExpectation):
    """The columns named have DuckDB's type of that spelling. A column that is not there is another check's affair."""

    column_types: dict[str, str]

    metric_dependencies: ClassVar[tuple[str, ...]] = ("table.column_types",)
    success_keys: ClassVar[tuple[str, ...]] = ("column_types",)

    def _validate(
        self,
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any] | None = None,
        execution_engine: ExecutionEngine | None = None,
    ) -> dict[str, Any]:
        found = {column["name"]: column["duckdb_type"] for column in metrics["table.column_types"]}
        differing = [
            {"column": name, "expected": expected.upper(), "found": found[name].upper()}
            for name, expected in self.column_types.items()
            if name in found and found[name].upper() != expected.upper()
        ]
        return {"success": not differing, "result": {"observed_value": len(differing), "failing_keys": differing}}


class _CountedRowsExpectation(BatchExpectation):
    """Judges by a count, an aggregate; asks for the rows behind it only when they are wanted.

    named_columns: what a failing row is told by.
    """

    named_columns: list[str]
    limit: int = MAX_FAILING_KEYS

    count_metric: ClassVar[str]
    rows_metric: ClassVar[str]

    def get_validation_dependencies(
        self,
        execution_engine: ExecutionEngine | None = None,
        runtime_configuration: dict[str, Any] | None = None,
    ) -> ValidationDependencies:
        dependencies = super().get_validation_dependencies(execution_engine, runtime_configuration)
        if dependencies.result_format.get("result_format") != ResultFormat.BOOLEAN_ONLY:
            count = dependencies.metric_configurations[self.count_metric]
            dependencies.set_metric_configuration(
                self.rows_metric,
                MetricConfiguration(
                    metric_name=self.rows_metric,
                    metric_domain_kwargs=count.metric_domain_kwargs,
                    metric_value_kwargs={
                        **count.metric_value_kwargs,
                        "named_columns": self.named_columns,
                        "limit": self.limit,
                    },
                ),
            )
        return dependencies

    def is_tolerable(self, count: int, row_count: int) -> bool:
        """May so many of the rows fail?"""
        raise NotImplementedError

    def _validate(
        self,
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any] | None = None,
        execution_engine: ExecutionEngine | None = None,
    ) -> dict[str, Any]:
        count, row_count = metrics[self.count_metric] or 0, metrics["table.row_count"]
        return {
            "success": self.is_tolerable(count, row_count),
            "result": {
                "element_count": row_count,
                "unexpected_count": count,
                "failing_keys": metrics.get(self.rows_metric, []),
            },
        }


def _listed(
    execution_engine: SqlAlchemyExecutionEngine, metric_domain_kwargs: dict[str, Any], query: sa.Select
) -> list[dict[str, Any]]:
    relation, _, _ = execution_engine.get_compute_domain(metric_domain_kwargs, domain_type=MetricDomainTypes.TABLE)
    return [dict(row) for row in execution_engine.execute_query(query.select_from(relation)).mappings()]


def _lacks_one(columns: list[str]) -> sa.ColumnElement[bool]:
    return sa.or_(*(sa.column(name).is_(None) for name in columns))


class _UnfilledRowCount(TableMetricProvider):
    metric_name = "table.unfilled_row_count"
    value_keys = ("columns",)

    @metric_partial(
        engine=SqlAlchemyExecutionEngine,
        partial_fn_type=MetricPartialFunctionTypes.AGGREGATE_FN,
        domain_type=MetricDomainTypes.TABLE,
    )
    def _sqlalchemy(
        cls,
        execution_engine: SqlAlchemyExecutionEngine,
        metric_domain_kwargs: dict[str, Any],
        metric_value_kwargs: dict[str, Any],
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any],
    ) -> tuple[sa.ColumnElement[int], dict[str, Any], dict[str, Any]]:
        return sa.func.count().filter(_lacks_one(metric_value_kwargs["columns"])), metric_domain_kwargs, {}


class _UnfilledRows(TableMetricProvider):
    metric_name = "table.unfilled_rows"
    value_keys = ("columns", "named_columns", "limit")

    @metric_value(engine=SqlAlchemyExecutionEngine)
    def _sqlalchemy(
        cls,
        execution_engine: SqlAlchemyExecutionEngine,
        metric_domain_kwargs: dict[str, Any],
        metric_value_kwargs: dict[str, Any],
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any],
    ) -> list[dict[str, Any]]:
        told = dict.fromkeys([*metric_value_kwargs["named_columns"], *metric_value_kwargs["columns"]])
        query = (
            sa.select(*(sa.column(name) for name in told))
            .where(_lacks_one(metric_value_kwargs["columns"]))
            .limit(metric_value_kwargs["limit"])
        )
        return _listed(execution_engine, metric_domain_kwargs, query)


class ExpectAllColumnsToBeFilled(_CountedRowsExpectation):
    """In every row all of the columns hold a value."""

    columns: list[str]

    count_metric: ClassVar[str] = "table.unfilled_row_count"
    rows_metric: ClassVar[str] = "table.unfilled_rows"
    metric_dependencies: ClassVar[tuple[str, ...]] = ("table.row_count", "table.unfilled_row_count")
    success_keys: ClassVar[tuple[str, ...]] = ("columns", "named_columns", "limit")

    def is_tolerable(self, count: int, row_count: int) -> bool:
        return count == 0


class _RepeatedKeyCount(TableMetricProvider):
    metric_name = "table.repeated_key_count"
    value_keys = ("key_columns",)

    @metric_partial(
        engine=SqlAlchemyExecutionEngine,
        partial_fn_type=MetricPartialFunctionTypes.AGGREGATE_FN,
        domain_type=MetricDomainTypes.TABLE,
    )
    def _sqlalchemy(
        cls,
        execution_engine: SqlAlchemyExecutionEngine,
        metric_domain_kwargs: dict[str, Any],
        metric_value_kwargs: dict[str, Any],
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any],
    ) -> tuple[sa.ColumnElement[int], dict[str, Any], dict[str, Any]]:
        key = sa.func.row(*(sa.column(name) for name in metric_value_kwargs["key_columns"]))
        return sa.func.count() - sa.func.count(sa.distinct(key)), metric_domain_kwargs, {}


class _RepeatedKeys(TableMetricProvider):
    metric_name = "table.repeated_keys"
    value_keys = ("key_columns", "named_columns", "limit")

    @metric_value(engine=SqlAlchemyExecutionEngine)
    def _sqlalchemy(
        cls,
        execution_engine: SqlAlchemyExecutionEngine,
        metric_domain_kwargs: dict[str, Any],
        metric_value_kwargs: dict[str, Any],
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any],
    ) -> list[dict[str, Any]]:
        named = [sa.func.min(sa.column(name)).label(name) for name in metric_value_kwargs["named_columns"]]
        row_count = sa.func.count().label("row_count")
        query = (
            sa.select(*named, row_count)
            .group_by(*(sa.column(name) for name in metric_value_kwargs["key_columns"]))
            .having(sa.func.count() > 1)
            .order_by(row_count.desc(), *named)
            .limit(metric_value_kwargs["limit"])
        )
        return _listed(execution_engine, metric_domain_kwargs, query)


class ExpectRepeatedKeyShareToBeAtMost(_CountedRowsExpectation):
    """Few rows repeat a key; what repeats one is told with the number of its rows as row_count.

    Relations of fewer than minimum_rows are not judged: one row would decide.
    """

    key_columns: list[str]
    max_share: float
    minimum_rows: int

    count_metric: ClassVar[str] = "table.repeated_key_count"
    rows_metric: ClassVar[str] = "table.repeated_keys"
    metric_dependencies: ClassVar[tuple[str, ...]] = ("table.row_count", "table.repeated_key_count")
    success_keys: ClassVar[tuple[str, ...]] = ("key_columns", "named_columns", "max_share", "minimum_rows", "limit")

    def is_tolerable(self, count: int, row_count: int) -> bool:
        return row_count < self.minimum_rows or count <= self.max_share * row_count
