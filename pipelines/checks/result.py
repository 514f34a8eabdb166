"""The verdict of one check, whoever ran it: Great Expectations, dbt or the reconciliation.

Belongs here: the shape of a verdict. Does not belong here: running checks or deciding about publication.
"""

from __future__ import annotations

from dataclasses import dataclass, field
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
