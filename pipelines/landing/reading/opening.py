"""Opening a file by its first bytes.

Belongs here: which reader takes a file. Does not belong here: reading it.
"""

from __future__ import annotations

from pathlib import Path

from pipelines.landing.reading.delimited import DELIMITERS, CsvSource, as_utf8
from pipelines.landing.reading.json_lines import JsonLinesSource
from pipelines.landing.reading.parquet import ParquetSource
from pipelines.landing.reading.table import Source
from pipelines.landing.reading.workbook import WorkbookSource
from pipelines.landing.reasons import set_aside
from pipelines.landing.text import is_gzip, unpack_gzip


def open_source(path: Path, suffix: str, work: Path, encoding: str | None, delimiter: str | None) -> Source:
    """Open a copied file by its content; the suffix only decides between text formats. Raises SetAside."""
    if path.stat().st_size == 0:
        raise set_aside("empty_file")
    if is_gzip(path):
        unpacked = work / "unpacked"
        unpack_gzip(path, unpacked)
        path = unpacked
        if path.stat().st_size == 0:
            raise set_aside("empty_file")
    with path.open("rb") as stream:
        first = stream.read(8)
    if first.startswith(b"PK\x03\x04") or first.startswith(b"\xd0\xcf\x11\xe0"):
        return WorkbookSource.open(path)
    if first.startswith(b"PAR1"):
        return ParquetSource.open(path)
    if suffix == "parquet":
        raise set_aside("unreadable_parquet", detail="no Parquet mark at the beginning")
    if suffix in ("xlsx", "xls", "xlsm", "xlsb"):
        raise set_aside("unreadable_workbook", detail="neither a zip archive nor an OLE file")
    if suffix not in ("csv", "tsv", "txt", "jsonl"):
        raise set_aside("not_a_table")
    decoded, facts = as_utf8(path, work, encoding)
    if suffix == "jsonl":
        return JsonLinesSource.open(decoded)
    order = [delimiter] if delimiter else list(DELIMITERS)
    if suffix == "tsv" and not delimiter:
        order.sort(key=lambda d: d != "\t")
    return CsvSource.open(decoded, facts, order, work)
