"""The contract as SQL: texts to typed values, what is wrong with a row, the row hash.

Belongs here: canonical spellings, types, required, domain, pattern, range; the SQL that applies them.
Does not belong here: reading files, profiles, the register.

The row hash is the sha-256 of the column values in the contract's order, joined by the unit separator (0x1F, which
values cannot hold), separators at the end left out. A value is the text of the typed value as DuckDB writes it, null is
the empty text (which is no value); offsets of time stamps follow the last column. So a column that the contract gains
at its end does not change the hash of rows that lack it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipelines.contract import Column, Dataset
from pipelines.landing.reasons import TYPE_NAMES, Reason, row_reason
from pipelines.landing.text import UNIT_SEPARATOR
from pipelines.sql import ident, literal

if TYPE_CHECKING:
    import duckdb

# Texts that mean "no value" wherever a text is not what the column holds.
_NULL_TEXTS = ("NULL", "--")
# What systems write for a day that is not known or never comes: 0001-01-01, 0000-00-00, 9999-12-31, 1900-01-00.
_PLACEHOLDER_DAYS = ("000", "9999", "1900-01-00", "1900/01/00", "1900/1/0")
# Days as spreadsheets count them, from 1954 to 2064.
_SERIAL_DAY = r"[2-5]\d{4}(?:\.\d{1,12})?"
_SERIAL_EPOCH = "1899-12-30"

_WIDE = "０１２３４５６７８９．，－：／＋（）　"
_PLAIN = "0123456789.,-:/+() "

_STAMP = (
    r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
    r"(?:[Tt\s]\s*(\d{1,2})[:时](\d{1,2})(?:[:分](\d{1,2})(?:\.(\d{1,9}))?秒?|分)?\s*(Z|z|[+-]\d{2}(?::?\d{2})?)?)?$"
)
_COMPACT_STAMP = r"^(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2}))?()()$"
_STAMP_PARTS = ("y", "mo", "d", "h", "mi", "s", "f", "o")
_NUMBER = r"^[+-]?(?:\d{1,24}|\d{1,3}(?:,\d{3})+)?(?:\.\d*)?(?:[eE][+-]?\d{1,2})?$"
_SCIENTIFIC = r"^\d(?:\.\d+)?[eE]\+\d+$"
# A month, also as its first day: that is what a spreadsheet makes of one.
_PERIOD = r"^(\d{4})[-/.年](\d{1,2})(?:月|[-/.]0?1(?: 00:00:00)?)?$"
_COMPACT_PERIOD = r"^(\d{4})(\d{2})$"
_PERIOD_PATTERN = "^[0-9]{4}-(0[1-9]|1[0-2])$"

_TRUE = ("true", "t", "1", "yes", "y", "是")
_FALSE = ("false", "f", "0", "no", "n", "否")

# Two decimals is what money has; a rest below this is what binary fractions leave behind.
_MONEY_NOISE = "0.000001"


def _texts(values: Sequence[str]) -> str:
    return "(" + ", ".join(literal(v) for v in values) + ")"


def prepare(con: duckdb.DuckDBPyConnection) -> None:
    """Define the macros that the generated SQL uses for rare spellings; the common ones never reach them."""
    parts = ", ".join(literal(name) for name in _STAMP_PARTS)
    macros = {
        # An apostrophe in front is a spreadsheet's mark for text.
        "hufu_plain(x)": "ltrim(case when strlen(x) = length(x) then x "
        f"else trim(translate(x, {literal(_WIDE)}, {literal(_PLAIN)})) end, '''')",
        "hufu_serial_text(x)": f"strftime(timestamp {literal(_SERIAL_EPOCH)} "
        "+ to_seconds(round(x::double * 86400)::bigint), '%Y-%m-%d %H:%M:%S')",
        "hufu_plain_stamp_parts(x)": f"case when regexp_full_match(x, {literal(_SERIAL_DAY)}) "
        f"then regexp_extract(hufu_serial_text(x), {literal(_STAMP)}, [{parts}]) "
        "when regexp_full_match(x, '\\d{8}(\\d{6})?') "
        f"then regexp_extract(x, {literal(_COMPACT_STAMP)}, [{parts}]) "
        f"else regexp_extract(x, {literal(_STAMP)}, [{parts}]) end",
        "hufu_stamp_parts(x)": "hufu_plain_stamp_parts(hufu_plain(x))",
        "hufu_ts(p)": "try_cast(p.y || '-' || p.mo || '-' || p.d || ' ' || if(p.h = '', '0', p.h) || ':' "
        "|| if(p.mi = '', '0', p.mi) || ':' || if(p.s = '', '0', p.s) || '.' || if(p.f = '', '0', left(p.f, 6)) "
        "as timestamp)",
        "hufu_date(p)": "case when p.o = '' and hufu_ts(p) = date_trunc('day', hufu_ts(p)) then hufu_ts(p)::date end",
        # Minutes east of Greenwich of "+0800", "+08:00", "-05" or "Z".
        "hufu_offset(o)": "case when o = '' then null when o in ('Z', 'z') then 0 else "
        "if(o[1] = '-', -1, 1) * (o[2:3]::integer * 60 + if(strlen(o) > 3, right(o, 2), '0')::integer) end",
        "hufu_number_text(x)": "regexp_replace(regexp_replace(hufu_plain(x), '^([+-]?)\\s*[¥￥]\\s*', '\\1'), "
        "'\\s*元$', '')",
        "hufu_number_digits(t)": f"case when regexp_matches(t, {literal(_NUMBER)}) and regexp_matches(t, '\\d') "
        "then replace(t, ',', '') end",
        "hufu_number(x)": "try_cast(hufu_number_digits(hufu_number_text(x)) as decimal(38, 14))",
        "hufu_money(n)": f"case when abs(n - round(n, 2)) <= {_MONEY_NOISE} "
        "then try_cast(round(n, 2) as decimal(18, 2)) end",
        "hufu_num(n)": "try_cast(n as decimal(18, 6))",
        "hufu_int(n)": "case when n = trunc(n) then try_cast(n as bigint) end",
        "hufu_bool(t)": f"case when t in {_texts(_TRUE)} then true when t in {_texts(_FALSE)} then false end",
        "hufu_month(x)": f"case when regexp_matches(x, {literal(_COMPACT_PERIOD)}) "
        f"then regexp_replace(x, {literal(_COMPACT_PERIOD)}, '\\1-\\2') "
        f"when regexp_matches(x, {literal(_PERIOD)}) then regexp_extract(x, {literal(_PERIOD)}, 1) || '-' "
        f"|| lpad(regexp_extract(x, {literal(_PERIOD)}, 2), 2, '0') else x end",
        "hufu_period(x)": "hufu_month(hufu_plain(x))",
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
    blanks: tuple[str, ...] = ()
    """What cells may be padded with."""
    nulls: tuple[str, ...] = ()
    may_be_scientific: bool = True
    """Whether identifiers may have lost digits to scientific notation."""
    patterns: Mapping[str, str] = field(default_factory=dict)
    """contract column -> regular expression that its texts must match, beside what the contract demands."""


def _is_code(column: Column) -> bool:
    """Identifiers: their digits must all be there."""
    return column.type == "text" and (column.key or column.name.endswith(("_id", "_no", "_code", "_account")))


def _padded(cells: Cells, con: duckdb.DuckDBPyConnection) -> set[str]:
    """Columns with cells to clean. Looking for what pads them is far cheaper than cleaning every cell."""
    if not cells.blanks or not cells.expressions:
        return set()
    tests = [f"coalesce(bool_or({_is_padded(text, cells.blanks)}), false)" for text in cells.expressions.values()]
    row = con.execute(f"select {', '.join(tests)} from {cells.relation}").fetchone()
    return {name for name, padded in zip(cells.expressions, row, strict=True) if padded}


def _is_padded(text: str, blanks: Sequence[str]) -> str:
    return " or ".join(
        f"contains({text}, chr(31))"
        if mark == UNIT_SEPARATOR
        else f"starts_with({text}, {literal(mark)}) or ends_with({text}, {literal(mark)})"
        for mark in blanks
    )


def _tidy(column: Column, cells: Cells, padded: set[str]) -> str:
    """The cell's text without padding and without a spreadsheet's mark for text, which some exports write into it."""
    text = cells.expressions.get(column.name)
    if text is None:
        return "null::varchar"
    if column.name in padded:
        tidy = f"trim(replace({text}, chr(31), ''), {literal(''.join(cells.blanks))})"
        if _is_code(column):
            is_untidy = f"{_is_padded(text, cells.blanks)} or starts_with({text}, '''')"
            return f"case when {is_untidy} then nullif(ltrim({tidy}, ''''), '') else {text} end"
        return f"case when {_is_padded(text, cells.blanks)} then nullif({tidy}, '') else {text} end"
    if _is_code(column):
        return f"case when starts_with({text}, '''') then nullif(ltrim({text}, ''''), '') else {text} end"
    return text


def _value_text(column: Column, cells: Cells, text: str) -> str:
    """The tidy text; null where it means "no value"."""
    nulls = cells.nulls if column.type == "text" else (*_NULL_TEXTS, *cells.nulls)
    if column.type == "text":
        return f"case when {text} not in {_texts(nulls)} then {text} end" if nulls else text
    longest = max(len(n.encode()) for n in nulls)
    words = _texts([n.upper() for n in nulls])
    holds = f"(strlen({text}) > {longest} or upper({text}) not in {words})"
    if column.type in ("date", "ts"):
        holds += "".join(f" and not starts_with({text}, {literal(begin)})" for begin in _PLACEHOLDER_DAYS)
        # None of these begins with a 2, as nearly every day does: one comparison for those.
        holds = f"(strlen({text}) > {longest} and {text} between '2' and '3') or ({holds})"
    return f"case when {holds} then {text} end"


@dataclass(frozen=True)
class _Steps:
    """SQL that takes a text to its value in three steps, so that each costs only the rows that need it."""

    fast: str
    """The value of the common spelling, else null."""
    rare: str | None = None
    """What is read out of a text where `fast` is null; `{r}` is the text."""
    value: str | None = None
    """The value read out of `rare`; `{h}` is what `rare` gave."""


def _steps(column: Column, may_be_scientific: bool) -> _Steps:
    match column.type:
        case "ts":
            return _Steps(
                "case when strlen({r}) = 19 then try_strptime({r}, '%Y-%m-%d %H:%M:%S') end",
                "hufu_stamp_parts({r})",
                "hufu_ts({h})",
            )
        case "date":
            return _Steps(
                "case when strlen({r}) = 10 then try_strptime({r}, '%Y-%m-%d')::date end",
                "hufu_stamp_parts({r})",
                "hufu_date({h})",
            )
        case "int":
            plain = r"[+-]?\d{{1,18}}"
            fast = f"case when regexp_full_match({{r}}, '{plain}') then try_cast({{r}} as bigint) end"
            return _Steps(fast, "hufu_number({r})", "hufu_int({h})")
        case "money":
            plain = r"[+-]?\d{{1,15}}(?:\.\d{{1,2}})?"
            fast = f"case when regexp_full_match({{r}}, '{plain}') then try_cast({{r}} as decimal(18, 2)) end"
            return _Steps(fast, "hufu_number({r})", "hufu_money({h})")
        case "num":
            plain = r"[+-]?\d{{1,11}}(?:\.\d{{1,6}})?"
            fast = f"case when regexp_full_match({{r}}, '{plain}') then try_cast({{r}} as decimal(18, 6)) end"
            return _Steps(fast, "hufu_number({r})", "hufu_num({h})")
        case "bool":
            return _Steps("hufu_bool(lower({r}))", "lower(hufu_plain({r}))", "hufu_bool({h})")
    if column.domain is not None:
        arms = " ".join(f"when {literal(d.lower())} then {literal(d)}" for d in column.domain)
        fast = f"case when {{r}} in {_texts(column.domain)} then {{r}} end"
        return _Steps(fast, "lower({r})", f"case {{h}} {arms} end")
    if column.pattern is not None:
        pattern = literal(column.pattern).replace("{", "{{").replace("}", "}}")
        fast = f"case when regexp_matches({{r}}, {pattern}) then {{r}} end"
        rare = "hufu_period({r})" if column.pattern == _PERIOD_PATTERN else "{r}"
        return _Steps(fast, rare, f"case when regexp_matches({{h}}, {pattern}) then {{h}} end")
    if _is_code(column) and may_be_scientific:
        pattern = literal(_SCIENTIFIC)
        maybe = "(contains({r}, 'E+') or contains({r}, 'e+'))"
        return _Steps(f"case when {maybe} and regexp_matches({{r}}, {pattern}) then null else {{r}} end")
    return _Steps("{r}")


def _typed_cte(cells: Cells, padded: set[str], keep: Sequence[str]) -> str:
    """CTEs up to `typed`: for each column the text r, what the rare spelling gave h, the value t."""
    columns = list(enumerate(cells.dataset.columns))
    steps = {i: _steps(column, cells.may_be_scientific) for i, column in columns}
    extra = f"{cells.extra}::varchar" if cells.extra else "null::varchar"
    kept = "".join(f", {k}" for k in keep)
    carried = f"_source_row, _sheet, _extra{kept}, {', '.join(f'r{i}' for i, _ in columns)}"
    tidy = ", ".join(f"{_tidy(c, cells, padded)} as x{i}" for i, c in columns)
    raws = ", ".join(f"{_value_text(c, cells, f'x{i}')} as r{i}" for i, c in columns)
    fast = ", ".join(f"{step.fast.format(r=f'r{i}')} as f{i}" for i, step in steps.items())
    rare = "".join(
        f", case when f{i} is null and r{i} is not null then {step.rare.format(r=f'r{i}')} end as h{i}"
        for i, step in steps.items()
        if step.rare is not None
    )
    values = ", ".join(
        f"f{i} as t{i}" if step.value is None else f"coalesce(f{i}, {step.value.format(h=f'h{i}')}) as t{i}"
        for i, step in steps.items()
    )
    helped = "".join(f", h{i}" for i, step in steps.items() if step.rare is not None)
    return f"""
