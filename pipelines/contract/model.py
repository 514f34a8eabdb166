"""Typed view of the contract YAML.

Belongs here: the shape of a dataset and its columns, and facts that follow from them (SQL types, keys).
Does not belong here: profiles, file formats, SQL generation.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

CONTRACT_DIR = Path(__file__).parent

# The same safe loader in C where PyYAML was built with it; the contract is read at every start.
SAFE_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

ColumnType = Literal["text", "int", "num", "money", "date", "ts", "bool"]

SQL_TYPES: dict[str, str] = {
    "text": "varchar",
    "int": "bigint",
    "num": "decimal(18,6)",
    "money": "decimal(18,2)",
    "date": "date",
    "ts": "timestamp",
    "bool": "boolean",
}

# What every landed row carries beside its own columns: name -> SQL type.
PROVENANCE_COLUMNS: dict[str, str] = {
    "_system": "varchar",
    "_dataset": "varchar",
    "_source_file": "varchar",
    "_source_sha256": "varchar",
    "_source_row": "bigint",
    "_row_hash": "varchar",
    "_batch_id": "varchar",
    "_delivered_at": "timestamp",
    "_ts_offsets": "varchar",
    "_extra": "varchar",
}


# What a column says beside the form of its values: texts land alike whatever these say.
MEANING_FIELDS = frozenset({"label", "description", "pii", "event_time", "person", "is_state", "person_where"})


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Title(_Strict):
    """A name in both languages of the product."""

    zh: str
    en: str


class Column(_Strict):
    """One column of a dataset."""

    name: str
    type: ColumnType
    label: Title | None = None
    description: str | None = None
    key: bool = False
    required: bool = False
    event_time: bool = False
    domain: tuple[str, ...] | None = None
    pattern: str | None = None
    min: float | None = None
    max: float | None = None
    default: str | bool | None = None
    pii: Literal["identity", "contact", "location", "content", "pay"] | None = None
    person: bool = False
    """Names a person of the company: a value `system:account` is resolved in staging through `identities`."""
    is_state: bool = False
    """Tells how it stood at the delivery, whatever the row's event time."""
    person_where: dict[str, tuple[str, ...]] | None = None
    """Names a person of the company only in rows where another column has one of these values."""

    @property
    def sql_type(self) -> str:
        return SQL_TYPES[self.type]

    @property
    def is_mandatory(self) -> bool:
        """A row without a value here is quarantined; a default fills the gap first."""
        return (self.key or self.required) and self.default is None


class Dataset(_Strict):
    """One logical table that an export may deliver."""

    system: str
    name: str
    title: Title
    grain: str
    delivery: Literal["full", "delta"]
    is_plan: bool = False
    columns: tuple[Column, ...]

    @property
    def column_names(self) -> tuple[str, ...]:
        return tuple(c.name for c in self.columns)

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(c.name for c in self.columns if c.key)

    @property
    def event_time(self) -> Column | None:
        return next((c for c in self.columns if c.event_time), None)

    @property
    def people(self) -> tuple[Column, ...]:
        """The columns that name a person of the company."""
        return tuple(c for c in self.columns if c.person)

    def column(self, name: str) -> Column:
        return next(c for c in self.columns if c.name == name)


class Contract(_Strict):
    """All datasets, in the order of the YAML files."""

    datasets: tuple[Dataset, ...] = Field(default_factory=tuple)

    def __iter__(self) -> Iterator[Dataset]:  # type: ignore[override]
        return iter(self.datasets)

    def find(self, system: str, name: str) -> Dataset | None:
        return next((d for d in self.datasets if (d.system, d.name) == (system, name)), None)

    def get(self, name: str) -> Dataset:
        """The dataset of that name (names are unique across systems). Raises KeyError."""
        for dataset in self.datasets:
            if dataset.name == name:
                return dataset
        raise KeyError(f"no dataset {name!r} in the contract")


@cache
def load_contract(directory: Path = CONTRACT_DIR) -> Contract:
    """Read every `<system>.yml` of `directory`. Raises pydantic.ValidationError on a malformed one."""
    datasets: list[Dataset] = []
    for path in sorted(directory.glob("*.yml")):
        document = yaml.load(path.read_text(encoding="utf-8"), Loader=SAFE_LOADER)
        for name, body in document["datasets"].items():
            datasets.append(Dataset(system=document["system"], name=name, **body))
    return Contract(datasets=tuple(datasets))
