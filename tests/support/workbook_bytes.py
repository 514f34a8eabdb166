"""Bytes of workbooks that openpyxl does not write: old .xls files, and xlsx files with altered parts.

Belongs here: building files. Does not belong here: what must become of them.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Sequence

import openpyxl

Rows = Sequence[Sequence[object]]

_SECTOR = 512
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
# Streams below this size would lie in another stream.
_SMALLEST_STREAM = 4096


def xlsx(rows: Rows, **sheets: Rows) -> bytes:
    """A workbook whose first sheet is named Sheet."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(list(row))
    for name, more in sheets.items():
        page = book.create_sheet(name)
        for row in more:
            page.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def with_part(book: bytes, part: str, pattern: bytes, replacement: bytes) -> bytes:
    """The workbook with a part of it rewritten. Fails where nothing was to rewrite."""
    out = io.BytesIO()
    done = 0
    with zipfile.ZipFile(io.BytesIO(book)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            content = before.read(name)
            if name == part:
                content, done = re.subn(pattern, lambda _: replacement, content, count=1)
            after.writestr(name, content)
    assert done == 1, f"{part} has no {pattern!r}"
    return out.getvalue()


def xls(rows: Rows, *, merges: Sequence[tuple[int, int, int, int]] = (), records: bytes = b"") -> bytes:
    """A workbook of Excel 97 with one sheet. Byte strings are stored as they are, as if they were Latin-1.

    `merges` are top, left, bottom, right from 0. `records` come first in the workbook's stream.
    """
    globals_ = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0x0DBB, 0x07CC, 0, 6)) + records
    globals_ += _record(0x0042, struct.pack("<H", 1200))
    name = _record(0x0085, bytes(6) + _short("Sheet1"))
    offset = len(globals_) + len(name) + 4
    name = _record(0x0085, struct.pack("<IH", offset, 0) + _short("Sheet1"))
    return ole("Workbook", globals_ + name + _record(0x000A, b"") + _sheet(rows, merges))


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _short(text: str) -> bytes:
    return struct.pack("<BB", len(text), 1) + text.encode("utf-16-le")


def _sheet(rows: Rows, merges: Sequence[tuple[int, int, int, int]]) -> bytes:
    parts = [_record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0x0DBB, 0x07CC, 0, 6))]
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            place = struct.pack("<HHH", number, column, 0)
            if isinstance(cell, (int, float)):
                parts.append(_record(0x0203, place + struct.pack("<d", cell)))
            elif isinstance(cell, bytes):
                parts.append(_record(0x0204, place + struct.pack("<HB", len(cell), 0) + cell))
            elif cell is not None:
                text = str(cell)
                parts.append(_record(0x0204, place + struct.pack("<HB", len(text), 1) + text.encode("utf-16-le")))
    if merges:
        ranges = b"".join(struct.pack("<HHHH", top, bottom, left, right) for top, left, bottom, right in merges)
        parts.append(_record(0x00E5, struct.pack("<H", len(merges)) + ranges))
    return b"".join(parts) + _record(0x000A, b"")


def ole(name: str, stream: bytes) -> bytes:
    """The container of old Office files, with one stream."""
    stream = stream.ljust(_SMALLEST_STREAM, b"\0")
    stream += bytes(-len(stream) % _SECTOR)
    sectors = len(stream) // _SECTOR
    chain = [*range(1, sectors), _END, _END]
    tables = 1
    while (len(chain) + tables) * 4 > tables * _SECTOR:
        tables += 1
    assert tables <= 109, "too big for the header's own list"
    fat = chain + [_FAT] * tables
    fat += [_FREE] * (tables * _SECTOR // 4 - len(fat))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, tables, sectors, 0, 4096, _END, 0, _END, 0)
    header += struct.pack("<109I", *range(sectors + 1, sectors + 1 + tables), *[_FREE] * (109 - tables))
    directory = _entry("Root Entry", 5, 1, _END, 0) + _entry(name, 2, _FREE, 0, len(stream))
    return header + stream + directory.ljust(_SECTOR, b"\0") + struct.pack(f"<{len(fat)}I", *fat)


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    raw = (name + "\0").encode("utf-16-le")
    entry = raw.ljust(64, b"\0") + struct.pack("<HBB", len(raw), kind, 1)
    return entry + struct.pack("<III", _FREE, _FREE, child) + bytes(36) + struct.pack("<IQ", start, size)