tidy as (select _source_row, _sheet, {extra} as _extra{kept}, {tidy} from {cells.relation}),
cells as (select _source_row, _sheet, _extra{kept}, {raws} from tidy),
common as (select {carried}, {fast} from cells),
rare as (select {carried}, {", ".join(f"f{i}" for i, _ in columns)}{rare} from common),
typed as (select {carried}{helped}, {values} from rare)"""


def checked_sql(
    cells: Cells,
    con: duckdb.DuckDBPyConnection,
    constants: Mapping[str, str],
    keep: Sequence[str],
    *,
    is_single_pass: bool = False,
) -> str:
    """One select: the landed columns, `_is_good`, and the columns of `keep` from the relation.

    `constants` are the provenance columns that hold for the whole file, as SQL. A single pass looks at no cell
    beforehand, so it looks for padding wherever there may be some.
    """
    padded = set(cells.expressions) if is_single_pass and cells.blanks else set()
    if not is_single_pass:
        padded = _padded(cells, con)
    columns = list(enumerate(cells.dataset.columns))
    kept = "".join(f", {k}" for k in keep)
    good = " and ".join(_good(i, c, cells.patterns.get(c.name)) for i, c in columns)
    values = ", ".join(f"{_with_default(i, c)} as {ident(c.name)}" for i, c in columns)
    landed = ", ".join(ident(c.name) for _, c in columns)
    provenance = ", ".join(f"{sql} as {name}" for name, sql in constants.items())
    # `concat` takes null for the empty text.
    parts = [ident(c.name) if c.type == "text" else f"{ident(c.name)}::varchar" for _, c in columns]
    content = f"concat({', chr(31), '.join(parts)}, chr(31) || _ts_offsets)"
    return f"""
