"""The contract as SQL: texts to typed values, what is wrong with a row, the row hash.

Belongs here: canonical spellings, types, required, domain, pattern, range; the SQL that applies them.
Does not belong here: reading files, profiles, the register.

The row hash is the sha-256 of `name=value` for every column that has a value, in the contract's order, joined by the
unit separator (0x1F, which values cannot hold). Values are the texts of the typed values as DuckDB writes them.
A column that the contract gains later does not change the hash of rows that lack it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.contract import Column, Dataset
from pipelines.landing.readers import ident, literal
from pipelines.landing.reasons import TYPE_NAMES, Reason, row_reason

if TYPE_CHECKING:
    import duckdb

# Texts that mean "no value" wherever a text is not what the column holds.
_NULL_TEXTS = ("NULL", "--")

_WIDE = "０１２３４５６７８９．，－：／＋（）　"
_PLAIN = "0123456789.,-:/+() "

_YMD = r"(\d{4})(?:[-/.年])(\d{1,2})(?:[-/.月])(\d{1,2})日?"
_HMS = r"(\d{1,2})[:时](\d{1,2})(?:[:分](\d{1,2})(?:\.(\d{1,9}))?秒?|分)?"
_OFFSET = r"(Z|z|[+-]\d{2}(?::?\d{2})?)"
_TS = rf"^{_YMD}(?:[Tt\s]\s*{_HMS}\s*{_OFFSET}?)?$"
_COMPACT = r"^(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2}))?$"
_NUMBER = r"^[+-]?(?:\d{1,24}|\d{1,3}(?:,\d{3})+)?(?:\.\d*)?(?:[eE][+-]?\d{1,2})?$"
_SCIENTIFIC = r"^\d(?:\.\d+)?[eE]\+?\d+$"
_PERIOD = r"^(\d{4})(?:[-/.年]?)(\d{1,2})(?:月|[-/.]0?1(?: 00:00:00)?)?$"
_PERIOD_PATTERN = "^[0-9]{4}-(0[1-9]|1[0-2])$"

_TRUE = ("true", "t", "1", "yes", "y", "是")
_FALSE = ("false", "f", "0", "no", "n", "否")

# Two decimals is what money has; a rest below this is what binary fractions leave behind.
_MONEY_NOISE = "0.000001"


def _texts(values: Sequence[str]) -> str:
    return "(" + ", ".join(literal(v) for v in values) + ")"


def _parts(text: str, pattern: str, names: Sequence[str]) -> str:
    return f"regexp_extract({text}, {literal(pattern)}, [{', '.join(literal(n) for n in names)}])"


def prepare(con: duckdb.DuckDBPyConnection) -> None:
    """Define the macros that the generated SQL uses. They handle every spelling; the common ones never reach them."""
    ts = _parts("x", _TS, ("y", "mo", "d", "h", "mi", "s", "f", "o"))
    compact = _parts("x", _COMPACT, ("y", "mo", "d", "h", "mi", "s"))
    macros = {
        "hufu_plain(x)": f"trim(translate(x, {literal(_WIDE)}, {literal(_PLAIN)}))",
        "hufu_stamp(p)": "try_cast(p.y || '-' || p.mo || '-' || p.d || ' ' || coalesce(nullif(p.h, ''), '0') || ':' "
        "|| coalesce(nullif(p.mi, ''), '0') || ':' || coalesce(nullif(p.s, ''), '0') as timestamp)",
        "hufu_fraction(p)": "case when p.f = '' then interval 0 second else "
        "to_microseconds(rpad(left(p.f, 6), 6, '0')::bigint) end",
        "hufu_ts_plain(x)": f"coalesce(hufu_stamp({ts}) + hufu_fraction({ts}), hufu_stamp({compact}))",
        "hufu_ts(x)": "hufu_ts_plain(hufu_plain(x))",
        "hufu_offset_text(x)": f"nullif(regexp_extract(hufu_plain(x), {literal(_TS)}, 8), '')",
        "hufu_offset(x)": "case when hufu_offset_text(x) in ('Z', 'z') then 0 else "
        "(case when hufu_offset_text(x)[1] = '-' then -1 else 1 end) * (hufu_offset_text(x)[2:3]::integer * 60 "
        "+ coalesce(nullif(replace(hufu_offset_text(x)[4:], ':', ''), ''), '0')::integer) end",
        "hufu_date(x)": "case when hufu_ts(x) = date_trunc('day', hufu_ts(x)) and hufu_offset(x) is null "
        "then hufu_ts(x)::date end",
        "hufu_number_text(x)": "regexp_replace(regexp_replace(hufu_plain(x), '^([+-]?)\\s*[¥￥]\\s*', '\\1'), "
        "'\\s*元$', '')",
        "hufu_number_plain(t)": f"case when regexp_matches(t, {literal(_NUMBER)}) and regexp_matches(t, '\\d') "
        "then replace(t, ',', '') end",
        "hufu_number(x)": "try_cast(hufu_number_plain(hufu_number_text(x)) as decimal(38, 14))",
        "hufu_money(x)": f"case when abs(hufu_number(x) - round(hufu_number(x), 2)) <= {_MONEY_NOISE} "
        "then try_cast(round(hufu_number(x), 2) as decimal(18, 2)) end",
        "hufu_num(x)": "try_cast(hufu_number(x) as decimal(18, 6))",
        "hufu_int(x)": "case when hufu_number(x) = trunc(hufu_number(x)) then try_cast(hufu_number(x) as bigint) end",
        "hufu_bool(x)": f"case when lower(hufu_plain(x)) in {_texts(_TRUE)} then true "
        f"when lower(hufu_plain(x)) in {_texts(_FALSE)} then false end",
        "hufu_period(x)": f"case when regexp_matches(hufu_plain(x), {literal(_PERIOD)}) "
        f"then regexp_extract(hufu_plain(x), {literal(_PERIOD)}, 1) || '-' "
        f"|| lpad(regexp_extract(hufu_plain(x), {literal(_PERIOD)}, 2), 2, '0') else x end",
    }
    for signature, body in macros.items():
        con.execute(f"create or replace temp macro {signature} as {body}")


@dataclass(frozen=True)
class Cells:
    """A relation of texts that is to become one dataset."""

    dataset: Dataset
    relation: str
    expressions: Mapping[str, str]
    """contract column -> SQL over the relation; a column without one is null."""
    extra: str | None = None
    """SQL for the JSON of what the contract does not know."""
    padding: tuple[str, ...] = ()
    has_separator: bool = False
    nulls: tuple[str, ...] = ()


def _is_code(column: Column) -> bool:
    """Identifiers: their digits must all be there."""
    return column.type == "text" and (column.key or column.name.endswith(("_id", "_no", "_code", "_account")))


def _needs_trim(cells: Cells, con: duckdb.DuckDBPyConnection) -> set[str]:
    """Columns with padded cells. Looking for padding is far cheaper than trimming every cell."""
    if not cells.padding or not cells.expressions:
        return set()
    tests = []
    for expression in cells.expressions.values():
        marks = [
            f"starts_with({expression}, {literal(mark)}) or ends_with({expression}, {literal(mark)})"
            for mark in cells.padding
        ]
        tests.append(f"coalesce(bool_or({' or '.join(marks)}), false)")
    row = con.execute(f"select {', '.join(tests)} from {cells.relation}").fetchone()
    return {name for name, padded in zip(cells.expressions, row, strict=True) if padded}


def _raw(column: Column, cells: Cells, padded: set[str]) -> str:
    """The cell's text without padding; null where it means "no value"."""
    text = cells.expressions.get(column.name)
    if text is None:
        return "null::varchar"
    if cells.has_separator:
        text = f"nullif(replace({text}, chr(31), ''), '')"
    if column.name in padded:
        text = f"nullif(trim({text}, {literal(''.join(cells.padding))}), '')"
    nulls = cells.nulls if column.type == "text" else (*_NULL_TEXTS, *cells.nulls)
    if column.type == "text":
        return f"case when {text} not in {_texts(nulls)} then {text} end" if nulls else text
    return f"case when upper({text}) not in {_texts([n.upper() for n in nulls])} then {text} end"


