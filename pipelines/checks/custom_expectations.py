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
    MulticolumnMapExpectation,
)
from great_expectations.expectations.metrics.map_metric_provider import (
    ColumnMapMetricProvider,
    MulticolumnMapMetricProvider,
    column_condition_partial,
    multicolumn_condition_partial,
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


class _AllColumnsFilled(MulticolumnMapMetricProvider):
    condition_metric_name = "multicolumn_values.all_filled"
    condition_domain_keys = (
        "batch_id",
        "table",
        "column_list",
        "row_condition",
        "condition_parser",
        "ignore_row_if",
    )
    condition_value_keys = ()

    @multicolumn_condition_partial(engine=SqlAlchemyExecutionEngine)
    def _sqlalchemy(cls, column_list: list[sa.Column], **kwargs: Any) -> sa.ColumnElement[bool]:
        return sa.and_(*(column.is_not(None) for column in column_list))


class ExpectAllColumnsToBeFilled(MulticolumnMapExpectation):
    """In every row all of the columns hold a value."""

    map_metric: ClassVar[str] = "multicolumn_values.all_filled"
    ignore_row_if: str = "never"


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
        relation, _, _ = execution_engine.get_compute_domain(metric_domain_kwargs, domain_type=MetricDomainTypes.TABLE)
        keys = [sa.column(name) for name in metric_value_kwargs["key_columns"]]
        named = [sa.func.min(sa.column(name)).label(name) for name in metric_value_kwargs["named_columns"]]
        row_count = sa.func.count().label("row_count")
        query = (
            sa.select(*named, row_count)
            .select_from(relation)
            .group_by(*keys)
            .having(sa.func.count() > 1)
            .order_by(row_count.desc(), *named)
            .limit(metric_value_kwargs["limit"])
        )
        return [dict(row) for row in execution_engine.execute_query(query).mappings()]


class ExpectRepeatedKeyShareToBeAtMost(BatchExpectation):
    """Few rows repeat a key. Relations of fewer than minimum_rows are not judged: one row would decide.

    named_columns: what a failing key is told by (one value of each, and the number of its rows as row_count).
    """

    key_columns: list[str]
    named_columns: list[str]
    max_share: float
    minimum_rows: int
    limit: int = MAX_FAILING_KEYS

    metric_dependencies: ClassVar[tuple[str, ...]] = ("table.row_count", "table.repeated_key_count")
    success_keys: ClassVar[tuple[str, ...]] = ("key_columns", "named_columns", "max_share", "minimum_rows", "limit")

    def get_validation_dependencies(
        self,
        execution_engine: ExecutionEngine | None = None,
        runtime_configuration: dict[str, Any] | None = None,
    ) -> ValidationDependencies:
        dependencies = super().get_validation_dependencies(execution_engine, runtime_configuration)
        if dependencies.result_format.get("result_format") != ResultFormat.BOOLEAN_ONLY:
            count = dependencies.metric_configurations["table.repeated_key_count"]
            dependencies.set_metric_configuration(
                "table.repeated_keys",
                MetricConfiguration(
                    metric_name="table.repeated_keys",
                    metric_domain_kwargs=count.metric_domain_kwargs,
                    metric_value_kwargs={
                        "key_columns": self.key_columns,
                        "named_columns": self.named_columns,
                        "limit": self.limit,
                    },
                ),
            )
        return dependencies

    def _validate(
        self,
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any] | None = None,
        execution_engine: ExecutionEngine | None = None,
    ) -> dict[str, Any]:
        row_count, repeated = metrics["table.row_count"], metrics["table.repeated_key_count"]
        share = repeated / row_count if row_count else 0.0
        return {
            "success": row_count < self.minimum_rows or share <= self.max_share,
            "result": {
                "observed_value": share,
                "element_count": row_count,
                "unexpected_count": repeated,
                "failing_keys": metrics.get("table.repeated_keys", []),
            },
        }
