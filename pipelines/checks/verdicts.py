"""From outcomes to verdicts: words in both languages, plain keys, one verdict per value of a split.

Belongs here: pure functions over outcomes. Does not belong here: any library, any database.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from pipelines.checks.result import MAX_FAILING_KEYS, CheckResult
from pipelines.checks.suite import Check, Outcome, Suite
from pipelines.checks.thresholds import Toleration
from pipelines.contract.model import Title


def verdicts(suite: Suite, outcomes: Sequence[Outcome]) -> list[CheckResult]:
    """One verdict per check, or per check and value of the suite's split. Every check of the suite has an outcome."""
    by_name = {outcome.name: outcome for outcome in outcomes}
    results = []
    for check in suite.checks:
        outcome = by_name[check.name]
        if suite.split_by is None or outcome.error is not None:
            results.append(_verdict(suite, suite.dataset, check, outcome))
        else:
            results.extend(
                _verdict(suite, value, check, part) for value, part in _split(suite, suite.split_by, outcome)
            )
    return results


def tolerate(results: Iterable[CheckResult], tolerated: Sequence[Toleration], today: date) -> list[CheckResult]:
    """A blocking failure that is known only warns, while it keeps within the number and the date agreed."""
    by_id = {toleration.check_id: toleration for toleration in tolerated}
    return [_tolerated(result, by_id.get(result.check_id), today) for result in results]


def _tolerated(result: CheckResult, known: Toleration | None, today: date) -> CheckResult:
    if known is None or result.passed or result.failing_count is None:
        return result
    if result.failing_count > known.at_most or today > known.until:
        return result
    return replace(
        result,
        severity="warning",
        detail_zh=f"{result.detail_zh}（已知问题，容忍至 {known.until}：{known.reason}）",
        detail_en=f"{result.detail_en} (known, tolerated until {known.until}: {known.reason})",
    )


def _split(suite: Suite, column: str, outcome: Outcome) -> list[tuple[str, Outcome]]:
    keys_by_value: dict[str, list[dict[str, Any]]] = {value: [] for value in suite.split_values}
    for key in outcome.failing_keys:
        keys_by_value.setdefault(str(key[column]), []).append(key)
    return [
        (value, replace(outcome, passed=not keys, failing_count=len(keys), failing_keys=keys, row_count=None))
        for value, keys in keys_by_value.items()
    ]


def _verdict(suite: Suite, dataset: str, check: Check, outcome: Outcome) -> CheckResult:
    keys = [_plain_key(key, suite.hidden_columns) for key in outcome.failing_keys[:MAX_FAILING_KEYS]]
    zh, en = _told(check, replace(outcome, failing_keys=keys), suite.rows)
    return CheckResult(
        check_id=f"{suite.layer}.{dataset}.{check.name}",
        layer=suite.layer,
        dataset=dataset,
        check_name=check.name,
        severity=outcome.severity,
        passed=outcome.passed,
        failing_count=_failing_count(outcome),
        failing_keys=keys,
        detail_zh=zh,
        detail_en=en,
        observed=_failing_share(outcome) if outcome.observed is None else _words(outcome.observed),
    )


def _failing_share(outcome: Outcome) -> str | None:
    if outcome.failing_count is None or not outcome.row_count:
        return None
    return f"{outcome.failing_count / outcome.row_count:.2%}"


def _failing_count(outcome: Outcome) -> int | None:
    if outcome.error is not None:
        return None
    if outcome.failing_count is not None:
        return outcome.failing_count
    return 0 if outcome.passed else max(1, len(outcome.failing_keys))


def _told(check: Check, outcome: Outcome, rows: Title) -> tuple[str, str]:
    zh, en = check.demands.zh, check.demands.en
    if outcome.passed:
        return zh, en
    if outcome.error is not None:
        return f"{zh}：检查未能执行（{outcome.error}）", f"{en}: could not be checked ({outcome.error})"
    share = _failing_share(outcome)
    if share is not None:
        return (
            f"{zh}：{outcome.row_count:,} {rows.zh}中有 {outcome.failing_count:,} {rows.zh}不符（{share}）",
            f"{en}: not so in {outcome.failing_count:,} of {outcome.row_count:,} {rows.en} ({share})",
        )
    if outcome.failing_keys:
        named = "; ".join(_named(key) for key in outcome.failing_keys[:3])
        return f"{zh}：不符 {named}", f"{en}: not so for {named}"
    return f"{zh}：实际 {_words(outcome.observed)}", f"{en}: found {_words(outcome.observed)}"


def _named(key: dict[str, Any]) -> str:
    return ", ".join(f"{name} {_words(value)}" for name, value in key.items())


def _plain_key(key: dict[str, Any], hidden: frozenset[str]) -> dict[str, Any]:
    return {name: _plain(value) for name, value in key.items() if name not in hidden}


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return float(f"{value:.6g}")
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return str(value)


def _words(value: Any) -> str:
    plain = _plain(value)
    return f"{plain:g}" if isinstance(plain, float) else str(plain)