def _typed(column: Column, raw: str) -> str:
    """SQL for the value, null where the text is not acceptable."""
    match column.type:
        case "ts":
            fast = f"case when strlen({raw}) = 19 then try_strptime({raw}, '%Y-%m-%d %H:%M:%S') end"
            value = f"coalesce({fast}, hufu_ts({raw}))"
        case "date":
            fast = f"case when strlen({raw}) = 10 then try_strptime({raw}, '%Y-%m-%d')::date end"
            value = f"coalesce({fast}, hufu_date({raw}))"
        case "int":
            fast = f"case when regexp_full_match({raw}, '[+-]?\\d{{1,18}}') then try_cast({raw} as bigint) end"
            value = f"coalesce({fast}, hufu_int({raw}))"
        case "money":
            fast = (
                f"case when regexp_full_match({raw}, '[+-]?\\d{{1,15}}(?:\\.\\d{{1,2}})?') "
                f"then try_cast({raw} as decimal(18, 2)) end"
            )
            value = f"coalesce({fast}, hufu_money({raw}))"
        case "num":
            fast = (
                f"case when regexp_full_match({raw}, '[+-]?\\d{{1,11}}(?:\\.\\d{{1,6}})?') "
                f"then try_cast({raw} as decimal(18, 6)) end"
            )
            value = f"coalesce({fast}, hufu_num({raw}))"
        case "bool":
            value = f"hufu_bool({raw})"
        case _:
            value = _typed_text(column, raw)
    if column.min is not None or column.max is not None:
        bounds = [f"v >= {column.min!r}"] if column.min is not None else []
        bounds += [f"v <= {column.max!r}"] if column.max is not None else []
        condition = " and ".join(b.replace("v ", f"({value}) ") for b in bounds)
        value = f"case when {condition} then {value} end"
    return value


