"""The policy tables that are shipped with the dbt project: their columns, types and constraints.

Belongs here: reading what the seeds' properties say. Does not belong here: a company's own values (`overlay`) and the
messages about them (`check`).
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from pipelines.settings import DBT_PROJECT_DIR

POLICY_SEEDS = DBT_PROJECT_DIR / "seeds" / "policy"


@dataclass(frozen=True)
class PolicyTable:
    """One shipped policy table. types: column -> SQL type, in file order.

    The rest is the seed's `config.meta`: key (columns that name a row), required, unique, accepted (column -> values),
    references (column -> "table.column"), masters (column -> what of the company's data it names), ranges (column ->
    lowest, highest or null), exactly_one (of these columns), longest_days (from valid_from to valid_to), and pattern
    (the column that holds what to look for in texts). Rows of one key may follow each other in time, never overlap.
    """

    name: str
    description: str
    types: Mapping[str, str]
    notes: Mapping[str, str]
    key: tuple[str, ...]
    required: frozenset[str]
    unique: tuple[str, ...]
    accepted: Mapping[str, tuple[str, ...]]
    references: Mapping[str, str]
    masters: Mapping[str, str]
    ranges: Mapping[str, tuple[float | None, float | None]]
    exactly_one: tuple[str, ...]
    longest_days: int | None
    pattern: str | None

    @property
    def path(self) -> Path:
        return POLICY_SEEDS / f"{self.name}.csv"

    def shipped_rows(self) -> list[dict[str, str]]:
        """The shipped rows as text, by column."""
        with self.path.open(encoding="utf-8", newline="") as handle:
            return list(csv.DictReader(handle))


@cache
def policy_tables() -> Mapping[str, PolicyTable]:
    """Every shipped policy table by name."""
    return {
        seed["name"]: _table(seed)
        for path in sorted(POLICY_SEEDS.glob("_*.yml"))
        for seed in yaml.safe_load(path.read_text(encoding="utf-8"))["seeds"]
    }


def _table(seed: Mapping[str, Any]) -> PolicyTable:
    with (POLICY_SEEDS / f"{seed['name']}.csv").open(encoding="utf-8", newline="") as handle:
        header = next(csv.reader(handle))
    declared, meta = seed["config"]["column_types"], seed["config"]["meta"]
    return PolicyTable(
        name=seed["name"],
        description=" ".join(seed["description"].split()),
        types={column: declared[column] for column in header},
        notes={c["name"]: c["description"] for c in seed.get("columns", ())},
        key=tuple(meta["key"]),
        required=frozenset(meta["required"]),
        unique=tuple(meta.get("unique", ())),
        accepted={column: tuple(map(str, values)) for column, values in meta.get("accepted", {}).items()},
        references=meta.get("references", {}),
        masters=meta.get("masters", {}),
        ranges={column: tuple(bounds) for column, bounds in meta.get("ranges", {}).items()},
        exactly_one=tuple(meta.get("exactly_one", ())),
        longest_days=meta.get("longest_days"),
        pattern=meta.get("pattern"),
    )
