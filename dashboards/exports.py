"""The one way that rows leave the dashboards as a file.

Belongs here: CSV and XLSX of a result that the access layer gave out, safe to open in a spreadsheet.
Does not belong here: choosing rows; a file holds exactly what its page may show.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from dashboards.access import Result
from dashboards.i18n import is_missing
from pipelines.spreadsheet import safe_text, workbook_text


def _cell(value: Any) -> Any:
    if is_missing(value):
        return None
    if isinstance(value, bool | int | float | Decimal | date | datetime):
        return value
    return safe_text(str(value))


def to_csv(result: Result, labels: Mapping[str, str]) -> bytes:
    """UTF-8 with a byte order mark, so that spreadsheets read Chinese."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow([safe_text(labels.get(column, column)) for column in result.columns])
    for row in result.rows:
        writer.writerow(["" if (cell := _cell(value)) is None else cell for value in row])
    return b"\xef\xbb\xbf" + buffer.getvalue().encode("utf-8")


def to_xlsx(result: Result, labels: Mapping[str, str], about: Sequence[tuple[str, str]]) -> bytes:
    """One sheet of rows and one that says where they come from; text is stored as text, never as a formula."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("data")
    sheet.freeze_panes = "A2"
    sheet.append([_text_cell(sheet, labels.get(column, column), bold=True) for column in result.columns])
    for row in result.rows:
        sheet.append([_sheet_cell(sheet, value) for value in row])
    note = book.create_sheet("about")
    for name, value in about:
        note.append([_text_cell(note, name, bold=True), _text_cell(note, value)])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _sheet_cell(sheet: Any, value: Any) -> Any:
    cell = _cell(value)
    if isinstance(cell, str):
        return _text_cell(sheet, cell)
    if isinstance(cell, datetime):
        return cell.replace(tzinfo=None)
    return cell


def _text_cell(sheet: Any, text: str, *, bold: bool = False) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, value=None)
    cell.value = workbook_text(safe_text(text))
    cell.data_type = "s"
    if bold:
        cell.font = Font(bold=True)
    return cell


def file_stem(result: Result, role: str) -> str:
    """A name that says what is inside, from which publication, and for whom."""
    return f"hufu-{result.publication_id}-{result.query}-{role}"
