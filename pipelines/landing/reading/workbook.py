"""Workbooks: xlsx, xlsm, xlsb, xls and ods.

Belongs here: sheets, typed cells as texts. Does not belong here: meaning of headers.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.landing.reading.table import (
    BROKEN_TEXT,
    HEAD_RECORDS,
    Head,
    Loaded,
    Pick,
    Record,
    column_names,
    create_broken,
    fill_source,
    first_line,
    is_filled,
)
from pipelines.landing.reasons import SetAside, set_aside
from pipelines.landing.text import MAX_RATIO, MAX_UNPACKED_BYTES, RATIO_MATTERS_FROM_BYTES

if TYPE_CHECKING:
    import duckdb

MAX_SHEET_BYTES = 2 * 1024**3


@dataclass
class WorkbookSource:
    """xlsx, xlsm, xlsb, xls and ods by content. Cells become the text that their value has, not their format."""

    path: Path
    heads: tuple[Head, ...]
    sheets: dict[str, Any] = field(repr=False)

    @classmethod
    def open(cls, path: Path) -> WorkbookSource:
        import python_calamine

        with _workbook_errors():
            _refuse_bomb(path)
            book = python_calamine.CalamineWorkbook.from_path(str(path))
            sheets = {name: book.get_sheet_by_name(name) for name in book.sheet_names}
            heads = []
            for name, sheet in sheets.items():
                rows = [tuple(cell_text(c) or "" for c in row) for row in islice(sheet.iter_rows(), HEAD_RECORDS)]
                heads.append(Head(tuple(rows), sheet=name, merges=_head_merges(sheet)))
        return cls(path, tuple(heads), sheets)

    def load(self, con: duckdb.DuckDBPyConnection, picks: Sequence[Pick]) -> Loaded:
        names = tuple(column_names(_union([pick.names for pick in picks])))
        several = len(picks) > 1
        broken: list[tuple[int, str, str]] = []

        def records() -> Iterator[Record]:
            for pick in picks:
                sheet = self.sheets[pick.head.sheet or ""]
                shown = pick.head.sheet if several else None
                place = {name.casefold(): i for i, name in enumerate(pick.names)}
                order = [place.get(name.casefold()) for name in names]
                width = len(pick.names)
                for number, row in enumerate(sheet.iter_rows(), start=1):
                    if number <= pick.header_record:
                        continue
                    cells = [cell_text(cell) for cell in row]
                    if not any(map(is_filled, cells)):
                        continue
                    if any(map(is_filled, cells[width:])):
                        where = f"{shown}: " if shown else ""
                        text = where + json.dumps([cell or "" for cell in cells], ensure_ascii=False)
                        broken.append((number, "field_count", text[:BROKEN_TEXT]))
                        continue
                    yield number, shown, [cells[i] if i is not None and i < len(cells) else None for i in order]

        with _workbook_errors():
            _, count = fill_source(con, lambda: names, records())
        create_broken(con, broken)
        read = {pick.head.sheet for pick in picks}
        unread = tuple(s for s in self.sheets if s not in read)
        return Loaded(names, records=count, broken=len(broken), has_sheets=several, unread_sheets=unread)


@contextmanager
def _workbook_errors() -> Iterator[None]:
    """The library raises errors of many kinds, and panics that are no Exception, for what it cannot read."""
    import duckdb

    try:
        yield
    except (SetAside, MemoryError, duckdb.Error):
        raise
    except Exception as error:
        raise set_aside("unreadable_workbook", detail=first_line(error)) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise set_aside("unreadable_workbook", detail=first_line(error)) from error


def _union(rows: Sequence[Sequence[str]]) -> list[str]:
    names: dict[str, str] = {}
    for row in rows:
        for name in row:
            names.setdefault(name.casefold(), name)
    return list(names.values())


def _head_merges(sheet: Any) -> tuple[tuple[int, int, int, int], ...]:
    """The library gives blank rows at the top but leaves out blank columns at the left."""
    first_column = sheet.start[1] if sheet.start else 0
    merges = []
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        if top < HEAD_RECORDS and right >= first_column:
            merges.append((top, max(left - first_column, 0), bottom, right - first_column))
    return tuple(sorted(merges))


def cell_text(cell: Any) -> str | None:
    """The canonical text of a typed cell. Whole numbers have no `.0`; dates are ISO; text stays as it is."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, str):
        return cell.replace("_x000D_", "").replace("\0", "")
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, (int, float)):
        return number_text(float(cell)) if isinstance(cell, float) else str(cell)
    if isinstance(cell, datetime):
        # A serial number holds no exact second: 09:00 can come back as 08:59:59.999999.
        snapped = cell + timedelta(microseconds=500)
        snapped = snapped.replace(microsecond=snapped.microsecond // 1000 * 1000)
        return snapped.isoformat(sep=" ", timespec="milliseconds" if snapped.microsecond else "seconds")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, time):
        return cell.isoformat(timespec="seconds")
    if isinstance(cell, timedelta):
        minutes, seconds = divmod(round(cell.total_seconds()), 60)
        return f"{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}"
    return str(cell)


def number_text(value: float) -> str:
    """A spreadsheet number as text: the 15 digits that spreadsheets hold. What had more stays visible as E+."""
    if value != value or value in (float("inf"), float("-inf")):
        return str(value)
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    if abs(value) >= 1e15:
        return f"{value:.14E}"
    text = f"{value:.15g}"
    if "e" in text:
        text = f"{value:.20f}".rstrip("0")
    return text


def _refuse_bomb(path: Path) -> None:
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        sizes = [(info.file_size, info.compress_size) for info in archive.infolist()]
    unpacked, packed = sum(size for size, _ in sizes), sum(size for _, size in sizes)
    absurd = unpacked > RATIO_MATTERS_FROM_BYTES and unpacked > packed * MAX_RATIO
    if unpacked > min(MAX_SHEET_BYTES, MAX_UNPACKED_BYTES) or absurd:
        raise set_aside("bomb", size=unpacked)
