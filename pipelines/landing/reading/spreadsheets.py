"""Workbooks of spreadsheet programs as grids: xlsx, xlsm, xlsb and ods, xls of any age. Runs in the worker only.

Belongs here: which library opens a workbook, its sheets, their cells and merges. Macros are never run, formulas give
the value that was saved with them.
Does not belong here: text that calls itself a workbook (`markup`), cells as texts (`cells`).
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import time
from pathlib import Path
from typing import Any

from pipelines.landing.reading.grid import Grid, Merge
from pipelines.landing.reading.table import first_line
from pipelines.landing.reasons import SetAside, set_aside

OLE = b"\xd0\xcf\x11\xe0"
# Beginnings of an old workbook that some exporters write without the container around it.
BARE_STREAMS = (
    b"\x09\x08\x10\x00",
    b"\x09\x08\x08\x00",
    b"\x09\x04\x06\x00",
    b"\x09\x02\x06\x00",
    b"\x09\x00\x04\x00",
)
# What newer workbooks with a password are packed into.
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")


def open_workbook(path: Path) -> Iterable[Grid]:
    """The sheets of a workbook, one after the other. Raises SetAside where no reader opens it, then or on the way."""
    with path.open("rb") as stream:
        is_old = stream.read(2) != b"PK"
    if not is_old:
        return _by_calamine(path)
    if _ENCRYPTED_STREAM in path.read_bytes():
        raise set_aside("password")
    try:
        return list(_by_calamine(path))
    except SetAside as refused:
        if refused.reason.code == "password":
            raise
        return _by_xlrd(path, refused.reason.en)


def _by_calamine(path: Path) -> Iterator[Grid]:
    import python_calamine

    with _library_errors():
        book = python_calamine.CalamineWorkbook.from_path(str(path))
    for number, sheet in enumerate(book.sheets_metadata):
        if sheet.typ == python_calamine.SheetTypeEnum.WorkSheet:
            with _library_errors():
                table = book.get_sheet_by_index(number)
                grid = Grid(sheet.name, table.iter_rows(), _calamine_merges(table))
            yield grid


def _calamine_merges(sheet: Any) -> list[Merge]:
    """The library gives blank rows at the top but leaves out blank columns at the left."""
    first_column = sheet.start[1] if sheet.start else 0
    return [
        (top, max(left - first_column, 0), bottom, right - first_column)
        for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()
        if right >= first_column
    ]


def _by_xlrd(path: Path, before: str) -> list[Grid]:
    """Old and malformed .xls files. Without its formats a workbook still has its cells, but not its merges."""
    import xlrd

    book = None
    for with_formats in (True, False):
        try:
            book = xlrd.open_workbook(
                str(path), logfile=io.StringIO(), ignore_workbook_corruption=True, formatting_info=with_formats
            )
            break
        except Exception as error:
            # Damaged structures make the library fail in every way that Python can.
            if "encrypted" in str(error):
                raise set_aside("password") from error
            if not with_formats:
                raise set_aside("unreadable_workbook", detail=f"{before}; {first_line(error)}") from error
    if book is None or not any(sheet.nrows for sheet in book.sheets()):
        raise set_aside("unreadable_workbook", detail=before)
    return [
        Grid(
            sheet.name,
            ([_xlrd_cell(book, cell) for cell in sheet.row(row)] for row in range(sheet.nrows)),
            [(top, left, bottom - 1, right - 1) for top, bottom, left, right in sheet.merged_cells],
        )
        for sheet in book.sheets()
    ]


def _xlrd_cell(book: Any, cell: Any) -> Any:
    import xlrd

    if cell.ctype == xlrd.XL_CELL_DATE:
        try:
            moment = xlrd.xldate.xldate_as_datetime(cell.value, book.datemode)
        except (ValueError, OverflowError):
            return cell.value
        if 0 <= cell.value < 1:
            return time(moment.hour, moment.minute, moment.second)
        return moment
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return bool(cell.value)
    return None if cell.ctype == xlrd.XL_CELL_ERROR else cell.value


@contextmanager
def _library_errors() -> Iterator[None]:
    """The library raises errors of many kinds, and panics that are no Exception, for what it cannot read."""
    import python_calamine

    try:
        yield
    except (SetAside, MemoryError):
        raise
    except python_calamine.PasswordError as error:
        raise set_aside("password") from error
    except Exception as error:
        raise set_aside("unreadable_workbook", detail=first_line(error)) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise set_aside("unreadable_workbook", detail=first_line(error)) from error
