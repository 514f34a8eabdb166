r"""Typed view of a profile: how one vendor's or company's own file becomes datasets of the contract.

Belongs here: the shape of a profile YAML, its checks against the contract, and its identity (name, version, content).
Does not belong here: finding out which profile fits a file (`pipelines.landing.recognise`) or running its SQL
(`pipelines.landing.mapping`, `pipelines.landing.profile_sql`).

This text is the reference of the language. Every scalar of the YAML is read as text, so `Yes`, `001` and `2026-03-01`
mean what is written. Names of headers are compared without width, case and white space, without the marks of a
required field (`*`, `（必填）`), and a name that is no full header also means the one header whose last part it is.


The profile as a whole
----------------------
::

    name: acme_daily                 # <vendor>_<what>, unique
    version: 1                       # raise it to take a correction of an already withdrawn file
    title: {zh: "Acme 考勤日报", en: "Acme daily attendance"}
    evidence: B                      # how the layout is known, see `Profile.evidence`
    note: {zh: "备注之后的列是推断的。", en: "Columns after 备注 are inferred."}

``match``: which files it is for. One of `headers`, `sheets`, `line`, `first_line`, or `path` alone; `path` may narrow
any of them. Where several profiles fit a sheet, the one that demands more headers has it::

    match: {path: "oa/*.csv"}                      # globs on the path inside the inbox
    match: {headers: [工号, 日期, 考勤概况.班次]}    # all of them in one header, found in the first 20 records
    match:                                         # one profile over several sheets of a workbook
      sheets:
        - {sheet: "概况*", headers: [时间, 账号]}
        - {sheet: "明细*", headers: [打卡时间], optional: true}
    match: {line: '^\d{4}-\d{2}-\d{2} '}         # text of lines: one of the first 50 matches; one column `line`
    match: {first_line: '^接口,V8'}                 # delimited text without header: its first line matches
    columns: [日期, 类别, 号, 摘要]                 # only and always with `first_line`: the names in order

With `sheets` the columns are those of all sheets together, and `_sheet` tells the records apart. A file without sheets
(csv) fits by the headers of one entry alone, one that is not optional; `_sheet` is then that entry's `sheet` text
(`概况*`). What the headers of an absent sheet would have given is null.

How the table is read::

    encoding: gb18030                # only beside `path`: else it is found out before a profile is known
    delimiter: ";"                   # likewise; with `first_line` always
    sheet: "每日*"                    # glob: only these sheets (without it every sheet with the headers)
    header_row: 3                    # record number of the header's first row; default: found
    header_rows: 2                   # how many rows the header has, 1 to 3; default: found by merged cells, or
                                     # by blanks: a row that is filled only where the row above has groups.
                                     # Two rows make the names `group.leaf`, three `a.b.c`
    label_rows: 1                    # rows right under the header that are no records (second names, field numbers)
    nulls: ["--", "/"]               # cells that mean "no value": null in all SQL, too
    optional_columns: [奖金]          # where a file lacks one, it is a null column
    keep: [姓名]                     # stays in `_extra` although SQL reads it: what SQL reads else counts as used
    fill_down:                       # head fields that stand only on a document's first line
      columns: [日期, 凭证号]         # a null takes the value above it inside the document; the file must have
                                     # these columns, unless they are `optional_columns`
      starts: "凭证号 is not null"    # SQL: the record begins a document; before the first one nothing is filled

``delivered_at``: the delivery's own stamp. ``period``: the days the file says it covers, from the rows above the header
and the path (`统计日期：2026-03-01 至 2026-03-31`, `_20260301-20260331`, `2026-03`). They are set aside when they
disagree; `required` sets a file without one aside::

    delivered_at: 2026-03-01T08:00:00+08:00
    delivered_at: {path: '_(?P<stamp>\d{8})', format: '%Y%m%d'}
    period: required                 # or optional


SQL
---
Expressions are DuckDB expressions over the source columns, all of them texts. A column has the name that the profile
uses for it (in `match`, `from`, `optional_columns`, `fill_down`), however the file spells it, and also its full name
as in the file. Use as plain identifiers only columns that `match` or `from` demand, or `optional_columns`. Beside them:

- `_source_row` number of the record, `_sheet` name of its sheet, `_source_file` path inside the inbox
- `_title` the text above the header, `_period_start`, `_period_end` (DATE, null unless `period` found them)
- `_delivered_day` (DATE) of the delivery's stamp
- the helpers of `pipelines.landing.profile_sql`: plain, day_of, near_day, clock_at, clocks_in, minutes_of, ...

The order of evaluation:

1. `fill_down` over all records, in their order.
2. `ignore`: the first rule whose `when` holds takes the record out, under the rule's name.
3. `derive`: named expressions over the records that stay, window functions included, each sees the ones before it.
   A derived name hides a column of the same name.
4. per dataset: `where` picks records, `explode` turns one record into several rows (none for a null or empty list),
   `columns` computes the row, `collapse` keeps one row per group while all records of the group count as part of it.

A record that no dataset takes and no rule ignores is quarantined. ::

    ignore:
      - {name: total_row, when: "plain(科目) in ('合计', '小计')", title: {zh: "合计行", en: "total row"}}
    derive:
      day: day_of(日期)
    datasets:
      - dataset: punches
        delivery: delta              # or full; default: the contract's
        where: "打卡 is not null"
        explode: {as: one, sql: "clocks_in(打卡)"}           # `one` is the element, `_item_no` its number from 1
        collapse: {by: ["one.clock", 工号], order: _source_row}
        columns: {...}
      - dataset: daily_results
        explode: {as: cell, headers: '^考勤结果\.'}         # instead of `sql`: one row per column whose name matches
                                                           # and whose cell has a value: cell.header,
                                                           # cell.position (among these columns, from 1), cell.value

``columns``: contract column -> where its value comes from. ::

    employee_id: 工号                                        # the header alone
    employee_id: {from: [工号, 员工编号]}                      # the first of these that the file has
    remark: {from: 备注, optional: true}                     # a file without it is fine: null
    employee_id: {from: 账号, identity: acme}                 # an account of that system: `acme:<value>`, or null
    status: {from: 状态, map: {已付款: paid}, otherwise: open} # whole values, compared as `plain` reads them, any case;
                                                            # without `otherwise` the rest stays as it is
    phone: {from: 手机, pattern: '^1[0-9]{10}$'}             # what does not match is quarantined
    worked_hours: {sql: "hours_of(工时)"}                     # map, identity, pattern work with `sql` too
    channel: {constant: shop}
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from pipelines.contract.model import Contract, Title, load_contract

PROFILE_DIR = Path(__file__).parent / "profiles"
_TextLoader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_CHINESE = r"[\u2018-\u201d\u3000-\u9fff\uff00-\uffef]"
_FOLD = re.compile(f"(?<={_CHINESE})[ \n]+(?={_CHINESE})")


class ProfileError(ValueError):
    """A profile that cannot be used; the message names the file and the place in it."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


