"""Bytes of files as finance, shop and CRM systems write them: workbooks, workbooks in name only, texts.

Belongs here: file formats and their usual damage. Does not belong here: what stands in the cells.
"""

from __future__ import annotations

import csv
import html
import io
import re
import struct
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import openpyxl

Cell = Any
Rows = Sequence[Sequence[Cell]]

_SECTOR = 512
_FREE, _END_OF_CHAIN, _FAT_SECTOR = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
# Below this size a stream would lie in the container's mini stream.
_SMALLEST_STREAM = 4096


@dataclass(frozen=True)
class Sheet:
    """One sheet: its cells from the first row on, and its merged ranges (`A1:I1`)."""

    name: str
    rows: Rows
    merges: tuple[str, ...] = ()


def mojibake(text: str) -> str:
    """The text as a reader shows it that takes GBK bytes for Latin-1."""
    return text.encode("gb18030").decode("latin-1")


def xlsx(*sheets: Sheet, dimension: str | None = "kept") -> bytes:
    """A workbook. `dimension` replaces what the sheets say of their own size; None takes it away."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for sheet in sheets:
        page = book.create_sheet(sheet.name)
        for number, row in enumerate(sheet.rows, start=1):
            for column, cell in enumerate(row, start=1):
                if cell is not None:
                    page.cell(number, column, cell)
        for merge in sheet.merges:
            page.merge_cells(merge)
    buffer = io.BytesIO()
    book.save(buffer)
    if dimension == "kept":
        return buffer.getvalue()
    said = f'<dimension ref="{dimension}"/>' if dimension else ""
    return _rewritten(buffer.getvalue(), r"<dimension ref=\"[^\"]*\"\s*/>", said)


def _rewritten(book: bytes, pattern: str, replacement: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            content = before.read(name)
            if name.startswith("xl/worksheets/"):
                text, changes = re.subn(pattern, replacement, content.decode("utf-8"))
                assert changes == 1, f"{name} names its size {changes} times"
                content = text.encode("utf-8")
            after.writestr(name, content)
    return out.getvalue()


# ------------------------------------------------------------ real .xls (BIFF8, OLE2)


def xls(*sheets: Sheet, is_gbk_in_latin1: bool = False, has_container: bool = True) -> bytes:
    """A workbook of Excel 97. With `is_gbk_in_latin1` its texts hold GBK bytes where the format means Latin-1.

    Without its container it is what some bookkeeping systems write: the records alone.
    """
    starts = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0x0DBB, 0x07CC, 0, 6))
    starts += _record(0x0042, struct.pack("<H", 1200))
    end = _record(0x000A, b"")
    names = [_short_text(sheet.name) for sheet in sheets]
    offset = len(starts) + sum(len(_record(0x0085, bytes(6) + name)) for name in names) + len(end)
    pages = [_page(sheet, is_gbk_in_latin1) for sheet in sheets]
    bounds = b""
    for name, page in zip(names, pages, strict=True):
        bounds += _record(0x0085, struct.pack("<IH", offset, 0) + name)
        offset += len(page)
    stream = starts + bounds + end + b"".join(pages)
    return _ole(stream) if has_container else stream


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _short_text(text: str) -> bytes:
    return struct.pack("<BB", len(text), 1) + text.encode("utf-16-le")


def _page(sheet: Sheet, is_gbk_in_latin1: bool) -> bytes:
    width = max(map(len, sheet.rows))
    out = [_record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0x0DBB, 0x07CC, 0, 6))]
    out.append(_record(0x0200, struct.pack("<IIHHH", 0, len(sheet.rows), 0, width, 0)))
    for row, cells in enumerate(sheet.rows):
        for column, cell in enumerate(cells):
            place = struct.pack("<HHH", row, column, 0)
            if isinstance(cell, int | float):
                out.append(_record(0x0203, place + struct.pack("<d", cell)))
            elif cell is not None:
                out.append(_record(0x0204, place + _text(str(cell), is_gbk_in_latin1)))
    if sheet.merges:
        ranges = [openpyxl.utils.cell.range_boundaries(merge) for merge in sheet.merges]
        cells = b"".join(
            struct.pack("<HHHH", top - 1, low - 1, left - 1, right - 1) for left, top, right, low in ranges
        )
        out.append(_record(0x00E5, struct.pack("<H", len(ranges)) + cells))
    out.append(_record(0x000A, b""))
    return b"".join(out)


def _text(text: str, is_gbk_in_latin1: bool) -> bytes:
    if is_gbk_in_latin1:
        raw = text.encode("gb18030")
        return struct.pack("<HB", len(raw), 0) + raw
    return struct.pack("<HB", len(text), 1) + text.encode("utf-16-le")


def _ole(stream: bytes) -> bytes:
    """The container of old Office files with one stream named Workbook."""
    stream = stream.ljust(_SMALLEST_STREAM, b"\0")
    stream += bytes(-len(stream) % _SECTOR)
    sectors = len(stream) // _SECTOR
    chain = [*range(1, sectors), _END_OF_CHAIN, _END_OF_CHAIN]  # the stream, then the directory
    fat_sectors = 1
    while (len(chain) + fat_sectors) * 4 > fat_sectors * _SECTOR:
        fat_sectors += 1
    assert fat_sectors <= 109, "the workbook is too big for the header's own list"
    fat = chain + [_FAT_SECTOR] * fat_sectors
    fat += [_FREE] * (fat_sectors * _SECTOR // 4 - len(fat))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, fat_sectors, sectors, 0, 4096, _END_OF_CHAIN, 0, _END_OF_CHAIN, 0)
    places = [sectors + 1 + i for i in range(fat_sectors)]
    header += struct.pack("<109I", *places, *[_FREE] * (109 - fat_sectors))
    directory = _entry("Root Entry", 5, child=1, start=_END_OF_CHAIN, size=0)
    directory += _entry("Workbook", 2, child=_FREE, start=0, size=len(stream))
    return header + stream + directory.ljust(_SECTOR, b"\0") + struct.pack(f"<{len(fat)}I", *fat)


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    raw = (name + "\0").encode("utf-16-le")
    entry = raw.ljust(64, b"\0") + struct.pack("<HBB", len(raw), kind, 1)
    entry += struct.pack("<III", _FREE, _FREE, child) + bytes(36)
    return entry + struct.pack("<IQ", start, size)


# ------------------------------------------------------------ .xls in name only


def html_xls(rows: Rows, encoding: str = "utf-8") -> bytes:
    """A web page that calls itself a workbook: what web systems answer to 导出."""
    lines = "".join(
        "<tr>" + "".join(f"<td>{html.escape(_shown(cell))}</td>" for cell in row) + "</tr>\n" for row in rows
    )
    page = (
        '<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head>'
        f'<meta http-equiv="Content-Type" content="text/html; charset={encoding}"></head>\n'
        f'<body><table border="1">\n{lines}</table></body></html>'
    )
    return page.encode(encoding)


def spreadsheetml_xls(name: str, rows: Rows) -> bytes:
    """The XML of Excel 2003. Empty cells are left out and the next one says its index, as Excel itself does."""
    lines = "".join(f"<Row>{''.join(_xml_cells(row))}</Row>" for row in rows)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<?mso-application progid="Excel.Sheet"?>\n'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
        'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
        f'<Worksheet ss:Name="{html.escape(name)}"><Table>{lines}</Table></Worksheet></Workbook>'
    ).encode()


def _xml_cells(row: Sequence[Cell]) -> Iterator[str]:
    skipped = False
    for position, cell in enumerate(row, start=1):
        if cell is None:
            skipped = True
            continue
        index = f' ss:Index="{position}"' if skipped else ""
        kind = "Number" if isinstance(cell, int | float) else "String"
        yield f'<Cell{index}><Data ss:Type="{kind}">{html.escape(_shown(cell))}</Data></Cell>'
        skipped = False


def mhtml_xls(rows: Rows, encoding: str = "utf-8") -> bytes:
    """A web page in one file with its parts: "single file web page" of Excel."""
    import base64

    page = base64.encodebytes(html_xls(rows, encoding)).decode("ascii")
    return (
        'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="----=_NextPart_01"\r\n\r\n'
        "------=_NextPart_01\r\nContent-Location: file:///C:/0/book.htm\r\n"
        f'Content-Transfer-Encoding: base64\r\nContent-Type: text/html; charset="{encoding}"\r\n\r\n'
        + page.replace("\n", "\r\n")
        + "\r\n------=_NextPart_01--\r\n"
    ).encode("ascii")


def delimited(
    rows: Rows, encoding: str = "utf-8", delimiter: str = ",", newline: str = "\r\n", quote_all: bool = False
) -> bytes:
    """Delimited text."""
    out = io.StringIO(newline="")
    quoting = csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL
    csv.writer(out, delimiter=delimiter, lineterminator=newline, quoting=quoting).writerows(
        [[_shown(cell) for cell in row] for row in rows]
    )
    return out.getvalue().encode(encoding)


def zipped(members: Mapping[str, bytes]) -> bytes:
    """An archive of files, as systems pack a download of several reports."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def _shown(cell: Cell) -> str:
    return "" if cell is None else str(cell)
