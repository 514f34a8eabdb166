"""What is wrong with a company's policy tables, in words that whoever keeps them understands.

Belongs here: every check of values against the tables' constraints, and the resulting rows in canonical form.
Does not belong here: reading the files (`overlay`) and what a policy does to the data.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.contract import load_contract
from pipelines.policy.overlay import SUFFIXES, PolicyFile, UnreadablePolicy, policy_paths, read_policy_file, table_of
from pipelines.policy.registry import registry
from pipelines.policy.tables import PolicyTable, policy_tables
from pipelines.sql import literal

if TYPE_CHECKING:
    import duckdb

    from pipelines.settings import Settings

# Whom and what there is, by the name of its kind: employees, org_units, countries, job_families.
Masters = Mapping[str, Set[str]]
_MASTER_WORDS = {
    "employees": ("员工", "employees"),
    "org_units": ("组织单元", "org units"),
    "countries": ("国家", "countries"),
    "job_families": ("岗位族", "job families"),
}
# Units in which a rule's limit is a part of the whole: 95 is not 0.95.
FRACTIONS = frozenset({"paid fraction", "share of tickets"})
Row = dict[str, str | None]
_TRUE, _FALSE = {"true", "yes", "y", "1", "是", "真", "启用"}, {"false", "no", "n", "0", "否", "假", "停用"}
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?: 0?0:00(?::00)?)?")
_FIRST_YEAR = 1900
_FAR = date(9999, 12, 31)
_NUMBER = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:,\d{3})+|(?=\.))(?:\.\d+)?(?:[eE][+-]?\d{1,3})?")
# Where the comma is the decimal mark, nobody can tell 1.500 from 1500.
_DOTTED_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:\.\d{3})+")
_DECIMAL = re.compile(r"decimal\((\d+), ?(\d+)\)")
_WHOLE_BITS = {"integer": 31, "bigint": 63}
_UNPRINTABLE = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f]")
_NOUN = re.compile(r"\{(\D\w*)\}")


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong. line: None where it concerns the whole file; column and value: empty likewise."""

    file: str
    line: int | None
    column: str
    value: str
    zh: str
    en: str

    def sentence(self, language: str) -> str:
        """Where, what, and what to do."""
        if language == "zh":
            place = (
                self.file + (f" 第{self.line}行" if self.line else "") + (f"“{self.column}”列" if self.column else "")
            )
            return f"{place}:{self.zh}"
        place = (
            self.file
            + (f", line {self.line}" if self.line else "")
            + (f", column {self.column}" if self.column else "")
        )
        return f"{place}: {self.en}"


@dataclass(frozen=True)
class CheckedPolicy:
    """The tables that the folder changes, whole and canonical, and everything that is wrong with it."""

    tables: Mapping[str, tuple[Row, ...]]
    faults: tuple[Fault, ...]