def _typed_text(column: Column, raw: str) -> str:
    value = raw
    if column.domain is not None:
        arms = " ".join(f"when {literal(d.lower())} then {literal(d)}" for d in column.domain)
        value = f"case when {raw} in {_texts(column.domain)} then {raw} else case lower({raw}) {arms} end end"
    elif column.pattern == _PERIOD_PATTERN:
        value = f"case when regexp_matches({raw}, {literal(column.pattern)}) then {raw} else hufu_period({raw}) end"
    if column.pattern is not None:
        value = f"case when regexp_matches({value}, {literal(column.pattern)}) then {value} end"
    if _is_code(column):
        lost = f"contains({raw}, 'E') and regexp_matches({raw}, {literal(_SCIENTIFIC)})"
        value = f"case when {lost} then null else {value} end"
    return value


def checked_sql(cells: Cells, con: duckdb.DuckDBPyConnection, constants: Mapping[str, str], keep: Sequence[str]) -> str:
    """One select: the landed columns, `_is_good`, and the columns of `keep` from the relation.

    `constants` are the provenance columns that hold for the whole file, as SQL.
    """
    dataset = cells.dataset
    padded = _needs_trim(cells, con)
    columns = list(enumerate(dataset.columns))
    raws = ", ".join(f"{_raw(c, cells, padded)} as r{i}" for i, c in columns)
    extra = f"{cells.extra}::varchar" if cells.extra else "null::varchar"
    kept = "".join(f", {k}" for k in keep)
    typed = ", ".join(f"{_typed(c, f'r{i}')} as t{i}" for i, c in columns)
    raw_names = ", ".join(f"r{i}" for i, _ in columns)
    good = " and ".join(_good(i, c) for i, c in columns)
    offsets = _offsets(cells)
    values = ", ".join(f"{_with_default(i, c)} as {ident(c.name)}" for i, c in columns)
    parts = [f"{literal(c.name + '=')} || {ident(c.name)}::varchar" for c in dataset.columns]
    hashed = ", ".join([*parts, "'_ts_offsets=' || _ts_offsets"])
    landed = ", ".join(ident(c.name) for c in dataset.columns)
    provenance = ", ".join(f"{sql} as {name}" for name, sql in constants.items())
    return f"""
with cells as (select _source_row, _sheet, {extra} as _extra{kept}, {raws} from {cells.relation}),
typed as (select _source_row, _sheet, _extra{kept}, {raw_names}, {typed} from cells),
judged as (select _source_row, _sheet, _extra{kept}, {offsets} as _ts_offsets, {values}, {good} as _is_good from typed)
select {landed}, {provenance}, _source_row,
  sha256(concat_ws(chr(31), {hashed})) as _row_hash, _ts_offsets, _extra, _is_good{kept}
from judged"""