with {_typed_cte(cells, padded, keep)},
judged as (
  select _source_row, _sheet, _extra{kept}, {_offsets(cells)} as _ts_offsets, {values}, {good} as _is_good
  from typed
),
joined as (select *, {content} as _content from judged)
select {landed}, {provenance}, _source_row,
  sha256(if(ends_with(_content, chr(31)), rtrim(_content, chr(31)), _content)) as _row_hash,
  _ts_offsets, _extra, _is_good{kept}
from joined"""


def _with_default(i: int, column: Column) -> str:
    if column.default is None:
        return f"t{i}"
    default = literal(column.default) if isinstance(column.default, str) else str(column.default).lower()
    return f"coalesce(t{i}, {default})"


def money_sql(cells: Cells, con: duckdb.DuckDBPyConnection) -> str | None:
    """One row: the total of each money column over the relation; null where the dataset has no money.

    Amounts that cannot be read count nothing; whether their row is good does not matter.
    """
    money = [column for column in cells.dataset.columns if column.type == "money"]
    if not money:
        return None
    padded = _padded(cells, con)
    steps = _steps(money[0], cells.may_be_scientific)
    tidy = ", ".join(f"{_tidy(column, cells, padded)} as x{i}" for i, column in enumerate(money))
    raws = ", ".join(f"{_value_text(column, cells, f'x{i}')} as r{i}" for i, column in enumerate(money))
    fast = ", ".join(f"r{i}, {steps.fast.format(r=f'r{i}')} as f{i}" for i, _ in enumerate(money))
    rare = (
        f"case when f{i} is null and r{i} is not null then {(steps.rare or '').format(r=f'r{i}')} end as h{i}"
        for i, _ in enumerate(money)
    )
    sums = (total(f"coalesce(f{i}, {(steps.value or '').format(h=f'h{i}')})") for i, _ in enumerate(money))
    fasts = ", ".join(f"f{i}" for i, _ in enumerate(money))
    return (
        f"with tidy as (select {tidy} from {cells.relation}), cells as (select {raws} from tidy), "
        f"common as (select {fast} from cells), "
        f"rare as (select {fasts}, {', '.join(rare)} from common) select {', '.join(sums)} from rare"
    )


def total(amount: str) -> str:
    """SQL of the sum of amounts, as text; 0.00 where there is none."""
    return f"coalesce(sum({amount}), 0)::decimal(38, 2)::varchar"


def _good(i: int, column: Column, pattern: str | None = None) -> str:
    if pattern is not None:
        return f"({_good(i, column)} and (r{i} is null or regexp_matches(r{i}, {literal(pattern)})))"
    bounds = [f"t{i} >= {column.min!r}"] if column.min is not None else []
    bounds += [f"t{i} <= {column.max!r}"] if column.max is not None else []
    within = " and ".join([f"t{i} is not null", *bounds])
    if column.is_mandatory:
        return f"({within})" if bounds else within
    if column.type == "text" and column.domain is None and column.pattern is None and not _is_code(column):
        return "true"
    return f"(r{i} is null or ({within}))"


def _offsets(cells: Cells) -> str:
    """JSON of the offsets that time stamps carried: column -> minutes. Only a rare spelling can have one."""
    stamps = [(i, c) for i, c in enumerate(cells.dataset.columns) if c.type == "ts" and c.name in cells.expressions]
    if not stamps:
        return "null::varchar"
    maybe = " or ".join(f"h{i}.o <> ''" for i, _ in stamps)
    pairs = ", ".join(f"{literal(c.name)}, if(t{i} is null, null, hufu_offset(h{i}.o))" for i, c in stamps)
    return f"case when {maybe} then nullif(json_merge_patch('{{}}', json_object({pairs}))::varchar, '{{}}') end"


def faults_sql(cells: Cells, con: duckdb.DuckDBPyConnection, keep: Sequence[str]) -> str:
    """One row per fault of a row: column, value, reason, the row's key. Rows without fault give none."""
    columns = list(enumerate(cells.dataset.columns))
    kept = "".join(f", {k}" for k in keep)
    good = " and ".join(_good(i, c, cells.patterns.get(c.name)) for i, c in columns)
    patterns = {i: cells.patterns.get(c.name) for i, c in columns}
    faults = ", ".join(_fault(i, c, patterns[i]) for i, c in columns if _good(i, c, patterns[i]) != "true")
    return f"""
with {_typed_cte(cells, _padded(cells, con), keep)},
faulty as (
  select _source_row, _sheet{kept}, {_row_key(columns)} as row_key, unnest([{faults}]) as fault
  from typed where not ({good})
)
select _source_row, _sheet{kept}, fault.column_name, fault.value, fault.reason_code, fault.reason_zh, fault.reason_en,
  row_key
from faulty where fault is not null"""