class _Misread(ValueError):
    """A cell is not of its column's type; what it should be, in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


def check_settings(settings: Settings, masters: Masters | None = None) -> CheckedPolicy:
    """Check the folder that the settings name. Only the default one may be missing: a mistyped name would silently
    put the shipped policy in the place of the company's.
    """
    folder = settings.policy_dir
    if folder != settings.paths.policy and not folder.is_dir():
        zh, en = "没有这个文件夹;请核对 HUFU_POLICY 或 --policy", "no such folder; check HUFU_POLICY or --policy"
        return CheckedPolicy({}, (Fault(str(folder), None, "", "", zh, en),))
    return check_policy(folder, masters)


def check_policy(folder: Path | None, masters: Masters | None = None) -> CheckedPolicy:
    """Check the shipped tables with the folder laid over them; a folder that does not exist changes nothing.

    masters: what people, units, countries and job families there are; None = not known, so nobody is missed among
    them. Nothing of a folder with faults may be used.
    """
    faults: list[Fault] = []
    files: dict[tuple[str, bool], PolicyFile] = {}
    for path in policy_paths(folder) if folder and folder.is_dir() else ():
        name, is_addition = table_of(path)
        if name not in policy_tables() or path.suffix.lower() not in SUFFIXES:
            faults.append(_unknown_table(path, name))
            continue
        try:
            file = read_policy_file(path)
        except UnreadablePolicy as error:
            faults.append(Fault(path.name, error.line, "", "", error.zh, error.en))
            continue
        if (name, is_addition) in files:
            other = files[name, is_addition].path.name
            faults.append(
                Fault(path.name, None, "", "", f"与{other}是同一张表,请只保留一个文件",
                      f"is the same table as {other}; keep only one of the two files")
            )  # fmt: skip
            continue
        files[name, is_addition] = file
    placed = {name: _effective(table, files, faults) for name, table in policy_tables().items()}
    for name, rows in placed.items():
        faults += _row_faults(policy_tables()[name], rows, placed, masters or {})
    changed = {name for name, _ in files}
    for name in changed:
        faults += _pattern_faults(policy_tables()[name], placed[name])
    tables = {name: tuple(row.cells for row in rows) for name, rows in placed.items() if name in changed}
    return CheckedPolicy(tables, tuple(sorted(faults, key=lambda f: (f.file, f.line or 0, f.column))))


def check_row(name: str, cells: Mapping[str, str], place: str) -> tuple[Row, tuple[Fault, ...]]:
    """One row of a table that names no other policy table, by itself, in canonical form; and its faults."""
    faults: list[Fault] = []
    (row,) = _canonical(policy_tables()[name], place, [(0, cells)], faults)
    return row.cells, (*faults, *_cell_faults(policy_tables()[name], row, {}, {}))


@dataclass(frozen=True)
class _Placed:
    """A canonical row and where it stands."""

    file: str
    line: int
    cells: Row
    misread: frozenset[str]
    """Columns whose value could not be read: they are empty, but that is not their fault."""


def _unknown_table(path: Path, name: str) -> Fault:
    if path.suffix.lower() not in SUFFIXES:
        return Fault(
            path.name, None, "", "", "不是政策表:只读取 .csv 和 .xlsx 文件,请移走或另存",
            "is no policy table: only .csv and .xlsx files are read; move it away or save it as one of them",
        )  # fmt: skip
    near = _nearest(name, policy_tables())
    hint_zh = f",是否指{near}?" if near else ";`hufu policy tables` 列出全部表名"
    hint_en = f"; did you mean {near}?" if near else "; `hufu policy tables` lists them"
    return Fault(
        path.name, None, "", "", f"没有名为{name}的政策表{hint_zh}", f"there is no policy table {name!r}{hint_en}"
    )


def _nearest(word: str, known: Iterable[str]) -> str | None:
    """What was probably meant, whatever its case."""
    spelled = {name.casefold(): name for name in known}
    near = get_close_matches(word.casefold(), spelled, n=1)
    return spelled[near[0]] if near else None


def _effective(table: PolicyTable, files: Mapping[tuple[str, bool], PolicyFile], faults: list[Fault]) -> list[_Placed]:
    """The rows of a table once the folder is laid over it, values in canonical form."""
    replacing, adding = files.get((table.name, False)), files.get((table.name, True))
    rows: list[_Placed] = []
    # Where the company's own table cannot be used, other tables are still judged by the shipped one: one fault, once.
    if replacing is not None and _header_fits(table, replacing, faults):
        rows += _canonical(table, replacing.path.name, replacing.rows, faults, replacing.has_decimal_commas)
        if not rows and table.shipped_rows():
            faults.append(
                Fault(replacing.path.name, None, "", "",
                      "只有列名,没有数据行,整张出厂表将因此失效;请填写数据行,或移走该文件",
                      "has column names but no rows, so that nothing of the shipped table would hold; fill in its "
                      "rows, or move the file away")
            )  # fmt: skip
    else:
        shipped = ((k, row) for k, row in enumerate(table.shipped_rows(), 2))
        rows += _canonical(table, f"{table.name}.csv", shipped, faults)
    if adding is not None and _header_fits(table, adding, faults):
        rows += _canonical(table, adding.path.name, adding.rows, faults, adding.has_decimal_commas)
    return rows


def _header_fits(table: PolicyTable, file: PolicyFile, faults: list[Fault]) -> bool:
    def fault(column: str, zh: str, en: str) -> Fault:
        return Fault(file.path.name, file.header_line, column, "", zh, en)

    found = len(faults)
    for column in file.header:
        if column not in table.types:
            near = _nearest(column, table.types)
            zh = f",是否指{near}?" if near else f";该表的列为:{'、'.join(table.types)}"
            en = f"; did you mean {near}?" if near else f"; it has: {', '.join(table.types)}"
            faults.append(fault(column, f"该表没有这一列{zh}", f"the table has no such column{en}"))
    for column in table.types:
        if column not in file.header and column in table.required:
            faults.append(fault(column, "缺少这一列,该表必须有它", "is missing; the table needs it"))
    if len(set(file.header)) < len(file.header):
        faults.append(fault("", "有两列同名", "two columns have the same name"))
    return len(faults) == found


def _canonical(
    table: PolicyTable,
    file: str,
    rows: Iterable[tuple[int, Mapping[str, str]]],
    faults: list[Fault],
    has_decimal_commas: bool = False,
) -> Iterable[_Placed]:
    for line, cells in rows:
        row: Row = dict.fromkeys(table.types)
        misread = set()
        for column, cell in cells.items():
            if column not in table.types:
                zh, en = "多出的单元格,检查是否有未加引号的逗号", "a cell too many; is there a comma without quotes?"
                faults.append(Fault(file, line, column, cell, f"“{cell}”是{zh}", f"{cell!r} is {en}"))
            elif cell:
                try:
                    row[column] = _value(table.types[column], cell, has_decimal_commas)
                except _Misread as error:
                    misread.add(column)
                    faults.append(Fault(file, line, column, cell, f"“{cell}”{error.zh}", f"{cell!r} {error.en}"))
        yield _Placed(file, line, row, frozenset(misread))


def _value(kind: str, cell: str, has_decimal_commas: bool) -> str:
    """The cell in canonical form. Raises _Misread where it is not of that kind."""
    if kind == "varchar":
        if _UNPRINTABLE.search(cell):
            raise _Misread("含有不可见的控制字符,请重新输入", "holds an invisible control character; type it anew")
        return cell
    if kind == "boolean":
        word = cell.lower()
        if word not in _TRUE | _FALSE:
            raise _Misread("应为 true 或 false(是/否)", "must be true or false")
        return "true" if word in _TRUE else "false"
    if kind == "date":
        return _day(cell)
    return _number(kind, cell, has_decimal_commas)


def _day(cell: str) -> str:
    match = _DATE.fullmatch(cell)
    try:
        day = date(*map(int, match.groups())) if match else None
    except ValueError:
        day = None
    if day is None or day.year < _FIRST_YEAR:
        raise _Misread("不是日期,请写成 2026-07-01", "is not a date; write it as 2026-07-01")
    return day.isoformat()


def _number(kind: str, cell: str, has_decimal_commas: bool) -> str:
    is_ambiguous = has_decimal_commas and ("," in cell or _DOTTED_THOUSANDS.fullmatch(cell))
    if is_ambiguous or (not _NUMBER.fullmatch(cell) and _NUMBER.fullmatch(cell.replace(",", "."))):
        raise _Misread(
            "可能是小数,也可能是千位分隔;请用小数点写小数,不写千位分隔符,例如 1500 或 1.5",
            "may be a decimal or a thousand; write decimals with a point and thousands without any mark, as in 1500 "
            "or 1.5",
        )
    if not _NUMBER.fullmatch(cell):
        if kind in _WHOLE_BITS:
            raise _Misread("应为整数", "must be a whole number")
        raise _Misread("应为数字,不带百分号和单位", "must be a number, without percent sign or unit")
    number = Decimal(cell.replace(",", ""))
    if kind in _WHOLE_BITS:
        if number != number.to_integral_value():
            raise _Misread("应为整数", "must be a whole number")
        if abs(number) >= 2 ** _WHOLE_BITS[kind]:
            raise _Misread("太大了", "is too large")
    elif match := _DECIMAL.fullmatch(kind):
        digits, places = int(match[1]), int(match[2])
        if abs(number) >= Decimal(10) ** (digits - places):
            raise _Misread("太大了", "is too large")
        if round(number, places) != number:
            raise _Misread(f"最多保留{places}位小数", f"has too many digits; at most {places} stand after the point")
    return format(number, "f")


def _row_faults(
    table: PolicyTable, rows: Sequence[_Placed], placed: Mapping[str, Sequence[_Placed]], masters: Masters
) -> Iterable[Fault]:
    for row in rows:
        yield from _cell_faults(table, row, placed, masters)
    yield from _key_faults(table, rows)


def _cell_faults(
    table: PolicyTable, row: _Placed, placed: Mapping[str, Sequence[_Placed]], masters: Masters
) -> Iterable[Fault]:
    def fault(column: str, zh: str, en: str) -> Fault:
        return Fault(row.file, row.line, column, row.cells.get(column) or "", zh, en)

    for column in table.types:
        value = row.cells[column]
        if value is None:
            if column in table.required and column not in row.misread:
                yield fault(column, "不能为空", "must not be empty")
            continue
        accepted = table.accepted.get(column)
        if accepted and value not in accepted:
            yield fault(
                column,
                f"“{value}”不在允许的值之内:{'、'.join(accepted)}",
                f"{value!r} is none of: {', '.join(accepted)}",
            )
        low, high = _range(table, column, row.cells)
        if low is not None and Decimal(value) < low:
            zh, en = (f"不能小于{low}", f"must not be below {low}") if high is None else (
                f"应在{low}到{high}之间", f"must lie between {low} and {high}"
            )  # fmt: skip
            yield fault(column, f"{value}{zh}", f"{value} {en}")
        elif high is not None and Decimal(value) > high:
            yield fault(column, f"{value}应在{low}到{high}之间", f"{value} must lie between {low} and {high}")
        master = table.masters.get(column)
        if master in masters and value not in masters[master]:
            zh, en = _MASTER_WORDS[master]
            yield fault(
                column,
                f"最近一次发布的{zh}中没有“{value}”;请核对,若是新增的,先执行 hufu run",
                f"there is no {value!r} among the {en} of the last publication; check it, or `hufu run` first if new",
            )
        known = _known_values(table, column, row.cells, placed)
        if known is not None and value not in known:
            near = _nearest(value, known)
            zh = f",是否指{near}?" if near else f";有:{'、'.join(sorted(known)[:12]) or '无'}"
            en = f"; did you mean {near}?" if near else f"; there are: {', '.join(sorted(known)[:12]) or 'none'}"
            yield fault(column, f"没有“{value}”{zh}", f"there is no {value!r}{en}")
    if table.exactly_one and sum(row.cells[column] is not None for column in table.exactly_one) != 1:
        columns = table.exactly_one
        yield fault("", f"{'、'.join(columns)}中须恰好填一列", f"fill in exactly one of {', '.join(columns)}")
    start, end = row.cells.get("valid_from"), row.cells.get("valid_to")
    if start and end:
        days = (date.fromisoformat(end) - date.fromisoformat(start)).days
        if days <= 0:
            yield fault(
                "valid_to", f"失效日{end}须晚于生效日{start}(失效日当天不再有效)",
                f"{end} must be later than valid_from {start} (it is the first day on which the row no longer holds)",
            )  # fmt: skip
        elif table.longest_days and days > table.longest_days:
            last = date.fromisoformat(start) + timedelta(days=table.longest_days)
            yield fault(
                "valid_to",
                f"最长{table.longest_days}天,最晚为{last}",
                f"at most {table.longest_days} days, so {last} at the latest",
            )


def _range(table: PolicyTable, column: str, cells: Row) -> tuple[Decimal | None, Decimal | None]:
    """Lowest and highest value; None = no such end."""
    low, high = table.ranges.get(column, (None, None))
    rule = registry().get(cells.get("rule_id") or "") if table.references.get("parameter") else None
    parameter = rule.parameters.get(cells.get("parameter") or "") if rule else None
    if column == "value" and parameter and parameter.unit in FRACTIONS:
        high = 1
    return tuple(None if end is None else Decimal(str(end)) for end in (low, high))


def _pattern_faults(table: PolicyTable, rows: Sequence[_Placed]) -> Iterable[Fault]:
    """Terms that the engine could not look for, or would find in every text."""
    if table.pattern is None:
        return
    import duckdb

    column = table.pattern
    nouns = {(row.cells["language"], row.cells["context"]) for row in rows if row.cells["category"] == "noun"}
    with duckdb.connect() as con:
        for row in rows:
            term = row.cells[column] or ""
            unknown = [name for name in _NOUN.findall(term) if (row.cells["language"], name) not in nouns]
            if unknown:
                zh, en = f"没有名为{unknown[0]}的名词(noun)", f"there is no noun {unknown[0]!r}"
            elif "\\" in term:
                zh, en = "词条中不能有反斜杠", "a term must not hold a backslash"
            elif (is_everywhere := _is_everywhere(con, term)) is None:
                zh, en = "不是可用的词条,检查括号是否成对", "no pattern that can be looked for; do the brackets pair?"
            elif is_everywhere:
                zh, en = "这样写会匹配任何文字", "as it stands it would be found in every text"
            else:
                continue
            yield Fault(row.file, row.line, column, term, f"“{term}”:{zh}", f"{term!r}: {en}")


def _is_everywhere(con: duckdb.DuckDBPyConnection, term: str) -> bool | None:
    """Whether the term is found where there is no text; None = it is no pattern. Written as `expanded_term` does."""
    import duckdb

    pattern = _NOUN.sub("(?:x)", term.replace("(", "(?:").replace(".{", "[^。]{"))
    try:
        return con.execute(f"select regexp_matches('', {literal(pattern)})").fetchall() == [(True,)]
    except duckdb.Error:
        return None


def _known_values(
    table: PolicyTable, column: str, cells: Row, placed: Mapping[str, Sequence[_Placed]]
) -> set[str] | None:
    """What a column may name; None = it names nothing."""
    if column not in table.references:
        return None
    target, _, target_column = table.references[column].partition(".")
    if target == "rules":
        return set(registry())
    if target == "parameters":
        rule = registry().get(cells.get("rule_id") or "")
        return set(rule.parameters) if rule else None
    if target == "datasets":
        return {dataset.name for dataset in load_contract()}
    return {value for row in placed.get(target, ()) if (value := row.cells[target_column]) is not None}


def _key_faults(table: PolicyTable, rows: Sequence[_Placed]) -> Iterable[Fault]:
    """Rows of one key that stand twice or hold at the same time, and values that must be unique."""
    for column in table.unique:
        yield from _repeated(rows, (column,))
    if "valid_from" not in table.key:
        yield from _repeated(rows, table.key)
        return
    thing = tuple(column for column in table.key if column != "valid_from")
    latest: dict[tuple[str | None, ...], tuple[date, _Placed]] = {}
    dated = [row for row in rows if row.cells["valid_from"]]
    for row in sorted(dated, key=lambda r: r.cells["valid_from"] or ""):
        key = tuple(row.cells[column] for column in thing)
        start = date.fromisoformat(row.cells["valid_from"] or "")
        before = latest.get(key)
        if before and before[0] > start:
            end = before[0]
            named = ", ".join(value for value in key if value) or table.name
            other = f"{before[1].file}:{before[1].line}"
            until = "" if end == _FAR else f"({end})"
            yield Fault(
                row.file, row.line, "valid_from", row.cells["valid_from"] or "",
                f"{named}在{start}已有一行有效({other}{until});请先给那一行填失效日,或改为替换该行",
                f"for {named} another row is already in force on {start} ({other}{until}); "
                "end that row first by its valid_to",
            )  # fmt: skip
        end = date.fromisoformat(row.cells["valid_to"]) if row.cells.get("valid_to") else _FAR
        if before is None or end > before[0]:
            latest[key] = (end, row)


def _repeated(rows: Sequence[_Placed], columns: tuple[str, ...]) -> Iterable[Fault]:
    seen: dict[tuple[str | None, ...], _Placed] = {}
    for row in rows:
        key = tuple(row.cells[column] for column in columns)
        if key in seen:
            named, other = ", ".join(value or "" for value in key), f"{seen[key].file}:{seen[key].line}"
            yield Fault(
                row.file, row.line, ", ".join(columns), named,
                f"“{named}”重复,另见 {other}", f"{named!r} stands twice; see also {other}",
            )  # fmt: skip
        seen.setdefault(key, row)
