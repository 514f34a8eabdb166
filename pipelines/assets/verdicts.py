"""Verdicts in Dagster's words.

Belongs here: many verdicts as one, and one as an asset check result. Does not belong here: reaching verdicts.
"""

from collections.abc import Iterable
from typing import Any

import dagster as dg

from pipelines.checks.result import MAX_FAILING_KEYS, CheckResult


def summarise(results: Iterable[CheckResult]) -> CheckResult | None:
    """The verdicts of one suite as one: its worst failure speaks. None when the suite has no verdict."""
    results = list(results)
    if not results:
        return None
    failures = sorted((r for r in results if not r.passed), key=lambda r: r.severity != "blocking")
    worst = failures[0] if failures else results[0]
    return CheckResult(
        check_id=worst.check_id,
        layer=worst.layer,
        dataset=worst.dataset,
        check_name=worst.check_name,
        severity=worst.severity,
        passed=not failures,
        failing_count=sum(r.failing_count or 0 for r in failures),
        failing_keys=[key for r in failures for key in r.failing_keys][:MAX_FAILING_KEYS],
        detail_zh="; ".join(r.detail_zh for r in failures) or "通过",
        detail_en="; ".join(f"{r.check_name}: {r.detail_en}" for r in failures) or f"{len(results)} checks passed",
        observed=None,
    )


def dagster_check(result: CheckResult, **identity: Any) -> dg.AssetCheckResult:
    """A verdict in Dagster's words; the severity is ours, mapped here once."""
    blocking = result.severity == "blocking"
    return dg.AssetCheckResult(
        passed=result.passed,
        severity=dg.AssetCheckSeverity.ERROR if blocking else dg.AssetCheckSeverity.WARN,
        description=result.detail_en,
        metadata={"failing rows": result.failing_count or 0, "keys": dg.MetadataValue.json(result.failing_keys)},
        **identity,
    )
