"""What is asked of one relation, before any library is involved.

Belongs here: the shape of checks and suites, and the outcome of one check as measured.
Does not belong here: which checks there are (`raw`, `published`), running them (`engine`), wording (`verdicts`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pipelines.checks.result import MAX_FAILING_KEYS, Layer, Severity
from pipelines.contract.model import Title


@dataclass(frozen=True)
class Check:
    """One expectation. type and kwargs are Great Expectations' own; demands says in words what must hold."""

    name: str
    type: str
    kwargs: Mapping[str, Any]
    severity: Severity
    demands: Title


@dataclass(frozen=True)
class Table:
    """A table or view of the database."""

    schema: str
    name: str


@dataclass(frozen=True)
class Query:
    """The rows of a query."""

    sql: str


@dataclass(frozen=True)
class Suite:
    """The checks of one relation.

    key_columns name a failing row; hidden_columns never leave the database (personal data).
    split_by: a column whose values each get a verdict of their own, those of split_values at least.
    rows: what a row of the relation is called when some of them fail.
    """

    layer: Layer
    dataset: str
    relation: Table | Query
    checks: tuple[Check, ...]
    key_columns: tuple[str, ...] = ()
    hidden_columns: frozenset[str] = frozenset()
    split_by: str | None = None
    split_values: tuple[str, ...] = ()
    key_limit: int = MAX_FAILING_KEYS
    rows: Title = Title(zh="行", en="rows")


@dataclass(frozen=True)
class Outcome:
    """What came of one check. error: it could not be carried out, and why."""

    name: str
    severity: Severity
    passed: bool
    failing_count: int | None = None
    row_count: int | None = None
    failing_keys: list[dict[str, Any]] = field(default_factory=list)
    observed: Any = None
    error: str | None = None
