"""Files as companies' systems write them, from rows of plain values.

Belongs here: workbooks with title rows, merged header rows and data; CSV in any encoding; HTML and TSV under an `.xls`
name; JSON lines. Does not belong here: any vendor's columns (`builders_<vendor>`).
"""

from __future__ import annotations

import csv
import html
import io
import json
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

Group = tuple[str, tuple[str, ...]]
"""A header cell that spans several cells of the row below it."""
Header = Sequence[str | Group]
Row = Mapping[str, Any]
"""Values by column: `leaf` where the column has no group, else `group.leaf`."""


@dataclass(frozen=True)
class Sheet:
    """One table: title rows, a header of one or two rows, data."""

    name: str
    header: Header
    rows: Sequence[Row]
    titles: tuple[str, ...] = ()
    filler: Any = None
    """What stands in a cell that a row does not name."""
    header_rows: int = 0
    """0 = two rows where the header has a group, else one."""
    tail: tuple[tuple[Any, ...], ...] = ()
    """Rows below the data as they stand in the file, such as totals."""

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(
            name
            for cell in self.header
            for name in ([cell] if isinstance(cell, str) else [f"{cell[0]}.{leaf}" for leaf in cell[1]])
        )

    @property
    def depth(self) -> int:
        return self.header_rows or (1 if all(isinstance(cell, str) for cell in self.header) else 2)

    def grid(self) -> list[list[Any]]:
        """Every row of the file, as the cells that a merge leaves filled."""
        width = len(self.columns)
        rows: list[list[Any]] = [[title, *[None] * (width - 1)] for title in self.titles]
        top: list[Any] = []
        below: list[Any] = []
        for cell in self.header:
            group, leaves = (None, ()) if isinstance(cell, str) else cell
            top += [cell] if group is None else [group, *[None] * (len(leaves) - 1)]
            below += [None] if group is None else leaves
        rows += [top, below][: self.depth]
        rows += [self.cells(row) for row in self.rows]
        return rows + [[*cells, *[None] * (width - len(cells))] for cells in self.tail]

    def cells(self, row: Row) -> list[Any]:
        """The cells of one data row. Raises KeyError for a column that the header lacks."""
        if unknown := set(row) - set(self.columns):
            raise KeyError(f"sheet {self.name} has no column {', '.join(sorted(unknown))}")
        return [row.get(name, self.filler) for name in self.columns]

    def merges(self) -> list[tuple[int, int, int, int]]:
        """first row, first column, last row, last column of every merged range, 1-based."""
        width, ranges = len(self.columns), []
        for number in range(1, len(self.titles) + 1):
            ranges.append((number, 1, number, width))
        first, column = len(self.titles) + 1, 1
        for cell in self.header:
            if isinstance(cell, str):
                if self.depth == 2:
                    ranges.append((first, column, first + 1, column))
                column += 1
            else:
                ranges.append((first, column, first, column + len(cell[1]) - 1))
                column += len(cell[1])
        return [r for r in ranges if r[:2] != r[2:]]


def workbook(*sheets: Sheet, merged: bool = True) -> bytes:
    """An xlsx of the sheets."""
    book = Workbook()
    book.remove(book.active)
    for sheet in sheets:
        page: Worksheet = book.create_sheet(sheet.name)
        for row in sheet.grid():
            page.append(row)
        for first, left, last, right in sheet.merges() if merged else ():
            page.merge_cells(start_row=first, start_column=left, end_row=last, end_column=right)
        page.freeze_panes = f"{get_column_letter(2)}{len(sheet.titles) + sheet.depth + 1}"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def with_dimension(content: bytes, dimension: str) -> bytes:
    """The same workbook, whose sheets claim to be as large as `dimension` says."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        changed = 0
        for info in source.infolist():
            data = source.read(info)
            if info.filename.startswith("xl/worksheets/sheet"):
                text, count = re.subn(rb'<dimension ref="[^"]*"', f'<dimension ref="{dimension}"'.encode(), data)
                data, changed = text, changed + count
            target.writestr(info, data)
    if not changed:
        raise ValueError("no sheet states its dimension")
    return stream.getvalue()


def delimited(sheet: Sheet, encoding: str = "utf-8", delimiter: str = ",", newline: str = "\r\n") -> bytes:
    """The sheet as text: what a merge leaves empty is empty. `utf-8-sig` writes a mark at the beginning."""
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=delimiter, lineterminator=newline)
    writer.writerows([[_text(cell) for cell in row] for row in sheet.grid()])
    return stream.getvalue().encode(encoding)


def html_table(sheet: Sheet, encoding: str = "utf-8") -> bytes:
    """The sheet as the HTML page that some systems save under an `.xls` name."""
    spans = {(top, left): (bottom - top + 1, right - left + 1) for top, left, bottom, right in sheet.merges()}
    covered = {
        (row, column)
        for top, left, bottom, right in sheet.merges()
        for row in range(top, bottom + 1)
        for column in range(left, right + 1)
        if (row, column) != (top, left)
    }
    lines = []
    for number, row in enumerate(sheet.grid(), start=1):
        cells = []
        for column, value in enumerate(row, start=1):
            if (number, column) in covered:
                continue
            tall, wide = spans.get((number, column), (1, 1))
            marks = (f' rowspan="{tall}"' if tall > 1 else "") + (f' colspan="{wide}"' if wide > 1 else "")
            text = html.escape(_text(value)).replace("\n", "<br>")
            cells.append(f"<td{marks}>{text}</td>")
        lines.append(f"<tr>{''.join(cells)}</tr>")
    page = (
        f'<html><head><meta http-equiv="Content-Type" content="text/html; charset={encoding}"></head><body>'
        f'<table border="1">{chr(10).join(lines)}</table></body></html>'
    )
    return page.encode(encoding)


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    return str(cell).lower() if isinstance(cell, bool) else str(cell)


def json_lines(objects: Iterable[Mapping[str, Any]]) -> bytes:
    return "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in objects).encode("utf-8")
