"""Workbooks and what calls itself one: tables that the worker parsed, loaded from where it wrote them.

Belongs here: the worker's sheets as heads and as the table `source`. Does not belong here: parsing (`worker`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.landing.archives import opened_zip
from pipelines.landing.reading.grid import MAX_SHEET_COLUMNS, ROW, WrittenSheet
from pipelines.landing.reading.repair import repaired_text
from pipelines.landing.reading.table import (
    BROKEN_TEXT,
    Head,
    Loaded,
    Pick,
    blank_record,
    column_names,
    create_broken,
)
from pipelines.landing.reading.workers import Workers
from pipelines.landing.reasons import SetAside, set_aside
from pipelines.landing.text import BLANKS, MAX_RATIO, MAX_UNPACKED_BYTES, RATIO_MATTERS_FROM_BYTES
from pipelines.sql import ident, literal

if TYPE_CHECKING:
    import duckdb
    import pyarrow

MAX_SHEET_BYTES = 2 * 1024**3


@dataclass
class WorkbookSource:
    """Sheets of a file, parsed. Cells are the texts that their values have, whatever their format shows."""

    sheets: tuple[WrittenSheet, ...]
    heads: tuple[Head, ...]

    @classmethod
    def open(cls, path: Path, kind: str, work: Path, workers: Workers) -> WorkbookSource:
        if kind == "workbook":
            _refuse_bomb(path)
        sheets = _distinctly_named(workers.read_sheets(path, kind, work))
        plain = [Head(sheet.head, sheet=sheet.name, merges=sheet.merges) for sheet in sheets]
        repaired = [
            Head(sheet.repaired_head, sheet=sheet.name, merges=sheet.merges, is_repaired=True)
            for sheet in sheets
            if sheet.repaired_head is not None
        ]
        return cls(sheets, (*plain, *repaired))

    def load(self, con: duckdb.DuckDBPyConnection, picks: Sequence[Pick]) -> Loaded:
        names = column_names(_union([pick.names for pick in picks]))
        described = "".join(f", {ident(name)} varchar" for name in names)
        con.execute(
            f"create or replace temp table loaded (_record bigint, _source_row bigint, _sheet varchar{described})"
        )
        create_broken(con, [])
        sheets = {sheet.name: sheet for sheet in self.sheets}
        loading = _Loading(con, names, has_sheets=len(picks) > 1)
        for pick in picks:
            loading.add(sheets[pick.head.sheet or ""], pick)
        con.execute("create or replace temp view source as select * from loaded")
        read = {pick.head.sheet for pick in picks}
        was_repaired = any(pick.head.is_repaired for pick in picks)
        used = [sheet for name, sheet in sheets.items() if name in read]
        present = {mark for sheet in used for mark in sheet.blanks}
        (broken,) = con.execute("select count(*) from broken").fetchone()
        return Loaded(
            names,
            BLANKS if was_repaired else tuple(mark for mark in BLANKS if mark in present),
            has_plus=was_repaired or any(sheet.has_plus for sheet in used),
            records=loading.records,
            broken=broken,
            has_sheets=loading.has_sheets,
            unread_sheets=tuple(name for name in sheets if name not in read),
            repaired_cells=loading.repaired_cells,
        )


@dataclass
class _Loading:
    """Sheets on their way into the table `loaded`."""

    con: duckdb.DuckDBPyConnection
    names: tuple[str, ...]
    has_sheets: bool
    records: int = 0
    repaired_cells: int = 0

    def add(self, sheet: WrittenSheet, pick: Pick) -> None:
        import pyarrow

        for path, width in sheet.parts:
            if width > MAX_SHEET_COLUMNS:
                raise set_aside("too_many_columns", count=width, limit=MAX_SHEET_COLUMNS)
            with pyarrow.memory_map(path) as mapped, pyarrow.ipc.open_stream(mapped) as stream:
                table: pyarrow.Table = stream.read_all()
                if pick.head.is_repaired:
                    table, count = _repaired(table, pick.header_record)
                    self.repaired_cells += count
                self.con.register("part", table)
                try:
                    self._add_part(pick, width)
                finally:
                    self.con.unregister("part")
                    del table

    def _add_part(self, pick: Pick, width: int) -> None:
        """Records with cells beyond the header are broken; blank ones are nothing."""
        shown = literal(pick.head.sheet) if self.has_sheets else "null"
        own = pick.names
        inside, outside = _cells(0, min(width, len(own))), _cells(len(own), width)
        below_header = f"{ROW} > {pick.header_record}"
        overflows = _has_text(outside)
        if outside:
            prefix = f"{literal(pick.head.sheet + ': ')} || " if self.has_sheets and pick.head.sheet else ""
            listed = ", ".join(f"coalesce({cell}, '')" for cell in _cells(0, width))
            self.con.execute(
                f"insert into broken select {ROW}, 'field_count', "
                f"left({prefix}to_json([{listed}])::varchar, {BROKEN_TEXT}) "
                f"from part where {below_header} and {overflows} order by {ROW}"
            )
        place = {name.casefold(): f"c{i}" for i, name in enumerate(own) if i < width}
        cells = "".join(f", {place.get(name.casefold(), 'null')}" for name in self.names)
        (added,) = self.con.execute(
            f"insert into loaded select {self.records} + row_number() over (), {ROW}, {shown}{cells} "
            f"from part where {below_header} and not {overflows} and {_has_text(inside)}"
        ).fetchone()
        self.records += added


def _cells(first: int, end: int) -> list[str]:
    return [f"c{i}" for i in range(first, end)]


def _has_text(cells: Sequence[str]) -> str:
    """Whether any of the cells is more than blanks. The first cell that is filled nearly always tells."""
    if not cells:
        return "false"
    first = f"coalesce({', '.join(cells)})"
    blanks = literal("".join(BLANKS))
    return (
        f"case when {first} is null then false when not contains({blanks}, left({first}, 1)) then true "
        f"else not ({blank_record(cells, BLANKS)}) end"
    )


def _repaired(table: pyarrow.Table, header_record: int) -> tuple[pyarrow.Table, int]:
    """The table with texts put right that had been decoded wrongly, and how many of them are below the header."""
    import pyarrow

    count = 0

    def batches() -> Iterator[pyarrow.RecordBatch]:
        nonlocal count
        for batch in table.to_batches():
            columns = [batch.column(0)]
            above = sum(number.as_py() <= header_record for number in batch.column(0)[:header_record])
            for column in batch.columns[1:]:
                texts = column.to_pylist()
                repaired = [repaired_text(text) if text else None for text in texts]
                count += sum(text is not None for text in repaired[above:])
                columns.append(pyarrow.array([new or old for new, old in zip(repaired, texts, strict=True)], "string"))
            yield pyarrow.record_batch(columns, schema=table.schema)

    return pyarrow.Table.from_batches(batches(), table.schema), count


def _distinctly_named(sheets: Sequence[WrittenSheet]) -> tuple[WrittenSheet, ...]:
    named: dict[str, WrittenSheet] = {}
    for number, sheet in enumerate(sheets, start=1):
        name = sheet.name if sheet.name and sheet.name not in named else f"{sheet.name}({number})"
        named[name] = replace(sheet, name=name)
    return tuple(named.values())


def _union(rows: Sequence[Sequence[str]]) -> list[str]:
    names: dict[str, str] = {}
    for row in rows:
        for name in row:
            names.setdefault(name.casefold(), name)
    return list(names.values())


def _refuse_bomb(path: Path) -> None:
    with path.open("rb") as stream:
        if stream.read(2) != b"PK":
            return
    try:
        with opened_zip(path) as archive:
            sizes = [(info.file_size, info.compress_size) for info in archive.infolist()]
    except SetAside as error:
        raise set_aside("unreadable_workbook", detail=error.reason.en) from error
    unpacked, packed = sum(size for size, _ in sizes), sum(size for _, size in sizes)
    absurd = unpacked > RATIO_MATTERS_FROM_BYTES and unpacked > packed * MAX_RATIO
    if unpacked > min(MAX_SHEET_BYTES, MAX_UNPACKED_BYTES) or absurd:
        raise set_aside("bomb", size=unpacked)
