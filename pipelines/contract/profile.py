"""Typed view of a profile: how one vendor's or company's own file becomes datasets of the contract.

Belongs here: the shape of a profile YAML, its checks against the contract, and its identity (name, version, content).
Does not belong here: finding out which profile fits a file (`pipelines.landing.recognise`) or running its SQL
(`pipelines.landing.mapping`).

Every scalar of the YAML is read as text, so `Yes`, `001` and `2026-03-01` mean what is written.
SQL expressions are DuckDB expressions over the source columns (named as in the header, all of them text) and
`_source_row`, `_sheet`, `_source_file`, `_title` (the text above the header). The order of evaluation:

1. `ignore`: the first rule whose `when` holds takes the record out, under the rule's name.
2. `derive`: named expressions over the records that stay, window functions included, each sees the ones before it.
3. per dataset: `where` picks records, `explode` turns one record into several rows, `columns` computes the row,
   `collapse` keeps one row per group while all records of the group count as part of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from pipelines.contract.model import Contract, Title, load_contract

PROFILE_DIR = Path(__file__).parent / "profiles"
_TextLoader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class ProfileError(ValueError):
    """A profile that cannot be used; the message names the file and the place in it."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Match(_Strict):
    """Which files the profile is for. Both conditions must hold where both are given."""

    path: tuple[str, ...] = ()
    """Glob patterns on the path inside the inbox."""
    headers: tuple[str, ...] = ()
    """Names that must all stand in one of the first rows."""

    @model_validator(mode="before")
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        if isinstance(value, dict):
            return {k: (v,) if isinstance(v, str) else v for k, v in value.items()}
        return value

    @model_validator(mode="after")
    def _says_something(self) -> Match:
        if not self.path and not self.headers:
            raise ValueError("match needs `path`, `headers` or both")
        return self


class ColumnSource(_Strict):
    """Where the value of one contract column comes from."""

    header: str | None = Field(default=None, alias="from")
    sql: str | None = None
    constant: str | None = None
    map: dict[str, str] | None = None
    """Replacements for whole values (of `from` or `sql`), compared without case and outer blanks."""
    otherwise: str | None = None
    """What a value becomes that `map` does not name; without it the value stays as it is."""
    optional: bool = False
    """A file without that header is fine: the column is null."""

    @model_validator(mode="before")
    @classmethod
    def _header_alone(cls, value: Any) -> Any:
        return {"from": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _exactly_one(self) -> ColumnSource:
        if sum(x is not None for x in (self.header, self.sql, self.constant)) != 1:
            raise ValueError("a column needs exactly one of `from`, `sql`, `constant`")
        if self.otherwise is not None and self.map is None:
            raise ValueError("`otherwise` needs `map`")
        return self


class IgnoreRule(_Strict):
    """Records that are no data (titles, totals, system events), by a rule with a name."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    when: str
    title: Title | None = None


class Explode(_Strict):
    """One record becomes one row per element of a list."""

    name: str = Field(alias="as", pattern=r"^[a-z][a-z0-9_]*$")
    sql: str


class Collapse(_Strict):
    """Several records become one row: the first of each group."""

    by: tuple[str, ...]
    """SQL expressions that make the group."""
    order: str = "_source_row"

    @model_validator(mode="before")
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        if isinstance(value, dict) and isinstance(value.get("by"), str):
            return {**value, "by": (value["by"],)}
        return value


class Target(_Strict):
    """One dataset that a file of this profile delivers."""

    dataset: str
    delivery: Literal["full", "delta"] | None = None
    where: str | None = None
    explode: Explode | None = None
    collapse: Collapse | None = None
    columns: dict[str, ColumnSource]


class DeliveredAt(_Strict):
    """The delivery's own stamp: fixed, or written in the file's path."""

    at: str | None = None
    path: str | None = None
    """Regular expression on the path inside the inbox; its group `stamp` is the date or time."""
    format: str = "%Y%m%d"

    @model_validator(mode="before")
    @classmethod
    def _fixed(cls, value: Any) -> Any:
        return {"at": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _exactly_one(self) -> DeliveredAt:
        if (self.at is None) == (self.path is None):
            raise ValueError("delivered_at needs exactly one of `at`, `path`")
        return self


class Profile(_Strict):
    """One kind of file, and what it delivers."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    version: int = Field(ge=1)
    title: Title | None = None
    evidence: Literal["A", "B", "C", "D", "I"] | None = None
    """How the layout is known: A a real export was opened, B code that parses it, C official API documentation,
    D third-party description, I inferred."""
    note: str | None = None
    match: Match
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    """Glob on the sheet's name; without it every sheet that carries the headers."""
    header_row: int | None = Field(default=None, ge=1)
    """Record number of the header; without it the first row with all the headers, among the first rows."""
    nulls: tuple[str, ...] = ()
    """Further spellings of "no value", beside the empty cell."""
    delivered_at: DeliveredAt | None = None
    ignore: tuple[IgnoreRule, ...] = ()
    derive: dict[str, str] = Field(default_factory=dict)
    datasets: tuple[Target, ...] = ()

    @property
    def content_hash(self) -> str:
        return hashlib.sha256(self.model_dump_json(by_alias=True, exclude={"title", "note"}).encode()).hexdigest()

    @property
    def needed_headers(self) -> tuple[str, ...]:
        """Headers a file must have: those of the signature and those that columns read without `optional`."""
        headers = list(self.match.headers)
        for target in self.datasets:
            headers += [c.header for c in target.columns.values() if c.header is not None and not c.optional]
        return tuple(dict.fromkeys(headers))

    @model_validator(mode="after")
    def _accounts_for_records(self) -> Profile:
        if not self.datasets and not self.ignore:
            raise ValueError("a profile needs at least one dataset or one ignore rule")
        names = [target.dataset for target in self.datasets]
        if len(set(names)) != len(names):
            raise ValueError("a profile names each dataset once")
        return self

    def check_against(self, contract: Contract) -> None:
        """Raises ProfileError where the profile names a dataset or column that the contract lacks."""
        for target in self.datasets:
            try:
                dataset = contract.get(target.dataset)
            except KeyError as error:
                raise ProfileError(f"profile {self.name}: {error.args[0]}") from error
            unknown = sorted(set(target.columns) - set(dataset.column_names))
            if unknown:
                raise ProfileError(f"profile {self.name}: {target.dataset} has no column {', '.join(unknown)}")


def read_texts(path: Path) -> Any:
    """A YAML file whose scalars are all texts. Raises yaml.YAMLError or UnicodeDecodeError."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=_TextLoader)  # noqa: S506 - makes texts only


def load_profile(path: Path, contract: Contract | None = None) -> Profile:
    """Read one profile. Raises ProfileError with the file's name and what is wrong with it."""
    try:
        profile = Profile.model_validate(read_texts(path))
    except (yaml.YAMLError, ValidationError, UnicodeDecodeError) as error:
        raise ProfileError(f"{path.name}: {error}") from error
    profile.check_against(contract or load_contract())
    return profile


def load_profiles(directories: Iterable[Path], contract: Contract | None = None) -> tuple[Profile, ...]:
    """The profiles of the directories in that order, each directory sorted by file name. Names must be unique."""
    profiles: dict[str, Profile] = {}
    for directory in directories:
        for path in sorted([*directory.glob("*.yml"), *directory.glob("*.yaml")]):
            profile = load_profile(path, contract)
            if profile.name in profiles:
                raise ProfileError(f"{path.name}: a profile named {profile.name!r} exists already")
            profiles[profile.name] = profile
    return tuple(profiles.values())
