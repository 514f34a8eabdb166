"""JSON documents as JSON lines: a list of objects, or an object that holds exactly one, such as an API's answer.

Belongs here: finding that list and writing its elements, spelled as they are, one per line.
Does not belong here: reading the lines (`json_lines`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import IO

from pipelines.landing.reading.delimited import text_records
from pipelines.landing.reasons import set_aside
from pipelines.landing.text import MAX_LINE_BYTES, Decoded

_CHUNK_CHARACTERS = 1024 * 1024
_BLANK = re.compile(r"[ \t\r\n\ufeff]*")
# Answers of APIs wrap their list once or twice: {"data": {"items": [...]}}.
_MAX_DEPTH = 4


def lines_of_document(decoded: Decoded, target: Path, *, may_wrap: bool) -> Decoded | None:
    """The document as JSON lines at `target`. None where the text is JSON lines already.

    Without `may_wrap` an object is a line of its own. Raises SetAside where the document is neither form, or damaged.
    """
    with text_records(decoded) as stream, target.open("w", encoding="utf-8", newline="") as lines:
        try:
            is_document = _Document(_Text(stream), lines).write(may_wrap)
        except UnicodeDecodeError:
            # Whoever reads the lines says where.
            return None
    return Decoded(target, decoded.encoding, 0) if is_document else None


class _Text:
    """A text read piece by piece: what stands at the present place."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self._decoder = json.JSONDecoder()
        self._buffer = ""
        self._place = 0
        self._is_complete = False

    def _read_more(self) -> bool:
        if self._is_complete:
            return False
        if len(self._buffer) - self._place > MAX_LINE_BYTES:
            raise set_aside("json_shape", detail=f"an element longer than {MAX_LINE_BYTES} characters")
        more = self._stream.read(_CHUNK_CHARACTERS)
        self._is_complete = not more
        self._buffer = self._buffer[self._place :] + more
        self._place = 0
        return bool(more)

    def peek(self) -> str:
        """The next character that is no blank; empty at the end."""
        while True:
            found = _BLANK.match(self._buffer, self._place)
            self._place = found.end() if found else self._place
            if self._place < len(self._buffer):
                return self._buffer[self._place]
            if not self._read_more():
                return ""

    def skip(self, mark: str) -> bool:
        if self.peek() != mark:
            return False
        self._place += 1
        return True

    def value(self) -> str:
        """The spelling of the value that begins here."""
        self.peek()
        while True:
            try:
                _, end = self._decoder.raw_decode(self._buffer, self._place)
            except json.JSONDecodeError as error:
                if not self._read_more():
                    raise set_aside("json_shape", detail=f"damaged: {error.msg}") from error
                continue
            except RecursionError as error:
                raise set_aside("json_shape", detail="nested too deeply") from error
            # A number may go on in the next piece.
            if end < len(self._buffer) or not self._read_more():
                spelled = self._buffer[self._place : end]
                self._place = end
                return spelled


class _Document:
    def __init__(self, text: _Text, lines: IO[str]) -> None:
        self._text = text
        self._lines = lines
        self._lists = 0

    def write(self, may_wrap: bool) -> bool:
        """False for JSON lines: several values, or an object that holds no list."""
        if self._text.peek() == "[":
            self._lists += 1
            self._items("[", "]", self._element)
        elif may_wrap and self._text.peek() == "{":
            self._object(1)
            if self._text.peek() == "{" or not self._lists:
                return False
        else:
            return False
        if self._text.peek():
            raise set_aside("json_shape", detail="more after its end")
        if self._lists > 1:
            raise set_aside("json_shape", detail=f"{self._lists} lists")
        return True

    def _object(self, depth: int) -> None:
        self._items("{", "}", lambda: self._member(depth))

    def _member(self, depth: int) -> None:
        if self._text.peek() != '"':
            raise set_aside("json_shape", detail="damaged: an object's key is missing")
        self._text.value()
        if not self._text.skip(":"):
            raise set_aside("json_shape", detail="damaged: a colon is missing")
        following = self._text.peek()
        if following == "[":
            self._text.skip("[")
            self._member_list()
        elif following == "{" and depth < _MAX_DEPTH:
            self._object(depth + 1)
        else:
            self._text.value()

    def _member_list(self) -> None:
        """A list whose bracket is read already. One of anything but objects says nothing of the rows."""
        is_rows = self._text.peek() == "{"
        self._lists += is_rows
        self._rest_of_items("]", self._element if is_rows and self._lists == 1 else self._text.value)

    def _element(self) -> None:
        # A line end between the parts of a value is a blank; inside a text it is never bare.
        self._lines.write(re.sub(r"[\r\n]+", " ", self._text.value()) + "\n")

    def _items(self, begin: str, end: str, item: Callable[[], object]) -> None:
        self._text.skip(begin)
        self._rest_of_items(end, item)

    def _rest_of_items(self, end: str, item: Callable[[], object]) -> None:
        if self._text.skip(end):
            return
        while True:
            item()
            if self._text.skip(end):
                return
            if not self._text.skip(","):
                raise set_aside("json_shape", detail="damaged: a comma is missing")
