"""Bytes to clean UTF-8 text: unpacking gzip, finding the encoding, facts that decide how a text file is read.

Belongs here: encodings, compression, byte-level facts and limits. Does not belong here: cells, rows, columns.
"""

from __future__ import annotations

import codecs
import gzip
import re
import zlib
from dataclasses import dataclass
from pathlib import Path

from pipelines.landing.reasons import set_aside
from pipelines.landing.storage import CHUNK

MAX_LINE_BYTES = 8 * 1024 * 1024
MAX_UNPACKED_BYTES = 16 * 1024**3
# An honest text export shrinks 5 to 60 fold; a file of one repeated byte about 1,000 fold.
MAX_RATIO = 300
RATIO_MATTERS_FROM_BYTES = 256 * 1024**2
HEAD_BYTES = 1024 * 1024
_FACTS_CHUNK = 1024 * 1024

_BOMS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CJK = re.compile("[\u3000-\u9fff\uff00-\uffef]")
# Enough to say that a text was UTF-8 before it broke: GB18030 text does not pass for this many by accident.
_UTF8_EVIDENCE = 3
_NEWLINE, _QUOTE, _SPACE, _TAB = b'\n" \t'
# A closing quote, blanks, then the end of the cell: readers disagree on what it means.
_LOOSE_QUOTE = re.compile(rb'"[ \t]+[,;|\t\r\n]')

# The row hash joins values by it, so no value may hold it; exports pad cells with it now and then.
UNIT_SEPARATOR = "\x1f"
# What pads cells, and what makes a cell that holds nothing else empty. A file has only some of it, and only that has
# to be looked for.
BLANKS: tuple[str, ...] = (" ", "\t", "\n", "\r", "\x0b", "\x0c", "\u00a0", "\u3000", UNIT_SEPARATOR)


@dataclass(frozen=True)
class TextFacts:
    """What one pass over the UTF-8 bytes tells."""

    size: int
    newlines: int
    carriage_returns: int
    crlf: int
    trailing_newlines: int
    has_loose_quote: bool
    blanks: tuple[str, ...]
    has_plus: bool
    """Without a plus sign there is no number in scientific notation, as spreadsheets write long identifiers."""

    @property
    def lines(self) -> int:
        """Physical lines, blank ones inside counted, blank ones at the end left out."""
        return self.newlines - self.trailing_newlines + 1


@dataclass(frozen=True)
class Decoded:
    """A text file as UTF-8 on disk."""

    path: Path
    encoding: str
    bom_bytes: int


def unpack_gzip(path: Path, target: Path) -> None:
    """Unpack to `target`. Raises SetAside for damaged data and for bombs, before they fill the disk."""
    packed = path.stat().st_size
    written = 0
    try:
        with gzip.open(path, "rb") as source, target.open("wb") as copy:
            while chunk := source.read(CHUNK):
                written += len(chunk)
                absurd = written > RATIO_MATTERS_FROM_BYTES and written > packed * MAX_RATIO
                if written > MAX_UNPACKED_BYTES or absurd:
                    raise set_aside("bomb", size=written)
                copy.write(chunk)
    except (OSError, EOFError, zlib.error) as error:
        raise set_aside("truncated", detail=str(error)) from error


