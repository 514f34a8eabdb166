"""The registry of rules as their properties say, for commands that need it without a warehouse.

Belongs here: the entries as commands use them. Does not belong here: reading the files (`rule_files`), whether they are
complete (`completeness`) and results.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pipelines.policy.rule_files import rule_entries


@dataclass(frozen=True)
class Parameter:
    """A limit of a rule. value: as registered."""

    name: str
    value: str
    unit: str
    stricter_is: str
    label: Mapping[str, str]


@dataclass(frozen=True)
class Rule:
    """One entry of the registry.

    texts: name, rationale, known_false_positives, next_steps and policy_source, by language.
    """

    rule_id: str
    model: str
    family: str
    severity: str
    points: float
    status: str
    subject_type: str
    required_datasets: tuple[str, ...]
    optional_datasets: tuple[str, ...]
    parameters: Mapping[str, Parameter]
    texts: Mapping[str, Mapping[str, str]]


@cache
def registry() -> Mapping[str, Rule]:
    """Every rule by its id, in the order of the ids."""
    rules = {entry.rule_id: _rule(entry.model, entry.meta) for entry in rule_entries()}
    return dict(sorted(rules.items()))


def _rule(model: str, meta: Mapping[str, Any]) -> Rule:
    return Rule(
        rule_id=meta["rule_id"],
        model=model,
        family=meta["family"],
        severity=meta["severity"],
        points=float(meta["points"]),
        status=meta["status"],
        subject_type=meta["subject_type"],
        required_datasets=tuple(meta["required_datasets"]),
        optional_datasets=tuple(meta["optional_datasets"]),
        parameters={
            name: Parameter(name, str(p["value"]), p["unit"], p["stricter_is"], p["label"])
            for name, p in meta.get("thresholds", {}).items()
        },
        texts={
            text: meta[text] for text in ("name", "rationale", "known_false_positives", "next_steps", "policy_source")
        },
    )