def _row_key(columns: Sequence[tuple[int, Column]]) -> str:
    """The key's values as canonical texts; null where one of them is missing or wrong."""
    return " || chr(31) || ".join(f"({_with_default(i, c)})::varchar" for i, c in columns if c.key)


def _fault(i: int, column: Column, pattern: str | None = None) -> str:
    def struct(reason: Reason) -> str:
        return (
            f"{{'column_name': {literal(column.name)}, 'value': r{i}, 'reason_code': {literal(reason.code)}, "
            f"'reason_zh': {literal(reason.zh)}, 'reason_en': {literal(reason.en)}}}"
        )

    missing = f"when r{i} is null then {struct(row_reason('required'))}" if column.is_mandatory else ""
    if pattern is not None:
        unlike = struct(row_reason("pattern", pattern=pattern))
        missing += f" when not regexp_matches(r{i}, {literal(pattern)}) then {unlike}"
    return f"case when {_good(i, column, pattern)} then null {missing} {_refined(i, column, struct)} end"


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
    arms = ""
    limits = [f">= {column.min:g}"] if column.min is not None else []
    limits += [f"<= {column.max:g}"] if column.max is not None else []
    if limits:
        arms += f"when t{i} is not null then {struct(row_reason('range', range=', '.join(limits)))} "
    if column.type == "money":
        arms += f"when h{i} is not null then {struct(row_reason('scale'))} "
    return f"{arms}else {wrong_type}"
