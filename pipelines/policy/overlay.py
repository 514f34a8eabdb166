"""A company's own policy tables, laid over the shipped ones.

A folder holds `<table>.csv` (or .xlsx), which replaces the shipped table, and `<table>.add.csv` (or .xlsx), whose rows
are added to it. Belongs here: finding and reading those files, and putting them where the seeds take them from. Does
not belong here: what is wrong with them (`check`).
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.landing.text import guess_encoding
from pipelines.policy.tables import PolicyTable, policy_tables
from pipelines.sql import ident, literal

if TYPE_CHECKING:
    import duckdb

OVERLAY_SCHEMA = "policy_overlay"
SUFFIXES = (".csv", ".xlsx")
_ADDITIONS = ".add"
_EXPLANATION = {".md", ".txt"}


# Excel writes it before the header when it saves with a separator that is not the locale's.
_SEPARATOR_LINE = re.compile(r"sep=.?")


class UnreadablePolicy(ValueError):
    """A file of the folder cannot be read as a table at all; why, and what to do, in both languages."""

    def __init__(self, zh: str, en: str, line: int | None = None) -> None:
        super().__init__(en)
        self.zh, self.en, self.line = zh, en, line


@dataclass(frozen=True)
class PolicyFile:
    """One file of the folder. rows: (line number, cells as text by header word); header as written, on header_line.

    has_decimal_commas: whether its cells are parted by semicolons, as where the comma is the decimal mark.
    """

    path: Path
    table: str
    is_addition: bool
    header: tuple[str, ...]
    rows: tuple[tuple[int, Mapping[str, str]], ...]
    header_line: int
    has_decimal_commas: bool


def policy_paths(folder: Path) -> list[Path]:
    """Every file of the folder that could be meant as a policy table."""
    return [
        path
        for path in sorted(folder.iterdir())
        if path.is_file() and not path.name.startswith((".", "~$")) and path.suffix.lower() not in _EXPLANATION
    ]


def table_of(path: Path) -> tuple[str, bool]:
    """Which table a file is meant for by its name, and whether its rows are added."""
    name = path.name[: -len(path.suffix)] if path.suffix else path.name
    is_addition = name.endswith(_ADDITIONS)
    return name.removesuffix(_ADDITIONS), is_addition


def read_policy_file(path: Path) -> PolicyFile:
    """The cells of one file. Raises UnreadablePolicy."""
    table, is_addition = table_of(path)
    delimiter, grid = _workbook_grid(path) if path.suffix.lower() == ".xlsx" else _text_grid(path)
    grid = [(line, cells) for line, cells in grid if any(cells)]
    if grid and _SEPARATOR_LINE.fullmatch(grid[0][1][0]):
        grid = grid[1:]
    if not grid:
        raise UnreadablePolicy("文件是空的;第一行应为列名", "the file is empty; its first line must name the columns")
    line, words = grid[0]
    while not words[-1]:
        words = words[:-1]
    header = tuple(word or f"(column {k})" for k, word in enumerate(words, 1))
    rows = tuple(
        (line, {name: cells[k] if k < len(cells) else "" for k, name in enumerate(header)} | _surplus(header, cells))
        for line, cells in grid[1:]
    )
    return PolicyFile(path, table, is_addition, header, rows, line, delimiter == ";")


def _surplus(header: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    """Cells beyond the last column, under a name that no table has."""
    return {f"(column {k + 1})": cell for k, cell in enumerate(cells) if k >= len(header) and cell}


def _text_grid(path: Path) -> tuple[str, list[tuple[int, list[str]]]]:
    data = path.read_bytes()
    encoding, mark = guess_encoding(data)
    try:
        text = data[mark:].decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadablePolicy(
            f"既不是 UTF-8 也不是 GB18030 文本(第 {mark + error.start + 1} 个字节);请另存为“CSV UTF-8”",
            f"neither UTF-8 nor GB18030 text (byte {mark + error.start + 1}); save it as CSV UTF-8",
        ) from error
    header = next((line for line in text.splitlines() if line.strip(" ,;\t") and not _SEPARATOR_LINE.match(line)), "")
    delimiter = max(",;\t", key=header.count)
    # Strict: otherwise a quotation mark that is never closed swallows the rest of the file.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    grid: list[tuple[int, list[str]]] = []
    began = 1
    try:
        for cells in reader:
            grid.append((began, [cell.strip() for cell in cells]))
            began = reader.line_num + 1
    except csv.Error as error:
        raise UnreadablePolicy(
            "引号没有配对;含逗号或引号的单元格,前后加引号,其中的引号写两遍",
            "the quotation marks do not pair; put a cell with a comma or a quotation mark into quotation marks, and "
            "write those inside it twice",
            began,
        ) from error
    return delimiter, grid


def _workbook_grid(path: Path) -> tuple[str, list[tuple[int, list[str]]]]:
    from datetime import date, datetime

    from python_calamine import CalamineError, CalamineWorkbook

    def text(value: object) -> str:
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, float):
            # As many digits as a spreadsheet shows: the sum of 0.1 and 0.2 is 0.3.
            return str(int(value)) if value.is_integer() else f"{value:.15g}"
        if isinstance(value, datetime):
            return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat(sep=" ")
        return value.isoformat() if isinstance(value, date) else str(value).strip()

    try:
        rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, OSError, ValueError) as error:
        raise UnreadablePolicy(
            "不能作为工作簿打开,可能已损坏或有密码;请去掉密码,重新存为 .xlsx",
            "cannot be opened as a workbook, it may be damaged or have a password; save it as .xlsx without one",
        ) from error
    return "", [(number, [text(cell) for cell in cells]) for number, cells in enumerate(rows, 1)]


def policy_fingerprint(folder: Path | None) -> str:
    """Changes exactly when a file of the folder changes; the same for no folder and an empty one."""
    digest = hashlib.sha256()
    for path in policy_paths(folder) if folder and folder.is_dir() else ():
        digest.update(f"{path.name}\n{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


def write_overlay(con: duckdb.DuckDBPyConnection, tables: Mapping[str, Sequence[Mapping[str, str | None]]]) -> None:
    """Put checked rows (canonical texts by column, None = empty) where the seeds take them from."""
    con.execute(f"create schema if not exists {OVERLAY_SCHEMA}")
    for name, rows in tables.items():
        create_policy_table(con, f"{OVERLAY_SCHEMA}.{ident(name)}", policy_tables()[name], rows)


def create_policy_table(
    con: duckdb.DuckDBPyConnection, relation: str, table: PolicyTable, rows: Iterable[Mapping[str, str | None]]
) -> None:
    """A typed table of canonical texts."""
    columns = ", ".join(f"{ident(column)} {kind}" for column, kind in table.types.items())
    con.execute(f"create or replace table {relation} ({columns})")
    values = [f"({', '.join(literal(row.get(column)) for column in table.types)})" for row in rows]
    if values:
        con.execute(f"insert into {relation} values {', '.join(values)}")
