"""The registry of rules as their properties say, for commands that need it without a warehouse.

Belongs here: reading the entries. Does not belong here: whether they are complete (a dbt test says so) and results.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml

from pipelines.settings import DBT_PROJECT_DIR

RULES = DBT_PROJECT_DIR / "models" / "rules"


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
    rules = {}
    for path in sorted(RULES.glob("*/_*__rules.yml")):
        for model in yaml.safe_load(path.read_text(encoding="utf-8"))["models"]:
            meta = model.get("config", {}).get("meta", {})
            if "rule_id" in meta:
                rules[meta["rule_id"]] = _rule(model["name"], meta)
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
