"""A company's own policy tables, laid over the shipped ones.

A folder holds `<table>.csv` (or .xlsx), which replaces the shipped table, and `<table>.add.csv` (or .xlsx), whose rows
are added to it. Belongs here: finding and reading those files, and putting them where the seeds take them from. Does
not belong here: what is wrong with them (`check`).
"""

from __future__ import annotations

import csv
import hashlib
import io
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


class UnreadablePolicy(ValueError):
    """A file of the folder cannot be read as a table at all."""


@dataclass(frozen=True)
class PolicyFile:
    """One file of the folder. rows: (line number, cells as text by header word); header as written."""

    path: Path
    table: str
    is_addition: bool
    header: tuple[str, ...]
    rows: tuple[tuple[int, Mapping[str, str]], ...]


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
    grid = _workbook_grid(path) if path.suffix.lower() == ".xlsx" else _text_grid(path)
    while grid and not any(grid[0][1]):
        grid = grid[1:]
    if not grid:
        raise UnreadablePolicy(f"{path.name} is empty; its first line must name the columns")
    header = tuple(grid[0][1])
    rows = tuple(
        (line, {name: cells[k] if k < len(cells) else "" for k, name in enumerate(header)} | _surplus(header, cells))
        for line, cells in grid[1:]
        if any(cells)
    )
    return PolicyFile(path, table, is_addition, header, rows)


def _surplus(header: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    """Cells beyond the last column, under a name that no table has."""
    return {f"(column {k + 1})": cell for k, cell in enumerate(cells) if k >= len(header) and cell}


def _text_grid(path: Path) -> list[tuple[int, list[str]]]:
    data = path.read_bytes()
    encoding, mark = guess_encoding(data)
    try:
        text = data[mark:].decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadablePolicy(
            f"{path.name} is neither UTF-8 nor GB18030 text (byte {error.start}); save it as CSV UTF-8"
        ) from error
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        return [(reader.line_num, [cell.strip() for cell in cells]) for cells in reader]
    except csv.Error as error:
        raise UnreadablePolicy(f"{path.name}, line {reader.line_num}: {error}") from error


def _workbook_grid(path: Path) -> list[tuple[int, list[str]]]:
    from datetime import date, datetime

    from python_calamine import CalamineError, CalamineWorkbook

    def text(value: object) -> str:
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, float) and value.is_integer():
            return str(int(value))
        if isinstance(value, datetime):
            return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat(sep=" ")
        return value.isoformat() if isinstance(value, date) else str(value).strip()

    try:
        rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, OSError, ValueError) as error:
        raise UnreadablePolicy(f"{path.name} cannot be opened as a workbook: {error}") from error
    return [(number, [text(cell) for cell in cells]) for number, cells in enumerate(rows, 1)]


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
