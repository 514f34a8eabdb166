"""The verdict of one check, whoever ran it: Great Expectations, dbt or the reconciliation.

Belongs here: the shape of a verdict. Does not belong here: running checks or deciding about publication.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Literal

Layer = Literal["raw", "warehouse", "reconciliation", "published"]
Severity = Literal["blocking", "warning"]

MAX_FAILING_KEYS = 20


@dataclass(frozen=True)
class CheckResult:
    """One check and what came of it. check_id is unique within a run and the same in every run.

    failing_count is null where the check has no rows to count (e.g. it could not run).
    failing_keys names at most MAX_FAILING_KEYS of what failed. observed is what was measured, in words.
    """

    check_id: str
    layer: Layer
    dataset: str
    check_name: str
    severity: Severity
    passed: bool
    failing_count: int | None = None
    failing_keys: list[dict[str, Any]] = field(default_factory=list)
    detail_zh: str = ""
    detail_en: str = ""
    observed: str | None = None

    @property
    def sentence(self) -> str:
        """The verdict in one English sentence, for terminals and logs."""
        return f"{self.layer}: {self.dataset}: {self.check_name}: {self.detail_en}"

    def as_row(self) -> tuple[Any, ...]:
        """The verdict as a table row: the fields in their order, failing_keys as JSON text."""
        keys = json.dumps(self.failing_keys, ensure_ascii=False, default=str)
        return tuple(keys if f.name == "failing_keys" else getattr(self, f.name) for f in fields(self))

    @classmethod
    def from_row(cls, row: Sequence[Any]) -> CheckResult:
        """The inverse of `as_row`."""
        values = {f.name: value for f, value in zip(fields(cls), row, strict=True)}
        return cls(**{**values, "failing_keys": json.loads(values["failing_keys"])})


# The same fields as a table.
CHECKS_COLUMNS_SQL = """
    check_id varchar, layer varchar, dataset varchar, check_name varchar, severity varchar, passed boolean,
    failing_count bigint, failing_keys varchar, detail_zh varchar, detail_en varchar, observed varchar
"""
