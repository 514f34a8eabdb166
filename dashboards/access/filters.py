"""Filters: what may follow the question mark.

Belongs here: every filter's name, how its text is read, and which values are allowed.
Does not belong here: widgets. A value that passes here still reaches SQL only as a parameter.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date

from dashboards.access.errors import InvalidFilter

SEVERITIES = ("critical", "major", "minor", "warning")
STATUSES = ("attempted", "completed", "refused", "n.a.")
VERDICTS = ("FAIL", "NEEDS_REVIEW", "PASS", "NO_DATA", "NOT_YET_EFFECTIVE", "NOT_APPLICABLE")
LIFECYCLES = ("stable", "experimental", "deprecated")
GRADES = ("gross", "minor")
CAUSES = ("knowledge_gap", "system_not_synced", "process_flaw", "negligence", "undecidable")
DISPOSITIONS = ("open", "substantiated", "unsubstantiated", "overturned")

Value = str | int | date

_IDENTIFIER = re.compile(r"[^\s\x00-\x1f\x7f]{1,80}")
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class FilterSpec:
    """One filter. `domain` names the published list that the value must be on; None where `read` decides alone."""

    name: str
    read: Callable[[str], Value]
    domain: str | None = None


def _identifier(text: str) -> str:
    if not _IDENTIFIER.fullmatch(text):
        raise ValueError(text)
    return text


def _month(text: str) -> date:
    match = _MONTH.fullmatch(text)
    if not match:
        raise ValueError(text)
    return date(int(match[1]), int(match[2]), 1)


def _one_of(options: Collection[str]) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in options:
            raise ValueError(text)
        return text

    return read


def _integer(low: int, high: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        # isascii: full-width and other digits are digits to int(), but not to us.
        if not (text.isascii() and text.isdigit() and low <= int(text) <= high):
            raise ValueError(text)
        return int(text)

    return read


FILTERS: Mapping[str, FilterSpec] = {
    spec.name: spec
    for spec in (
        FilterSpec("org", _identifier, domain="org_unit_id"),
        FilterSpec("family", _identifier, domain="family"),
        FilterSpec("rule", _identifier, domain="rule_id"),
        FilterSpec("job", _identifier, domain="job_family"),
        FilterSpec("case", _identifier, domain="violation_id"),
        FilterSpec("error", _identifier, domain="error_id"),
        FilterSpec("from", _month),
        FilterSpec("to", _month),
        FilterSpec("month", _month),
        FilterSpec("severity", _one_of(SEVERITIES)),
        FilterSpec("status", _one_of(STATUSES)),
        FilterSpec("disposition", _one_of(DISPOSITIONS)),
        FilterSpec("verdict", _one_of(VERDICTS)),
        FilterSpec("lifecycle", _one_of(LIFECYCLES)),
        FilterSpec("cause", _one_of(CAUSES)),
        FilterSpec("grade", _one_of(GRADES)),
        FilterSpec("weekday", _integer(1, 7)),
        FilterSpec("hour", _integer(0, 23)),
    )
}


def read_filter(name: str, text: str, domains: Callable[[str], Collection[str]]) -> Value:
    """The typed value, or InvalidFilter. `domains` gives the list that the viewer may choose from."""
    spec = FILTERS.get(name)
    if spec is None:
        raise InvalidFilter(name, text)
    try:
        value = spec.read(text)
    except ValueError:
        raise InvalidFilter(name, text) from None
    if spec.domain is not None and value not in domains(spec.domain):
        raise InvalidFilter(name, text)
    return value