def _one_or_many(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"no regular expression: {text} ({error})") from error
    return text


def _simple_pattern(text: str) -> str:
    """The database's regular expressions know neither looking around nor references back."""
    if re.search(r"\(\?<?[=!]|\\[1-9]", text):
        raise ValueError(f"a regular expression here cannot look around or refer back: {text}")
    return _pattern(text)


def _unfolded(text: Title) -> Title:
    """YAML folds the end of a line into a blank, which Chinese does not have between its characters."""
    return text.model_copy(update={"zh": _FOLD.sub("", text.zh)})


Texts = Annotated[tuple[str, ...], BeforeValidator(_one_or_many)]
Pattern = Annotated[str, AfterValidator(_pattern)]
SimplePattern = Annotated[str, AfterValidator(_simple_pattern)]


class SheetMatch(_Strict):
    """One of several sheets that a profile reads together."""

    sheet: str
    """Glob on the sheet's name."""
    headers: Texts = Field(min_length=1)
    optional: bool = False
    """A file without that sheet is fine."""


class Match(_Strict):
    """Which files the profile is for. All conditions that are given must hold."""

    path: Texts = ()
    """Glob patterns on the path inside the inbox."""
    headers: Texts = ()
    """Names that must all stand in one header among the first rows."""
    sheets: tuple[SheetMatch, ...] = ()
    """Instead of `headers`: several sheets with headers of their own, read together."""
    line: Pattern | None = None
    """Instead of `headers`: a text of lines; one of its first lines must match."""
    first_line: Pattern | None = None
    """Instead of `headers`: a delimited text without header; its first line must match."""

    @model_validator(mode="after")
    def _says_something(self) -> Match:
        ways = [name for name in ("headers", "sheets", "line", "first_line") if getattr(self, name)]
        if not self.path and not ways:
            raise ValueError("match needs one of `path`, `headers`, `sheets`, `line`, `first_line`")
        if len(ways) > 1:
            raise ValueError(f"match takes one of {', '.join(f'`{w}`' for w in ways)}")
        if self.sheets and all(s.optional for s in self.sheets):
            raise ValueError("match needs a sheet that is not optional")
        return self

    @property
    def demands(self) -> int:
        """How much the signature asks for: the profile that asks for more has a sheet that several fit."""
        return len(self.headers) + sum(len(s.headers) for s in self.sheets) + bool(self.line) + bool(self.first_line)


