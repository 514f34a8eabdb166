"""The suites of what is about to be published: drift against the last publication, declared in YAML.

Belongs here: the shape of expectations/published/*.yml, and what its queries may read beside the marts.
Does not belong here: any expectation, query or limit (those stand in the YAML), keys and invariants (dbt).

A query reads the marts about to be published by their names, those of the last publication as
`previous.<mart>.<table>`, the limits by `getvariable('<name>')`, and row counts of all marts from `row_counts`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field

from pipelines.checks.result import MAX_FAILING_KEYS, Severity
from pipelines.checks.suite import Check, Query, Suite
from pipelines.checks.thresholds import Thresholds
from pipelines.contract.model import Title
from pipelines.sql import literal

PREVIOUS = "previous"

MART_SCHEMAS = ("compliance", "hotspots", "cost", "performance", "continuity", "reference")

# Someone took a delivery out that the last publication was built from.
REGISTER = "landed.batches"
PUBLISHED_REGISTER = "quality.batches"
WITHDRAWN = f"""exists (
    select 1 from {PREVIOUS}.{PUBLISHED_REGISTER} as before
    where before.is_active
        and not exists (select 1 from {REGISTER} as now where now.batch_id = before.batch_id and now.is_active)
)"""

# More than there are: a verdict per mart needs every failing one.
ALL_MARTS = 10_000


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PublishedExpectation(_Strict):
    """One expectation on the rows of a query."""

    name: str
    type: str
    kwargs: dict[str, Any]
    severity: Severity
    demands: Title


class PublishedSuite(_Strict):
    """A query, and what is expected of its rows.

    dataset: the mart table that the verdicts speak of. reads: every mart table that the query reads.
    with_previous: the query reads the last publication too, so that there is nothing to ask on the first.
    keys: what a failing row is named by. by_mart: the rows are marts, named by the column `relation`, and each gets
    a verdict of its own.
    """

    dataset: str
    reads: tuple[str, ...]
    with_previous: bool
    keys: tuple[str, ...]
    query: str
    by_mart: bool = False
    expectations: tuple[PublishedExpectation, ...] = Field(min_length=1)

    @property
    def checks(self) -> tuple[Check, ...]:
        return tuple(Check(e.name, e.type, e.kwargs, e.severity, e.demands) for e in self.expectations)

    def suite(self, tables: Collection[str] = ()) -> Suite:
        """As a suite. tables: all marts that get a verdict of their own."""
        return Suite(
            layer="published",
            dataset=self.dataset,
            relation=Query(self.query),
            checks=self.checks,
            key_columns=self.keys,
            split_by="relation" if self.by_mart else None,
            split_values=tuple(sorted(tables)) if self.by_mart else (),
            key_limit=ALL_MARTS if self.by_mart else MAX_FAILING_KEYS,
        )


def load_published_suites(directory: Path) -> list[PublishedSuite]:
    """All suites of `directory`/*.yml, in order. Raises pydantic.ValidationError on a malformed one."""
    suites = []
    for path in sorted(directory.glob("*.yml")):
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        suites.extend(PublishedSuite.model_validate(body) for body in document["suites"])
    return suites


def connection_statements(
    thresholds: Thresholds, tables: Collection[str], previous: Path | None, previous_tables: Collection[str]
) -> list[str]:
    """What makes the names that a query may use known to a connection. Tables are `<schema>.<table>`, of any schema."""
    statements = [f"set variable {name} = {value!r}" for name, value in thresholds.published.items()]
    if previous is not None:
        statements.append(f"attach if not exists {literal(str(previous))} as {PREVIOUS} (read_only)")
    statements.append(_row_counts(thresholds, set(tables), set(previous_tables)))
    return statements


def marts_among(tables: Collection[str]) -> frozenset[str]:
    """The tables that are published for readers."""
    return frozenset(table for table in tables if table.split(".")[0] in MART_SCHEMAS)


def _row_counts(thresholds: Thresholds, tables: set[str], previous_tables: set[str]) -> str:
    """One row per mart table that there is now or was before."""
    rows = " union all ".join(_row_count_rows(thresholds, marts_among(tables), marts_among(previous_tables)))
    was_withdrawn = WITHDRAWN if REGISTER in tables and PUBLISHED_REGISTER in previous_tables else "false"
    return (
        "create or replace temporary view row_counts as"
        f" select *, follows_policy or {was_withdrawn} as may_shrink from ({rows}) as counted"
    )


def _row_count_rows(thresholds: Thresholds, tables: frozenset[str], previous_tables: frozenset[str]) -> Iterator[str]:
    yield (
        "select cast(null as varchar) as relation, false as follows_policy, cast(null as bigint) as row_count,"
        " cast(null as bigint) as previous_row_count where false"
    )
    for table in sorted(tables | previous_tables):
        mart, name = table.split(".")
        now = f'(select count(*) from "{mart}"."{name}")' if table in tables else "null"
        before = f'(select count(*) from {PREVIOUS}."{mart}"."{name}")' if table in previous_tables else "null"
        follows_policy = "true" if table in thresholds.policy_driven_tables else "false"
        yield f"select {literal(table)}, {follows_policy}, {now}, {before}"


def parameters(thresholds: Thresholds) -> Mapping[str, float]:
    """The limits as `{"$PARAMETER": name}` in an expectation's kwargs finds them."""
    return thresholds.published
