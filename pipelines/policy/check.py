"""What is wrong with a company's policy tables, in words that whoever keeps them understands.

Belongs here: every check of values against the tables' constraints, and the resulting rows in canonical form.
Does not belong here: reading the files (`overlay`) and what a policy does to the data.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from pathlib import Path

from pipelines.contract import load_contract
from pipelines.policy.overlay import PolicyFile, UnreadablePolicy, policy_paths, read_policy_file, table_of
from pipelines.policy.registry import registry
from pipelines.policy.tables import PolicyTable, policy_tables

Row = dict[str, str | None]
_TRUE, _FALSE = {"true", "yes", "y", "1", "是", "真", "启用"}, {"false", "no", "n", "0", "否", "假", "停用"}
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?: 00:00(?::00)?)?")
_FAR = date(9999, 12, 31)


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


def check_policy(folder: Path | None) -> CheckedPolicy:
    """Check the shipped tables with the folder laid over them; a folder that does not exist changes nothing.

    Nothing of a folder with faults may be used.
    """
    faults: list[Fault] = []
    files: dict[tuple[str, bool], PolicyFile] = {}
    for path in policy_paths(folder) if folder and folder.is_dir() else ():
        name, is_addition = table_of(path)
        if name not in policy_tables():
            faults.append(_unknown_table(path, name))
            continue
        try:
            file = read_policy_file(path)
        except UnreadablePolicy as error:
            faults.append(Fault(path.name, None, "", "", f"无法读取({error})", f"cannot be read ({error})"))
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
        faults += _row_faults(policy_tables()[name], rows, placed)
    changed = {name for name, _ in files}
    tables = {name: tuple(row.cells for row in rows) for name, rows in placed.items() if name in changed}
    return CheckedPolicy(tables, tuple(sorted(faults, key=lambda f: (f.file, f.line or 0, f.column))))


@dataclass(frozen=True)
class _Placed:
    """A canonical row and where it stands."""

    file: str
    line: int
    cells: Row
    misread: frozenset[str]
    """Columns whose value could not be read: they are empty, but that is not their fault."""


def _unknown_table(path: Path, name: str) -> Fault:
    if path.suffix.lower() not in (".csv", ".xlsx"):
        return Fault(
            path.name, None, "", "", "不是政策表:只读取 .csv 和 .xlsx 文件,请移走或另存",
            "is no policy table: only .csv and .xlsx files are read; move it away or save it as one of them",
        )  # fmt: skip
    near = get_close_matches(name, policy_tables(), n=1)
    hint_zh = f",是否指{near[0]}?" if near else ";`hufu policy tables` 列出全部表名"
    hint_en = f"; did you mean {near[0]}?" if near else "; `hufu policy tables` lists them"
    return Fault(
        path.name, None, "", "", f"没有名为{name}的政策表{hint_zh}", f"there is no policy table {name!r}{hint_en}"
    )


def _effective(table: PolicyTable, files: Mapping[tuple[str, bool], PolicyFile], faults: list[Fault]) -> list[_Placed]:
    """The rows of a table once the folder is laid over it, values in canonical form."""
    replacing, adding = files.get((table.name, False)), files.get((table.name, True))
    rows: list[_Placed] = []
    # Where the company's own table cannot be used, other tables are still judged by the shipped one: one fault, once.
    if replacing is not None and _header_fits(table, replacing, faults):
        rows += _canonical(table, replacing.path.name, replacing.rows, faults)
    else:
        shipped = ((k, row) for k, row in enumerate(table.shipped_rows(), 2))
        rows += _canonical(table, f"{table.name}.csv", shipped, faults)
    if adding is not None and _header_fits(table, adding, faults):
        rows += _canonical(table, adding.path.name, adding.rows, faults)
    return rows


def _header_fits(table: PolicyTable, file: PolicyFile, faults: list[Fault]) -> bool:
    found = len(faults)
    for column in file.header:
        if column not in table.types:
            near = get_close_matches(column, table.types, n=1)
            zh = f",是否指{near[0]}?" if near else f";该表的列为:{'、'.join(table.types)}"
            en = f"; did you mean {near[0]}?" if near else f"; it has: {', '.join(table.types)}"
            faults.append(
                Fault(file.path.name, 1, column, "", f"该表没有这一列{zh}", f"the table has no such column{en}")
            )
    for column in table.types:
        if column not in file.header and column in table.required:
            faults.append(
                Fault(file.path.name, 1, column, "", "缺少这一列,该表必须有它", "is missing; the table needs it")
            )
    if len(set(file.header)) < len(file.header):
        faults.append(Fault(file.path.name, 1, "", "", "有两列同名", "two columns have the same name"))
    return len(faults) == found


def _canonical(
    table: PolicyTable, file: str, rows: Iterable[tuple[int, Mapping[str, str]]], faults: list[Fault]
) -> Iterable[_Placed]:
    for line, cells in rows:
        row: Row = dict.fromkeys(table.types)
        misread = set()
        for column, cell in cells.items():
            if column not in table.types:
                zh, en = "多出的单元格,检查是否有未加引号的逗号", "a cell too many; is there a comma without quotes?"
                faults.append(Fault(file, line, column, cell, f"“{cell}”是{zh}", f"{cell!r} is {en}"))
            elif cell:
                row[column] = _value(table.types[column], cell)
                if row[column] is None:
                    misread.add(column)
                    zh, en = _expected(table.types[column])
                    faults.append(Fault(file, line, column, cell, f"“{cell}”{zh}", f"{cell!r} {en}"))
        yield _Placed(file, line, row, frozenset(misread))


def _value(kind: str, cell: str) -> str | None:
    """The cell in canonical form; None where it is not of that kind."""
    if kind == "varchar":
        return cell
    if kind == "boolean":
        word = cell.lower()
        return "true" if word in _TRUE else "false" if word in _FALSE else None
    if kind == "date":
        match = _DATE.fullmatch(cell)
        try:
            return date(*map(int, match.groups())).isoformat() if match else None
        except ValueError:
            return None
    try:
        number = Decimal(cell.replace(",", "").removesuffix("%"))
    except InvalidOperation:
        return None
    if not number.is_finite() or cell.endswith("%"):
        return None
    if kind in ("integer", "bigint") and number != number.to_integral_value():
        return None
    return format(number, "f")


def _expected(kind: str) -> tuple[str, str]:
    return {
        "boolean": ("应为 true 或 false(是/否)", "must be true or false"),
        "date": ("不是日期,请写成 2026-07-01", "is not a date; write it as 2026-07-01"),
        "integer": ("应为整数", "must be a whole number"),
        "bigint": ("应为整数", "must be a whole number"),
    }.get(kind, ("应为数字,不带百分号和单位", "must be a number, without percent sign or unit"))


def _row_faults(
    table: PolicyTable, rows: Sequence[_Placed], placed: Mapping[str, Sequence[_Placed]]
) -> Iterable[Fault]:
    for row in rows:
        yield from _cell_faults(table, row, placed)
    yield from _key_faults(table, rows)


def _cell_faults(table: PolicyTable, row: _Placed, placed: Mapping[str, Sequence[_Placed]]) -> Iterable[Fault]:
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
        if column in table.ranges:
            low, high = table.ranges[column]
            if not Decimal(str(low)) <= Decimal(value) <= Decimal(str(high)):
                yield fault(column, f"{value}应在{low}到{high}之间", f"{value} must lie between {low} and {high}")
        known = _known_values(table, column, row.cells, placed)
        if known is not None and value not in known:
            near = get_close_matches(value, known, n=1)
            zh = f",是否指{near[0]}?" if near else f";有:{'、'.join(sorted(known)[:12]) or '无'}"
            en = f"; did you mean {near[0]}?" if near else f"; there are: {', '.join(sorted(known)[:12]) or 'none'}"
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
    return {value for row in placed[target] if (value := row.cells[target_column]) is not None}


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