class ColumnSource(_Strict):
    """Where the value of one contract column comes from."""

    headers: Texts = Field(default=(), alias="from")
    """The first of these headers that the file has."""
    sql: str | None = None
    constant: str | None = None
    map: dict[str, str] | None = None
    """Replacements for whole values (of `from` or `sql`), compared as `plain` reads them and without case."""
    otherwise: str | None = None
    """What a value becomes that `map` does not name; without it the value stays as it is."""
    optional: bool = False
    """A file without that header is fine: the column is null."""
    identity: str | None = Field(default=None, pattern=r"^[a-z][a-z0-9]*$")
    """The system whose account the value is; it lands as `<system>:<value>`."""
    pattern: SimplePattern | None = None
    """Regular expression; a value that does not match is quarantined."""

    @model_validator(mode="before")
    @classmethod
    def _headers_alone(cls, value: Any) -> Any:
        return value if isinstance(value, dict) else {"from": value}

    @model_validator(mode="after")
    def _exactly_one(self) -> ColumnSource:
        if bool(self.headers) + (self.sql is not None) + (self.constant is not None) != 1:
            raise ValueError("a column needs exactly one of `from`, `sql`, `constant`")
        if self.otherwise is not None and self.map is None:
            raise ValueError("`otherwise` needs `map`")
        if self.constant is not None and (self.identity or self.map):
            raise ValueError("a `constant` takes neither `identity` nor `map`")
        if self.optional and not self.headers:
            raise ValueError("`optional` is for a column with `from`; for SQL see `optional_columns`")
        return self


