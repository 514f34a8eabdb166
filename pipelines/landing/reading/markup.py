"""Tables that call themselves workbooks but are markup: HTML, MHTML, the XML of Excel 2003. Runs in the worker only.

Belongs here: markup to grids, as a stream, so that memory does not grow with the file.
Does not belong here: workbooks proper (`spreadsheets`), cells as texts (`cells`).
"""

from __future__ import annotations

import codecs
import email
import email.policy
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.parsers import expat

from pipelines.landing.reading.grid import MAX_SHEET_COLUMNS, Grid, Merge
from pipelines.landing.reading.table import first_line
from pipelines.landing.reasons import SetAside, set_aside
from pipelines.landing.text import HEAD_BYTES, guess_encoding, line_of

# What spreadsheets hold at most; markup can claim any number.
MAX_SHEET_ROWS = 1_048_576
# A browser's limits.
_MAX_COLSPAN, _MAX_ROWSPAN = 1_000, 65_534
_CHUNK = 256 * 1024
_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_.:-]+)""", re.IGNORECASE)
_CHINESE_CODES = ("gb2312", "gbk", "gb18030", "gb_2312-80", "x-gbk", "cp936", "windows-936")
_UNICODE = ("utf-8", "utf8", "utf-16", "utf16", "unicode")

Row = list[Any]


def open_html(path: Path) -> Iterator[Grid]:
    """Every table of a web page. One inside another is a table of its own."""
    encoding, skip = _encoding(path)
    return _html_grids(_decoded(path, encoding, skip))


def open_mhtml(path: Path) -> Iterator[Grid]:
    """The tables of every web page in a "single file web page"."""
    with path.open("rb") as stream:
        message = email.message_from_binary_file(stream, policy=email.policy.compat32)
    number = 0
    for part in message.walk():
        if part.get_content_type() != "text/html":
            continue
        content = part.get_payload(decode=True) or b""
        encoding, skip = _encoding_of(content[:HEAD_BYTES], part.get_content_charset())
        for grid in _html_grids(iter([_decode(content[skip:], encoding)])):
            number += 1
            grid.name = _table_name(number)
            yield grid


def open_spreadsheetml(path: Path) -> Iterator[Grid]:
    """The sheets of an Excel 2003 XML file."""
    encoding, skip = _encoding(path)
    return _Stream(_SheetParser(), _decoded(path, encoding, skip)).grids()


# ---------------------------------------------------------------------------------------------- characters


def _encoding(path: Path) -> tuple[str, int]:
    with path.open("rb") as stream:
        return _encoding_of(stream.read(HEAD_BYTES), None)


def _encoding_of(head: bytes, declared: str | None) -> tuple[str, int]:
    """The encoding and the length of its mark. What a page says of itself is believed where its bytes cannot tell."""
    guessed, mark = guess_encoding(head)
    found = _DECLARED.search(head[:4096])
    name = (declared or (found.group(1).decode("ascii") if found else "")).lower()
    if guessed == "utf-8" and not mark and head.isascii() and name in _CHINESE_CODES:
        return "gb18030", 0
    if mark or guessed != "gb18030":
        return guessed, mark
    if name in _CHINESE_CODES or name.startswith(_UNICODE) or not name:
        return "gb18030", 0
    try:
        codecs.lookup(name)
    except LookupError:
        return "gb18030", 0
    return name, 0


def _decoded(path: Path, encoding: str, skip: int) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    offset = skip
    with path.open("rb") as stream:
        stream.seek(skip)
        while True:
            chunk = stream.read(_CHUNK)
            pending = len(decoder.getstate()[0])
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                place = offset - pending + error.start
                line = line_of(path, place)
                raise set_aside("encoding", offset=place, line=line, encoding=encoding.upper()) from error
            yield text
            if not chunk:
                return
            offset += len(chunk)


def _decode(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise set_aside("encoding", offset=error.start, line=line, encoding=encoding.upper()) from error


# ---------------------------------------------------------------------------------------------- a stream of grids


@dataclass
class _Table:
    """A table while its cells come in."""

    name: str
    rows: list[Row] = field(default_factory=list)
    """Finished and not yet taken."""
    merges: list[Merge] = field(default_factory=list)
    is_finished: bool = False
    height: int = 0
    row: Row | None = None
    hanging: dict[int, int] = field(default_factory=dict)
    """Column -> rows that a merge from above still covers there."""

    def begin_row(self) -> None:
        self.end_row()
        self.row = []

    def skip_to_row(self, position: int) -> None:
        if position > MAX_SHEET_ROWS:
            raise set_aside("unreadable_workbook", detail=f"row {position}, beyond the {MAX_SHEET_ROWS} of a sheet")
        while self.height < position - 1:
            self.begin_row()
            self.end_row()

    def add_cell(self, value: Any, across: int, down: int, position: int | None = None) -> None:
        """A cell that covers `across` columns and `down` rows; at the next free column, or at `position` (from 1)."""
        if self.row is None:
            self.begin_row()
        assert self.row is not None
        if position is not None:
            self._fill_to(position - 1)
        while self.hanging.get(len(self.row)):
            self.row.append("")
        left = len(self.row)
        self._fill_to(left + across, limit_only=True)
        self.row.append(value)
        self.row += [""] * (across - 1)
        if across > 1 or down > 1:
            self.merges.append((self.height, left, self.height + down - 1, left + across - 1))
            if down > 1:
                self.hanging.update({column: down for column in range(left, left + across)})

    def _fill_to(self, width: int, limit_only: bool = False) -> None:
        if width > MAX_SHEET_COLUMNS:
            raise set_aside("too_many_columns", count=width, limit=MAX_SHEET_COLUMNS)
        if not limit_only and self.row is not None and len(self.row) < width:
            self.row += [""] * (width - len(self.row))

    def end_row(self) -> None:
        if self.row is None:
            return
        self.rows.append(self.row)
        self.row = None
        self.height += 1
        self.hanging = {column: left - 1 for column, left in self.hanging.items() if left > 1}

    def finish(self) -> None:
        self.end_row()
        self.is_finished = True


class _Stream:
    """Feeds text to a parser and hands out the tables that it finds, in the order in which they begin."""

    def __init__(self, parser: _HtmlParser | _SheetParser, texts: Iterator[str]) -> None:
        self._parser = parser
        self._texts = texts

    def grids(self) -> Iterator[Grid]:
        done = 0
        while True:
            while done == len(self._parser.tables):
                if not self._feed():
                    return
            table = self._parser.tables[done]
            done += 1
            yield Grid(table.name, self._rows(table), table.merges)

    def _rows(self, table: _Table) -> Iterator[Row]:
        while True:
            rows, table.rows = table.rows, []
            yield from rows
            if table.is_finished and not table.rows:
                return
            if not table.rows and not self._feed():
                table.finish()

    def _feed(self) -> bool:
        text = next(self._texts, None)
        if text is None:
            self._parser.close()
            return False
        self._parser.feed(text)
        return True


# ---------------------------------------------------------------------------------------------- HTML


def _table_name(number: int) -> str:
    return f"table{number}"


def _html_grids(texts: Iterator[str]) -> Iterator[Grid]:
    return _Stream(_HtmlParser(), texts).grids()


class _HtmlParser:
    """The target of lxml's HTML parser, which puts right what pages get wrong."""

    _BREAKS = ("br", "p", "div", "li")
    _SILENT = ("script", "style", "head", "title")

    def __init__(self) -> None:
        from lxml import etree

        self.tables: list[_Table] = []
        self._open: list[tuple[_Table, list[Any]]] = []
        """Tables around the present place, with the cell that is open in each: its texts and spans."""
        self._silent = 0
        self._failure: SetAside | None = None
        self._parser = etree.HTMLParser(target=self._Target(self), huge_tree=True, no_network=True)
        self._parse_error = etree.LxmlError
        self._is_closed = False

    class _Target:
        """An error inside a callback would be lost in the library, so it is kept for later."""

        def __init__(self, owner: _HtmlParser) -> None:
            self._owner = owner

        def start(self, tag: str, attributes: Any) -> None:
            self._owner.guarded(self._owner.start, tag, attributes)

        def end(self, tag: str) -> None:
            self._owner.guarded(self._owner.end, tag)

        def data(self, data: str) -> None:
            self._owner.data(data)

        def comment(self, text: str) -> None:
            pass

        def close(self) -> None:
            pass

    def guarded(self, call: Callable[..., None], *values: Any) -> None:
        if self._failure is None:
            try:
                call(*values)
            except SetAside as error:
                self._failure = error

    def feed(self, text: str) -> None:
        self._parser.feed(text)
        self._raise_failure()

    def close(self) -> None:
        if self._is_closed:
            return
        self._is_closed = True
        try:
            self._parser.close()
        except self._parse_error as error:
            raise set_aside("unreadable_workbook", detail=first_line(error)) from error
        self._raise_failure()
        for table, _ in self._open:
            table.finish()

    def _raise_failure(self) -> None:
        if self._failure is not None:
            raise self._failure

    def start(self, tag: str, attributes: Any) -> None:
        if tag in self._SILENT:
            self._silent += 1
        elif tag == "table":
            table = _Table(_table_name(len(self.tables) + 1))
            self.tables.append(table)
            self._open.append((table, []))
        elif not self._open:
            return
        elif tag in ("td", "th"):
            self._end_cell()
            table, cell = self._open[-1]
            across = _span(attributes.get("colspan"), _MAX_COLSPAN)
            cell += [[], across, _span(attributes.get("rowspan"), _MAX_ROWSPAN)]
        elif tag == "tr":
            self._end_cell()
            self._open[-1][0].begin_row()
        elif tag in self._BREAKS and self._open[-1][1]:
            self._open[-1][1][0].append("\n")

    def end(self, tag: str) -> None:
        if tag in self._SILENT:
            self._silent -= 1
        elif not self._open:
            return
        elif tag in ("td", "th"):
            self._end_cell()
        elif tag == "tr":
            self._end_cell()
            self._open[-1][0].end_row()
        elif tag == "table":
            self._end_cell()
            self._open.pop()[0].finish()

    def data(self, text: str) -> None:
        if self._open and self._open[-1][1] and not self._silent:
            # A line end of the page is a blank; those of `br` stand alone.
            self._open[-1][1][0].append(text.replace("\r", " ").replace("\n", " "))

    def _end_cell(self) -> None:
        table, cell = self._open[-1]
        if cell:
            texts, across, down = cell
            cell.clear()
            table.add_cell(_page_text(texts), across, down)