def is_gzip(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(2) == b"\x1f\x8b"


def guess_encoding(head: bytes) -> tuple[str, int]:
    """Encoding by the first bytes, and how many of them are its mark. UTF-8 first, then GB18030."""
    for mark, name in _BOMS:
        if head.startswith(mark):
            return name, len(mark)
    wide = _utf16_without_mark(head)
    if wide is not None:
        return wide, 0
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        decoder.decode(head)
    except UnicodeDecodeError as error:
        return ("utf-8" if _was_utf8(head[: error.start]) else "gb18030"), 0
    return "utf-8", 0


def _utf16_without_mark(head: bytes) -> str | None:
    """The kind of UTF-16, if it is any. Every ASCII character has a zero byte there, always on the same side."""
    if b"\0" not in head:
        return None
    zeros_odd, zeros_even = head[1::2].count(0), head[0::2].count(0)
    if max(zeros_odd, zeros_even) < 2 or min(zeros_odd, zeros_even) > max(zeros_odd, zeros_even) // 50:
        return None
    encoding = "utf-16-le" if zeros_odd >= zeros_even else "utf-16-be"
    try:
        text = codecs.getincrementaldecoder(encoding)("strict").decode(head)
    except UnicodeDecodeError:
        return None
    # A stray zero byte makes a line end of nothing.
    return encoding if "\n" in text or "\r" in text else None


def _was_utf8(valid_part: bytes) -> bool:
    return len(_CJK.findall(valid_part.decode("utf-8"))) >= _UTF8_EVIDENCE


def decode_file(path: Path, target: Path, encoding: str, skip: int) -> None:
    """Write the file as UTF-8 to `target`. Raises SetAside with the exact place of the first wrong byte."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    offset, lines = skip, 1
    with path.open("rb") as source, target.open("wb") as copy:
        source.seek(skip)
        while True:
            chunk = source.read(CHUNK)
            pending = len(decoder.getstate()[0])
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                good = error.object[: error.start].decode(encoding, "ignore")
                raise set_aside(
                    "encoding",
                    offset=offset - pending + error.start,
                    line=lines + good.count("\n"),
                    encoding=encoding.upper(),
                ) from error
            if not chunk:
                return
            offset += len(chunk)
            lines += text.count("\n")
            copy.write(text.encode("utf-8"))


def first_invalid_utf8(path: Path) -> tuple[int, bool] | None:
    """Offset of the first byte that is not UTF-8, and whether the text before it was clearly UTF-8. None = valid."""
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    offset, seen = 0, 0
    with path.open("rb") as source:
        while True:
            chunk = source.read(CHUNK)
            pending = len(decoder.getstate()[0])
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                good = error.object[: error.start].decode("utf-8", "ignore")
                seen += len(_CJK.findall(good))
                return offset - pending + error.start, seen >= _UTF8_EVIDENCE
            if not chunk:
                return None
            offset += len(chunk)
            if seen < _UTF8_EVIDENCE:
                seen += len(_CJK.findall(text))


def line_of(path: Path, offset: int) -> int:
    """Number of the line that holds the byte."""
    lines, left = 1, offset
    with path.open("rb") as source:
        while left > 0 and (chunk := source.read(min(CHUNK, left))):
            lines += chunk.count(b"\n")
            left -= len(chunk)
    return lines


def gather_facts(path: Path) -> TextFacts:
    """One pass over a UTF-8 file. Raises SetAside for NUL bytes and for lines beyond the limit.

    A search for one byte is nearly free, one for several bytes is not, so the former guards the latter; what is
    frequent is counted by numpy.
    """
    import numpy

    size = newlines = returns = crlf = 0
    since_newline = 0
    has_loose_quote = has_plus = False
    missing = {mark: mark.encode("utf-8") for mark in BLANKS}
    before = b""
    with path.open("rb") as source:
        while chunk := source.read(_FACTS_CHUNK):
            if (nul := chunk.find(b"\0")) >= 0:
                raise set_aside("nul_bytes", offset=size + nul)
            seam = before + chunk[:2]
            codes = numpy.frombuffer(chunk, numpy.uint8)
            newlines += int(numpy.count_nonzero(codes == _NEWLINE))
            if b"\r" in chunk or before.endswith(b"\r"):
                returns += chunk.count(b"\r")
                crlf += chunk.count(b"\r\n") + (before.endswith(b"\r") and chunk.startswith(b"\n"))
            has_plus = has_plus or b"+" in chunk
            for mark, raw in list(missing.items()):
                if raw[:1] in chunk and raw in chunk or raw in seam:
                    del missing[mark]
            if not has_loose_quote and b'"' in chunk or before.endswith(b'"'):
                after_quotes = codes[numpy.flatnonzero(codes[:-1] == _QUOTE) + 1]
                if numpy.isin(after_quotes, (_SPACE, _TAB)).any():
                    has_loose_quote = _LOOSE_QUOTE.search(chunk) is not None
                has_loose_quote = has_loose_quote or _LOOSE_QUOTE.search(before + chunk[:64]) is not None
            last = chunk.rfind(b"\n")
            since_newline = since_newline + len(chunk) if last < 0 else len(chunk) - last - 1
            if since_newline > MAX_LINE_BYTES:
                raise set_aside("line_too_long", line=newlines + 1, limit=MAX_LINE_BYTES)
            size += len(chunk)
            before = chunk[-64:]
    return TextFacts(
        size=size,
        newlines=newlines,
        carriage_returns=returns,
        crlf=crlf,
        trailing_newlines=_trailing_newlines(path, size),
        has_loose_quote=has_loose_quote,
        blanks=tuple(mark for mark in BLANKS if mark not in missing),
        has_plus=has_plus,
    )


def _trailing_newlines(path: Path, size: int) -> int:
    with path.open("rb") as source:
        source.seek(max(0, size - 4096))
        end = source.read()
    return end[len(end.rstrip(b"\r\n")) :].count(b"\n")
