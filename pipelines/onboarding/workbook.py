"""Workbooks as people get them: header, colours, notes, lists to choose from, and the hidden sheet for the landing.

Belongs here: cells that are safe and legible, for every workbook of this package.
Does not belong here: which columns and rows there are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

from pipelines.landing.tag import TAG_SHEET, Tag, tag_rows
from pipelines.spreadsheet import is_plain_number, starts_formula, workbook_text

TEXT_FORMAT = "@"
REQUIRED, OPTIONAL, REASON, WRONG = "F8CBAD", "E7E6E6", "FFF2CC", "FF9999"
_NARROWEST, _WIDEST = 10, 48
_SHEET_NAME = 31
_NOT_IN_SHEET_NAMES = re.compile(r"[\[\]:*?/\\]")


@cache
def fill(colour: str) -> PatternFill:
    return PatternFill("solid", start_color=colour)


_BOLD = Font(bold=True)
_GREY = Font(color="808080")
_LINE = Side(style="thin", color="BFBFBF")
_BOX = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_TOP = Alignment(vertical="top", wrap_text=True)


def text_cell(
    sheet: Any, text: str | None, *, colour: str | None = None, bold: bool = False, grey: bool = False
) -> WriteOnlyCell:
    """A cell that holds text and stays text, whatever it begins with."""
    cell = WriteOnlyCell(sheet)
    if text is not None:
        cell.value = workbook_text(text)
        cell.data_type = "s"
        # A reader who opens the cell and presses Enter must not turn it into a formula either.
        if starts_formula(text) and not is_plain_number(text):
            cell.quotePrefix = True
    cell.number_format = TEXT_FORMAT
    cell.alignment = _TOP
    if colour is not None:
        cell.fill = fill(colour)
        cell.border = _BOX
    if bold or grey:
        cell.font = _BOLD if bold else _GREY
    return cell


def shown_width(text: str) -> int:
    """Columns of a terminal or half-width characters of a sheet that the text takes."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def set_widths(sheet: Any, rows: Sequence[Sequence[str | None]]) -> None:
    """Columns as wide as what stands in them, within reason."""
    for number, cells in enumerate(zip(*rows, strict=True), start=1):
        longest = max((shown_width(line) for cell in cells for line in (cell or "").split("\n")), default=0)
        sheet.column_dimensions[get_column_letter(number)].width = min(max(longest + 2, _NARROWEST), _WIDEST)


def sheet_name(wanted: str, taken: Iterable[str]) -> str:
    """A name that a workbook takes, close to the wanted one and different from the others."""
    base = _NOT_IN_SHEET_NAMES.sub(" ", wanted).strip("' ")[:_SHEET_NAME] or "sheet"
    used = {name.casefold() for name in taken}
    name, number = base, 2
    while name.casefold() in used:
        suffix = f" ({number})"
        name, number = base[: _SHEET_NAME - len(suffix)] + suffix, number + 1
    return name


def add_guide(book: Workbook, name: str, rows: Sequence[Sequence[str]], *, bold_rows: Iterable[int] = ()) -> Any:
    """A sheet of explanations. `bold_rows` count from 0."""
    sheet = book.create_sheet(sheet_name(name, book.sheetnames))
    bold = set(bold_rows)
    width = max(map(len, rows))
    padded = [[*row, *[""] * (width - len(row))] for row in rows]
    set_widths(sheet, [row for row in padded if row[1:2] != [""]] or padded)
    for number, row in enumerate(rows):
        sheet.append([text_cell(sheet, text, bold=number in bold) for text in row])
    return sheet


def add_tag(book: Workbook, tag: Tag) -> None:
    sheet = book.create_sheet(TAG_SHEET)
    for row in tag_rows(tag):
        sheet.append([text_cell(sheet, text) for text in row])
    sheet.sheet_state = "hidden"


def save(book: Workbook, out: Path) -> None:
    """Write the file whole or not at all."""
    out.parent.mkdir(parents=True, exist_ok=True)
    beside = out.with_name(f".{out.name}.tmp")
    try:
        book.save(beside)
        beside.replace(out)
    finally:
        beside.unlink(missing_ok=True)