def _span(text: str | None, limit: int) -> int:
    digits = (text or "").strip()
    if not digits.isascii() or not digits.isdigit():
        return 1
    return min(max(int(digits[:9]), 1), limit)


def _page_text(texts: list[str]) -> str:
    if len(texts) == 1 and "  " not in texts[0]:
        return texts[0].strip(" \n\t")
    lines = "".join(texts).split("\n")
    return "\n".join(re.sub("[ \t]+", " ", line).strip(" \t") for line in lines).strip("\n")


# ---------------------------------------------------------------------------------------------- SpreadsheetML 2003

_NAMESPACE = "urn:schemas-microsoft-com:office:spreadsheet"


class _SheetParser:
    """Excel 2003 XML by expat. A document type, and with it every entity of one's own, is refused."""

    def __init__(self) -> None:
        self.tables: list[_Table] = []
        self._parser = expat.ParserCreate("utf-8", namespace_separator=" ")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._data
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._texts: list[str] | None = None
        self._kind = "String"
        self._cell: tuple[int, int, int | None] | None = None
        self._comments = 0
        self._is_workbook = False
        self._is_closed = False

    def feed(self, text: str) -> None:
        self._parse(text.encode("utf-8", "replace"), False)

    def close(self) -> None:
        if not self._is_closed:
            self._is_closed = True
            self._parse(b"", True)
            for table in self.tables:
                table.finish()

    def _parse(self, data: bytes, is_final: bool) -> None:
        try:
            self._parser.Parse(data, is_final)
        except expat.ExpatError as error:
            raise set_aside("truncated", detail=first_line(error)) from error

    def _doctype(self, *_: Any) -> None:
        raise set_aside("entities")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        space, _, tag = name.rpartition(" ")
        if not self._is_workbook:
            if tag != "Workbook":
                raise set_aside("not_a_table")
            self._is_workbook = True
        if space != _NAMESPACE:
            return
        if tag == "Worksheet":
            if self.tables:
                self.tables[-1].finish()
            number = len(self.tables) + 1
            self.tables.append(_Table(attributes.get(f"{_NAMESPACE} Name") or f"Sheet{number}"))
            return
        if not self.tables:
            return
        table = self.tables[-1]
        if tag == "Row":
            position = _number(attributes.get(f"{_NAMESPACE} Index"))
            if position is not None:
                table.skip_to_row(position)
            table.begin_row()
        elif tag == "Cell":
            across = _number(attributes.get(f"{_NAMESPACE} MergeAcross")) or 0
            down = _number(attributes.get(f"{_NAMESPACE} MergeDown")) or 0
            if across >= MAX_SHEET_COLUMNS:
                raise set_aside("too_many_columns", count=across, limit=MAX_SHEET_COLUMNS)
            position = _number(attributes.get(f"{_NAMESPACE} Index"))
            self._cell = (across + 1, min(down, MAX_SHEET_ROWS) + 1, position)
            self._texts, self._kind = [], "Empty"
        elif tag == "Comment":
            self._comments += 1
        elif tag == "Data" and self._texts is not None and not self._comments:
            self._kind = attributes.get(f"{_NAMESPACE} Type", "String")

    def _end(self, name: str) -> None:
        space, _, tag = name.rpartition(" ")
        if space != _NAMESPACE or not self.tables:
            return
        if tag == "Cell" and self._cell is not None:
            across, down, position = self._cell
            value = _typed("".join(self._texts or ()), self._kind)
            self.tables[-1].add_cell(value, across, down, position)
            self._cell, self._texts = None, None
        elif tag == "Comment":
            self._comments -= 1
        elif tag == "Row":
            self.tables[-1].end_row()
        elif tag == "Worksheet":
            self.tables[-1].finish()

    def _data(self, text: str) -> None:
        if self._texts is not None and self._kind != "Empty" and not self._comments:
            self._texts.append(text)


def _typed(text: str, kind: str) -> Any:
    """The value of a cell by its declared type. A whole number keeps its spelling: the file holds all its digits."""
    if kind == "Number" and not re.fullmatch("-?[0-9]+", text):
        try:
            return float(text)
        except ValueError:
            return text
    if kind == "DateTime":
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            return text
        # The day before the first one stands for no day.
        return moment.time() if moment.year < 1900 else moment
    if kind == "Boolean":
        return text.strip() == "1"
    return None if kind == "Error" else text


def _number(text: str | None) -> int | None:
    if text is None or not text.isascii() or not text.isdigit():
        return None
    return int(text[:9])