class IgnoreRule(_Strict):
    """Records that are no data (titles, totals, system events), by a rule with a name."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    when: str
    title: Title | None = None


class Explode(_Strict):
    """One record becomes one row per element of a list, or per column of a group of columns."""

    name: str = Field(alias="as", pattern=r"^[a-z][a-z0-9_]*$")
    sql: str | None = None
    """An expression that gives a list; the element bears the name, its number is `_item_no`."""
    headers: Pattern | None = None
    """Regular expression on column names: one row per matching column with a value, as a struct of
    header, position (among the matches, from 1) and value."""

    @model_validator(mode="after")
    def _exactly_one(self) -> Explode:
        if (self.sql is None) == (self.headers is None):
            raise ValueError("explode needs exactly one of `sql`, `headers`")
        return self


class Collapse(_Strict):
    """Several records become one row: the first of each group."""

    by: Texts
    """SQL expressions that make the group."""
    order: str = "_source_row"


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


class FillDown(_Strict):
    """Head fields that stand only on the first line of a document."""

    columns: Texts = Field(min_length=1)
    starts: str
    """SQL that holds for the first record of a document. Nothing is filled across it."""


class Profile(_Strict):
    """One kind of file, and what it delivers."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    version: int = Field(ge=1)
    title: Title | None = None
    evidence: Literal["A", "B", "C", "D", "I"] | None = None
    """How the layout is known: A a real export was opened, B code that parses it, C official API documentation,
    D third-party description, I inferred."""
    note: Annotated[Title, AfterValidator(_unfolded)] | None = None
    """What is known of the layout, what is inferred, and what a company adapts."""
    match: Match
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    """Glob on the sheet's name; without it every sheet that carries the headers."""
    header_row: int | None = Field(default=None, ge=1)
    """Record number of the header's first row; without it the first header that fits, among the first rows."""
    header_rows: int | None = Field(default=None, ge=1, le=3)
    """Rows of the header; without it found by merged cells or blanks."""
    label_rows: int = Field(default=0, ge=0, le=5)
    """Rows right under the header that are no records."""
    columns: Texts = ()
    """Names of the columns of a text without header (`match.first_line`)."""
    optional_columns: Texts = ()
    """Columns that SQL uses and a file may lack: null there."""
    keep: Texts = ()
    """Columns that SQL reads only to judge by: their cells stay in `_extra` beside what was made of them."""
    fill_down: FillDown | None = None
    nulls: Texts = ()
    """Further spellings of "no value", beside the empty cell."""
    delivered_at: DeliveredAt | None = None
    period: Literal["required", "optional"] | None = None
    """Whether the file has to say which days it covers."""
    ignore: tuple[IgnoreRule, ...] = ()
    derive: dict[str, str] = Field(default_factory=dict)
    datasets: tuple[Target, ...] = ()

    @property
    def content_hash(self) -> str:
        return hashlib.sha256(self.model_dump_json(by_alias=True, exclude={"title", "note"}).encode()).hexdigest()

    @property
    def demanded_reads(self) -> tuple[tuple[str, ...], ...]:
        """What the file must have beside the signature: per read that is not optional, the headers that would do."""
        reads = [c.headers for t in self.datasets for c in t.columns.values() if c.headers and not c.optional]
        filled = self.fill_down.columns if self.fill_down else ()
        reads += [(name,) for name in filled if name not in self.optional_columns]
        return tuple(dict.fromkeys(reads))

    @property
    def known_headers(self) -> tuple[str, ...]:
        """Every header that the profile names, however it does."""
        names = [*self.match.headers, *(n for s in self.match.sheets for n in s.headers), *self.columns]
        names += [n for t in self.datasets for c in t.columns.values() for n in c.headers]
        names += [*(self.fill_down.columns if self.fill_down else ()), *self.optional_columns, *self.keep]
        return tuple(dict.fromkeys(names))

    @model_validator(mode="after")
    def _accounts_for_records(self) -> Profile:
        if not self.datasets and not self.ignore:
            raise ValueError("a profile needs at least one dataset or one ignore rule")
        names = [target.dataset for target in self.datasets]
        if len(set(names)) != len(names):
            raise ValueError("a profile names each dataset once")
        return self

    @model_validator(mode="after")
    def _fits_together(self) -> Profile:
        if bool(self.columns) != (self.match.first_line is not None):
            raise ValueError("`columns` and `match.first_line` need each other")
        if self.sheet is not None and self.match.sheets:
            raise ValueError("`sheet` does not go with `match.sheets`: each entry names its own")
        has_header = not (self.match.line or self.match.first_line)
        if not has_header and (self.header_row or self.header_rows or self.label_rows):
            raise ValueError("a text without header has no header_row, header_rows, label_rows")
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
