"""Opening a file by its first bytes.

Belongs here: which reader takes a file. Does not belong here: reading it, archives of several files (`archives`).
"""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path

from pipelines.landing.reading.delimited import DELIMITERS, CsvSource, as_utf8
from pipelines.landing.reading.json_document import lines_of_document
from pipelines.landing.reading.json_lines import JsonLinesSource
from pipelines.landing.reading.parquet import ParquetSource
from pipelines.landing.reading.spreadsheets import BARE_STREAMS, OLE
from pipelines.landing.reading.table import Source
from pipelines.landing.reading.workbook import WorkbookSource
from pipelines.landing.reading.workers import Workers
from pipelines.landing.reasons import set_aside
from pipelines.landing.text import guess_encoding, is_gzip, unpack_gzip

_SNIFFED_BYTES = 64 * 1024
_WORKBOOK_SUFFIXES = ("xlsx", "xlsm", "xlsb", "xls", "ods", "et")
_TEXT_SUFFIXES = ("csv", "tsv", "txt", "jsonl", "json")
_ARCHIVES = ((b"Rar!", "RAR"), (b"7z\xbc\xaf\x27\x1c", "7z"))
_SPREADSHEETML = re.compile(r"<(?:[\w.-]+:)?Workbook\b")
_HTML = re.compile(r"<(?:!doctype\s+html|html|head|meta|body|table|style|div|thead|tbody|tr)\b", re.IGNORECASE)
_MHTML = re.compile(r"(?:[\w-]+:[^\n]*\n|[ \t][^\n]*\n)*?MIME-Version:", re.IGNORECASE)


def open_source(
    path: Path, suffix: str, work: Path, encoding: str | None, delimiter: str | None, workers: Workers | None = None
) -> Source:
    """Open a copied file by its content; the suffix only decides between text formats. Raises SetAside.

    `workers` parse workbooks; without them one is started for this file alone.
    """
    if workers is None:
        with closing(Workers()) as workers:
            return open_source(path, suffix, work, encoding, delimiter, workers)
    if path.stat().st_size == 0:
        raise set_aside("empty_file")
    if is_gzip(path):
        unpacked = work / "unpacked"
        unpack_gzip(path, unpacked)
        path = unpacked
        if path.stat().st_size == 0:
            raise set_aside("empty_file")
    with path.open("rb") as stream:
        first = stream.read(_SNIFFED_BYTES)
    if first.startswith((b"PK\x03\x04", OLE, *BARE_STREAMS)):
        return WorkbookSource.open(path, "workbook", work, workers)
    if first.startswith(b"PAR1"):
        return ParquetSource.open(path)
    if suffix == "parquet":
        raise set_aside("unreadable_parquet", detail="no Parquet mark at the beginning")
    for mark, name in _ARCHIVES:
        if first.startswith(mark):
            raise set_aside("other_archive", format=name)
    kind = _markup_kind(first)
    if kind is not None:
        return WorkbookSource.open(path, kind, work, workers)
    if suffix in _WORKBOOK_SUFFIXES and not _is_delimited(first):
        raise set_aside("unreadable_workbook", detail="neither a workbook nor text with columns")
    if suffix not in (*_WORKBOOK_SUFFIXES, *_TEXT_SUFFIXES):
        raise set_aside("not_a_table")
    return _open_text(path, suffix, work, encoding, delimiter)


def _open_text(path: Path, suffix: str, work: Path, encoding: str | None, delimiter: str | None) -> Source:
    decoded, facts = as_utf8(path, work, encoding)
    if suffix in ("jsonl", "json"):
        lines = lines_of_document(decoded, work / "json-lines", may_wrap=suffix == "json")
        return JsonLinesSource.open(lines or decoded)
    order = [delimiter] if delimiter else list(DELIMITERS)
    if suffix in ("tsv", *_WORKBOOK_SUFFIXES) and not delimiter:
        order.sort(key=lambda d: d != "\t")
    return CsvSource.open(decoded, facts, order, work)


def _sniffed_text(first: bytes) -> str:
    encoding, mark = guess_encoding(first)
    return first[mark:].decode(encoding, "replace").lstrip("\ufeff \t\r\n")


def _markup_kind(first: bytes) -> str | None:
    text = _sniffed_text(first)
    if text.startswith("<"):
        if _SPREADSHEETML.search(text):
            return "spreadsheetml"
        return "html" if _HTML.search(text) else None
    return "mhtml" if _MHTML.match(text[:4096]) else None


def _is_delimited(first: bytes) -> bool:
    """Whether a workbook's name covers plain text: its lines have columns."""
    if b"\0" in first and not guess_encoding(first)[0].startswith("utf-16"):
        return False
    return any(delimiter in _sniffed_text(first) for delimiter in DELIMITERS)