def _with_default(i: int, column: Column) -> str:
    if column.default is None:
        return f"t{i}"
    default = literal(column.default) if isinstance(column.default, str) else str(column.default).lower()
    return f"coalesce(t{i}, {default})"


def _good(i: int, column: Column) -> str:
    if column.is_mandatory:
        return f"t{i} is not null"
    if column.type == "text" and column.domain is None and column.pattern is None and not _is_code(column):
        return "true"
    return f"(t{i} is not null or r{i} is null)"


def _offsets(cells: Cells) -> str:
    """JSON of the offsets that time stamps carried. Only a text that is no plain 19-character stamp can have one."""
    stamps = [
        (i, c) for i, c in enumerate(cells.dataset.columns) if c.type == "ts" and c.name in cells.expressions
    ]
    if not stamps:
        return "null::varchar"
    maybe = " or ".join(
        f"(t{i} is not null and (strlen(r{i}) <> 19 or contains(r{i}, '+') or ends_with(r{i}, 'Z')))" for i, _ in stamps
    )
    pairs = ", ".join(f"{literal(c.name)}, case when t{i} is not null then hufu_offset(r{i}) end" for i, c in stamps)
    whole = f"json_merge_patch('{{}}', json_object({pairs}))::varchar"
    return f"case when {maybe} then nullif({whole}, '{{}}') end"


def faults_sql(cells: Cells, con: duckdb.DuckDBPyConnection, keep: Sequence[str]) -> str:
    """One row per fault of a row: column, value, reason. Rows without fault give none."""
    padded = _needs_trim(cells, con)
    columns = list(enumerate(cells.dataset.columns))
    raws = ", ".join(f"{_raw(c, cells, padded)} as r{i}" for i, c in columns)
    typed = ", ".join(f"{_typed(c, f'r{i}')} as t{i}" for i, c in columns)
    raw_names = ", ".join(f"r{i}" for i, _ in columns)
    kept = "".join(f", {k}" for k in keep)
    good = " and ".join(_good(i, c) for i, c in columns)
    faults = ", ".join(_fault(i, c) for i, c in columns if _good(i, c) != "true")
    return f"""
with cells as (select _source_row, _sheet{kept}, {raws} from {cells.relation}),
typed as (select _source_row, _sheet{kept}, {raw_names}, {typed} from cells),
faulty as (select _source_row, _sheet{kept}, unnest([{faults}]) as fault from typed where not ({good}))
select _source_row, _sheet{kept}, fault.column_name, fault.value, fault.reason_code, fault.reason_zh, fault.reason_en
from faulty where fault is not null"""


def _fault(i: int, column: Column) -> str:
    def struct(reason: Reason) -> str:
        return (
            f"{{'column_name': {literal(column.name)}, 'value': r{i}, 'reason_code': {literal(reason.code)}, "
            f"'reason_zh': {literal(reason.zh)}, 'reason_en': {literal(reason.en)}}}"
        )

    missing = f"when r{i} is null then {struct(row_reason('required'))}" if column.is_mandatory else ""
    return f"case when {_good(i, column)} then null {missing} {_refined(i, column, struct)} end"


def _refined(i: int, column: Column, struct: Callable[[Reason], str]) -> str:
    names = TYPE_NAMES[column.type]
    wrong_type = struct(row_reason("type", type_zh=names[0], type_en=names[1]))
    if column.type == "text":
        arms = f"when regexp_matches(r{i}, {literal(_SCIENTIFIC)}) then {struct(row_reason('precision'))} "
        if column.domain is not None:
            return f"else {struct(row_reason('domain', domain=', '.join(column.domain)))}"
        if column.pattern is not None:
            return f"{arms}else {struct(row_reason('pattern', pattern=column.pattern))}"
        return f"{arms}else {wrong_type}"
    unlimited = column.model_copy(update={"min": None, "max": None})
    arms = ""
    limits = [f">= {column.min:g}"] if column.min is not None else []
    limits += [f"<= {column.max:g}"] if column.max is not None else []
    if limits:
        outside = struct(row_reason("range", range=", ".join(limits)))
        arms += f"when ({_typed(unlimited, f'r{i}')}) is not null then {outside} "
    if column.type == "money":
        arms += f"when hufu_number(r{i}) is not null then {struct(row_reason('scale'))} "
    return f"{arms}else {wrong_type}"
