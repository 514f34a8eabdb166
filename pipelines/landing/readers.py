"""Files to one DuckDB table of texts: `source`, as the file has it, not yet judged.

Belongs here: csv, workbook, jsonl and parquet readers, record numbers, records whose form is broken.
Does not belong here: which dataset a file is (`recognise`), types and domains (`check`).

`source` has `_record` (unique in the file), `_source_row` (record number in file or sheet, header lines counted),
`_sheet` (null unless several sheets are read) and one text column per header cell. `broken` has the records that
have no cells at all. `source` is a view over the table `loaded`. Every row is a record that stands in the file; blank
records are not rows but count as numbers.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import islice, zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from pipelines.landing.reasons import SetAside, set_aside
from pipelines.landing.text import (
    BLANKS,
    HEAD_BYTES,
    MAX_RATIO,
    MAX_UNPACKED_BYTES,
    RATIO_MATTERS_FROM_BYTES,
    Decoded,
    TextFacts,
    decode_file,
    first_invalid_utf8,
    gather_facts,
    guess_encoding,
    is_gzip,
    line_of,
    unpack_gzip,
)
from pipelines.sql import ident, insert_rows, literal

if TYPE_CHECKING:
    import duckdb
    import pyarrow

HEAD_RECORDS = 20
HEAD_OBJECTS = 1_000
MAX_COLUMNS = 4096
MAX_CELL_CHARACTERS = 4 * 1024 * 1024
MAX_SHEET_BYTES = 2 * 1024**3
_BATCH_RECORDS = 50_000
_BROKEN_TEXT = 2_000
_BLANK_TEXT = "".join(BLANKS)
RESERVED = ("_record", "_source_row", "_sheet", "_source_file", "_title")
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
DELIMITERS = (",", "\t", ";", "|")


# Record number, sheet, cells.
Record = tuple[int, str | None, Sequence[str | None]]


@dataclass(frozen=True)
class Head:
    """The first records of a table, as texts, before anyone knows which of them is the header."""

    rows: tuple[tuple[str, ...], ...]
    sheet: str | None = None
    delimiter: str | None = None
    names_given: bool = False
    """The format itself names the columns (jsonl, parquet): the single row is no record of the file."""


@dataclass(frozen=True)
class Pick:
    """A head with its header found."""

    head: Head
    header_record: int
    """1-based; 0 when the format itself names the columns."""

    @property
    def names(self) -> tuple[str, ...]:
        return column_names(self.head.rows[max(self.header_record, 1) - 1])

    @property
    def title(self) -> str | None:
        above = [cell.strip() for row in self.head.rows[: max(self.header_record - 1, 0)] for cell in row]
        return "\n".join(cell for cell in above if cell) or None


@dataclass(frozen=True)
class Loaded:
    """What the table `source` holds."""

    columns: tuple[str, ...]
    blanks: tuple[str, ...] = BLANKS
    """What cells may be padded with; what is not listed does not occur."""
    records: int = 0
    """Rows of `source`."""
    broken: int = 0
    """Rows of `broken`."""
    has_sheets: bool = False
    """Whether records come from several sheets, so that their numbers need the sheet's name."""
    unread_sheets: tuple[str, ...] = ()
    encoding: str | None = None


class Source(Protocol):
    """A file opened for recognition and, once its header is known, for loading."""

    heads: tuple[Head, ...]

    def load(self, con: duckdb.DuckDBPyConnection, picks: Sequence[Pick]) -> Loaded: ...


def clean_name(cell: str) -> str:
    """A header cell as a column name: no mark, no outer blanks, no line breaks."""
    text = _UNSTORABLE.sub("\ufffd", cell.replace("\ufeff", "").replace("\u200b", ""))
    return re.sub(r"\s+", " ", text.strip())


def column_names(row: Sequence[str]) -> tuple[str, ...]:
    """Unique names for header cells. A repeated or reserved name gets `#2`, an empty one its position."""
    last = max((i for i, cell in enumerate(row) if clean_name(cell)), default=-1)
    seen = {name: 1 for name in RESERVED}
    names = []
    for position, cell in enumerate(row[: last + 1], start=1):
        name = clean_name(cell) or f"column_{position}"
        key = name.casefold()
        seen[key] = seen.get(key, 0) + 1
        while seen[key] > 1 and f"{key}#{seen[key]}" in seen:
            seen[key] += 1
        if seen[key] > 1:
            name = f"{name}#{seen[key]}"
            seen[name.casefold()] = 1
        names.append(name)
    if len(names) > MAX_COLUMNS:
        raise set_aside("too_many_columns", count=len(names), limit=MAX_COLUMNS)
    return tuple(names)


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


# ---------------------------------------------------------------------------------------------------------- text


def as_utf8(path: Path, work: Path, encoding: str | None) -> tuple[Decoded, TextFacts]:
    """The text as UTF-8 on disk (the file itself where it is UTF-8 already) and its facts."""
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    guessed, bom = guess_encoding(head)
    encoding = encoding if encoding and not bom else guessed
    if encoding.lower().replace("_", "-") in ("utf-8", "utf8", "utf-8-sig"):
        return Decoded(path, "utf-8", bom), gather_facts(path)
    decoded = Decoded(_transcoded(path, work, encoding, bom), encoding.lower(), 0)
    return decoded, gather_facts(decoded.path)


def _transcoded(path: Path, work: Path, encoding: str, bom: int) -> Path:
    target = work / "decoded"
    try:
        decode_file(path, target, encoding, bom)
    except LookupError as error:
        raise set_aside("encoding", offset=0, line=1, encoding=encoding) from error
    return target


def _text_records(decoded: Decoded) -> io.TextIOWrapper:
    encoding = "utf-8-sig" if decoded.bom_bytes else "utf-8"
    return open(decoded.path, encoding=encoding, errors="strict", newline="")  # noqa: SIM115 - the caller closes it


@dataclass
class CsvSource:
    """Delimited text. Read by DuckDB when one line is one record of the right width, else record by record."""

    decoded: Decoded
    facts: TextFacts
    heads: tuple[Head, ...]
    work: Path
    simple_head: bool

    @classmethod
    def open(cls, decoded: Decoded, facts: TextFacts, delimiters: Sequence[str], work: Path) -> CsvSource:
        with decoded.path.open("rb") as stream:
            raw = stream.read(HEAD_BYTES)[decoded.bom_bytes :]
        cut = len(raw) + decoded.bom_bytes < facts.size
        if cut and b"\n" not in raw and b"\r" not in raw:
            raise set_aside("line_too_long", line=1, limit=HEAD_BYTES)
        text = raw.decode("utf-8", "replace")
        if cut:
            text = text[: max(text.rfind("\n"), text.rfind("\r")) + 1]
        heads, simple = [], True
        for delimiter in delimiters:
            reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)
            rows: list[tuple[str, ...]] = []
            try:
                with wide_cells():
                    for row in reader:
                        rows.append(tuple(row))
                        if len(rows) == HEAD_RECORDS:
                            break
            except csv.Error:
                simple = False
            simple = simple and reader.line_num == len(rows)
            heads.append(Head(tuple(rows), delimiter=delimiter))
        return cls(decoded, facts, tuple(heads), work, simple)

    def load(self, con: duckdb.DuckDBPyConnection, picks: Sequence[Pick]) -> Loaded:
        pick = picks[0]
        loaded = self.load_fast(con, pick)
        if loaded is None:
            self._settle_encoding()
            loaded = self.load_exact(con, pick)
        return loaded

    def _settle_encoding(self) -> None:
        """A text that began as UTF-8 and breaks later is either GB18030 after a plain beginning, or damaged."""
        if self.decoded.encoding != "utf-8":
            return
        wrong = first_invalid_utf8(self.decoded.path)
        if wrong is None:
            return
        offset, was_utf8 = wrong
        if was_utf8 or self.decoded.bom_bytes:
            line = line_of(self.decoded.path, offset)
            raise set_aside("encoding", offset=offset, line=line, encoding="UTF-8")
        self.decoded = Decoded(_transcoded(self.decoded.path, self.work, "gb18030", 0), "gb18030", 0)
        self.facts = gather_facts(self.decoded.path)

    def load_fast(self, con: duckdb.DuckDBPyConnection, pick: Pick) -> Loaded | None:
        """Let DuckDB read it. None when the outcome could differ from reading record by record."""
        import duckdb

        facts = self.facts
        lone_returns = facts.carriage_returns != facts.crlf
        if facts.has_loose_quote or lone_returns or not self.simple_head:
            return None
        names = pick.names
        if len(names) < 2:
            return None
        records = facts.lines - pick.header_record
        columns = ", ".join(f"'c{i}': 'varchar'" for i in range(len(names)))
        if records > 0:
            try:
                con.execute(
                    "create or replace temp table loaded as select * from read_csv("
                    f"{literal(str(self.decoded.path))}, header = false, skip = {pick.header_record}, "
                    f"auto_detect = false, columns = {{{columns}}}, delim = {literal(pick.head.delimiter)}, "
                    "quote = '\"', escape = '\"', strict_mode = true, null_padding = false, ignore_errors = false)"
                )
            except duckdb.Error:
                return None  # read record by record instead, which says exactly what is wrong and where
        else:
            create = ", ".join(f"c{i} varchar" for i in range(len(names)))
            con.execute(f"create or replace temp table loaded ({create})")
        blanks = facts.blanks
        filled = "c0 is not null" + "".join(f" and not starts_with(c0, {literal(mark)})" for mark in blanks)
        rows, filled_rows = con.execute(f"select count(*), count(*) filter (where {filled}) from loaded").fetchone()
        if rows == records:
            # One line is one record, so no cell holds a line end.
            blanks = tuple(mark for mark in blanks if mark not in "\r\n")
        else:
            inside = " + ".join(
                f"coalesce(sum(strlen(c{i}) - strlen(replace(c{i}, chr(10), ''))), 0)" for i in range(len(names))
            )
            (breaks,) = con.execute(f"select {inside} from loaded").fetchone()
            if rows + breaks != records:
                return None
        blank = _blank_record([f"c{i}" for i in range(len(names))], blanks)
        cells = ", ".join(f"c{i} as {ident(name)}" for i, name in enumerate(names))
        con.execute(
            f"create or replace temp view source as select rowid + {pick.header_record + 1} as _record, "
            f"rowid + {pick.header_record + 1} as _source_row, null::varchar as _sheet, {cells} from loaded "
            f"{'' if rows == filled_rows else f'where {filled} or not ({blank})'}"
        )
        if rows != filled_rows:
            (rows,) = con.execute("select count(*) from source").fetchone()
        _create_broken(con, [])
        return Loaded(names, blanks, records=rows, encoding=self.decoded.encoding)

    def load_exact(self, con: duckdb.DuckDBPyConnection, pick: Pick) -> Loaded:
        """Read record by record; a record of the wrong form becomes a row of `broken`."""
        broken: list[tuple[int, str, str]] = []
        names = pick.names
        _, records = _fill_source(con, lambda: names, self._records(pick, len(names), broken))
        _create_broken(con, broken)
        return Loaded(names, self.facts.blanks, records=records, broken=len(broken), encoding=self.decoded.encoding)

    def _records(self, pick: Pick, width: int, broken: list[tuple[int, str, str]]) -> Iterator[Record]:
        record = 0
        with _text_records(self.decoded) as stream, wide_cells():
            lines = _Remembering(stream)
            reader = csv.reader(lines, delimiter=pick.head.delimiter or ",", strict=True, skipinitialspace=True)
            while True:
                lines.forget()
                record += 1
                try:
                    row = next(reader, None)
                except csv.Error as error:
                    if record <= pick.header_record:
                        continue
                    row = self._repaired(lines.remembered, pick, error, record)
                    if row is None:
                        broken.append((record, "quoting", lines.remembered[:_BROKEN_TEXT]))
                        continue
                if row is None:
                    return
                if record <= pick.header_record or not any(map(_filled, row)):
                    continue
                if len(row) > width and not any(map(_filled, row[width:])):
                    row = row[:width]
                if len(row) != width:
                    broken.append((record, "field_count", lines.remembered[:_BROKEN_TEXT]))
                    continue
                yield record, None, [cell or None for cell in row]

    def _repaired(self, text: str, pick: Pick, error: csv.Error, record: int) -> list[str] | None:
        """Blanks between a closing quote and the delimiter are harmless; everything else is not repaired."""
        if "unexpected end of data" in str(error):
            raise set_aside("unclosed_quote", row=record) from error
        if "field larger than" in str(error):
            raise set_aside("field_too_long", row=record, limit=MAX_CELL_CHARACTERS) from error
        delimiter = pick.head.delimiter or ","
        tight = re.sub(rf'"[ \t]+(?={re.escape(delimiter)}|\r|\n|$)', '"', text)
        try:
            rows = list(csv.reader([tight], delimiter=delimiter, strict=True, skipinitialspace=True))
        except csv.Error:
            return None
        return rows[0] if len(rows) == 1 else None


class _Remembering:
    """Lines of a stream; remembers those handed out since the last `forget`, for messages about them."""

    def __init__(self, stream: Iterable[str]) -> None:
        self._stream = iter(stream)
        self._lines: list[str] = []

    def __iter__(self) -> _Remembering:
        return self

    def __next__(self) -> str:
        line = next(self._stream)
        self._lines.append(line)
        return line

    def forget(self) -> None:
        self._lines.clear()

    @property
    def remembered(self) -> str:
        return "".join(self._lines).rstrip("\r\n")


class wide_cells:
    """Raise the csv module's cell limit while reading; the limit belongs to the process, so it is put back."""

    def __enter__(self) -> None:
        self._before = csv.field_size_limit(MAX_CELL_CHARACTERS)

    def __exit__(self, *_: object) -> None:
        csv.field_size_limit(self._before)


# ---------------------------------------------------------------------------------------------------------- jsonl


@dataclass
class JsonLinesSource:
    """One JSON object per line; numbers keep their spelling, nested values stay JSON."""

    decoded: Decoded
    heads: tuple[Head, ...]

    @classmethod
    def open(cls, decoded: Decoded) -> JsonLinesSource:
        first = islice(_json_lines(decoded), HEAD_OBJECTS)
        names = dict.fromkeys(key for _, value, _ in first if isinstance(value, dict) for key in value)
        return cls(decoded, (Head((tuple(names),), names_given=True),))

    def load(self, con: duckdb.DuckDBPyConnection, picks: Sequence[Pick]) -> Loaded:
        broken: list[tuple[int, str, str]] = []
        # A key may turn up anywhere in the file; each gets its column when it does.
        keys: dict[str, None] = dict.fromkeys(self.heads[0].rows[0])

        def records() -> Iterator[Record]:
            for number, value, line in _json_lines(self.decoded):
                if not isinstance(value, dict):
                    broken.append((number, "json", line[:_BROKEN_TEXT]))
                    continue
                if not value.keys() <= keys.keys():
                    keys.update(dict.fromkeys(value))
                    if len(keys) > MAX_COLUMNS:
                        raise set_aside("too_many_columns", count=len(keys), limit=MAX_COLUMNS)
                cells = [v if type(v := value.get(key)) is str else _json_text(v) for key in keys]
                if "\\u0000" in line:
                    cells = [cell and cell.replace("\0", "") for cell in cells]
                if any(map(_filled, cells)):
                    yield number, None, cells

        def names() -> tuple[str, ...]:
            return column_names([key if clean_name(key) else f"column_{i}" for i, key in enumerate(keys, start=1)])

        columns, count = _fill_source(con, names, records())
        _create_broken(con, broken)
        return Loaded(columns, records=count, broken=len(broken), encoding=self.decoded.encoding)


def _json_lines(decoded: Decoded) -> Iterator[tuple[int, Any, str]]:
    """Line number, parsed value (None where it is no JSON) and the line itself; blank lines are left out."""
    decoder = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str)
    try:
        with _text_records(decoded) as stream:
            for number, line in enumerate(stream, start=1):
                if not line.strip():
                    continue
                try:
                    value = decoder.decode(line)
                except (ValueError, RecursionError):
                    value = None
                yield number, value, line.rstrip("\r\n")
    except UnicodeDecodeError as error:
        wrong = first_invalid_utf8(decoded.path)
        offset = wrong[0] if wrong else error.start
        line = line_of(decoded.path, offset)
        raise set_aside("encoding", offset=offset, line=line, encoding="UTF-8") from error


def _json_text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


# ---------------------------------------------------------------------------------------------------------- workbook


@dataclass
class WorkbookSource:
    """xlsx, xlsm, xlsb, xls and ods by content. Cells become the text that their value has, not their format."""

    path: Path
    heads: tuple[Head, ...]
    sheets: dict[str, Any] = field(repr=False)

    @classmethod
    def open(cls, path: Path) -> WorkbookSource:
        import python_calamine

        with _workbook_errors():
            _refuse_bomb(path)
            book = python_calamine.CalamineWorkbook.from_path(str(path))
            sheets = {name: book.get_sheet_by_name(name) for name in book.sheet_names}
            heads = []
            for name, sheet in sheets.items():
                rows = [tuple(cell_text(c) or "" for c in row) for row in islice(sheet.iter_rows(), HEAD_RECORDS)]
                heads.append(Head(tuple(_skipped_rows(sheet) + rows)[:HEAD_RECORDS], sheet=name))
        return cls(path, tuple(heads), sheets)

    def load(self, con: duckdb.DuckDBPyConnection, picks: Sequence[Pick]) -> Loaded:
        names = tuple(column_names(_union([pick.names for pick in picks])))
        several = len(picks) > 1
        broken: list[tuple[int, str, str]] = []

        def records() -> Iterator[Record]:
            for pick in picks:
                sheet = self.sheets[pick.head.sheet or ""]
                shown = pick.head.sheet if several else None
                skipped = len(_skipped_rows(sheet))
                place = {name.casefold(): i for i, name in enumerate(pick.names)}
                order = [place.get(name.casefold()) for name in names]
                width = len(pick.names)
                for number, row in enumerate(sheet.iter_rows(), start=skipped + 1):
                    if number <= pick.header_record:
                        continue
                    cells = [cell_text(cell) for cell in row]
                    if not any(map(_filled, cells)):
                        continue
                    if any(map(_filled, cells[width:])):
                        where = f"{shown}: " if shown else ""
                        text = where + json.dumps([cell or "" for cell in cells], ensure_ascii=False)
                        broken.append((number, "field_count", text[:_BROKEN_TEXT]))
                        continue
                    yield number, shown, [cells[i] if i is not None and i < len(cells) else None for i in order]

        with _workbook_errors():
            _, count = _fill_source(con, lambda: names, records())
        _create_broken(con, broken)
        read = {pick.head.sheet for pick in picks}
        unread = tuple(s for s in self.sheets if s not in read)
        return Loaded(names, records=count, broken=len(broken), has_sheets=several, unread_sheets=unread)


@contextmanager
def _workbook_errors() -> Iterator[None]:
    """The library raises errors of many kinds, and panics that are no Exception, for what it cannot read."""
    import duckdb

    try:
        yield
    except (SetAside, MemoryError, duckdb.Error):
        raise
    except Exception as error:
        raise set_aside("unreadable_workbook", detail=_first_line(error)) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise set_aside("unreadable_workbook", detail=_first_line(error)) from error


def _union(rows: Sequence[Sequence[str]]) -> list[str]:
    names: dict[str, str] = {}
    for row in rows:
        for name in row:
            names.setdefault(name.casefold(), name)
    return list(names.values())


def _skipped_rows(sheet: Any) -> list[tuple[str, ...]]:
    """The library leaves out blank rows at the top; they count in record numbers."""
    start = sheet.start
    return [()] * (start[0] if start else 0)


def cell_text(cell: Any) -> str | None:
    """The canonical text of a typed cell. Whole numbers have no `.0`; dates are ISO; text stays as it is."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, str):
        return cell.replace("_x000D_", "").replace("\0", "")
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, (int, float)):
        return number_text(float(cell)) if isinstance(cell, float) else str(cell)
    if isinstance(cell, datetime):
        # A serial number holds no exact second: 09:00 can come back as 08:59:59.999999.
        snapped = cell + timedelta(microseconds=500)
        snapped = snapped.replace(microsecond=snapped.microsecond // 1000 * 1000)
        return snapped.isoformat(sep=" ", timespec="milliseconds" if snapped.microsecond else "seconds")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, time):
        return cell.isoformat(timespec="seconds")
    if isinstance(cell, timedelta):
        minutes, seconds = divmod(round(cell.total_seconds()), 60)
        return f"{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}"
    return str(cell)


def number_text(value: float) -> str:
    """A spreadsheet number as text: the 15 digits that spreadsheets hold. What had more stays visible as E+."""
    if value != value or value in (float("inf"), float("-inf")):
        return str(value)
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    if abs(value) >= 1e15:
        return f"{value:.14E}"
    text = f"{value:.15g}"
    if "e" in text:
        text = f"{value:.20f}".rstrip("0")
    return text


def _refuse_bomb(path: Path) -> None:
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        sizes = [(info.file_size, info.compress_size) for info in archive.infolist()]
    unpacked, packed = sum(size for size, _ in sizes), sum(size for _, size in sizes)
    absurd = unpacked > RATIO_MATTERS_FROM_BYTES and unpacked > packed * MAX_RATIO
    if unpacked > min(MAX_SHEET_BYTES, MAX_UNPACKED_BYTES) or absurd:
        raise set_aside("bomb", size=unpacked)


# ---------------------------------------------------------------------------------------------------------- parquet


@dataclass
class ParquetSource:
    """Columns become the text that their values have; nested values become JSON."""

    path: Path
    heads: tuple[Head, ...]
    types: tuple[tuple[str, str], ...]

    @classmethod
    def open(cls, path: Path) -> ParquetSource:
        import duckdb

        try:
            with duckdb.connect() as probe:
                described = probe.execute(f"describe select * from read_parquet({literal(str(path))})").fetchall()
        except duckdb.Error as error:
            raise set_aside("unreadable_parquet", detail=_first_line(error)) from error
        types = tuple((row[0], row[1]) for row in described)
        return cls(path, (Head((tuple(name for name, _ in types),), names_given=True),), types)

    def load(self, con: duckdb.DuckDBPyConnection, picks: Sequence[Pick]) -> Loaded:
        import duckdb

        names = column_names([name or f"column_{i}" for i, (name, _) in enumerate(self.types, start=1)])
        cells = [
            f"nullif({_parquet_text(original, kind)}, '') as {ident(name)}"
            for name, (original, kind) in zip(names, self.types, strict=True)
        ]
        try:
            con.execute(
                "create or replace temp table loaded as select file_row_number + 1 as _record, "
                f"file_row_number + 1 as _source_row, null::varchar as _sheet, {', '.join(cells)} "
                f"from read_parquet({literal(str(self.path))}, file_row_number = true)"
            )
        except duckdb.Error as error:
            raise set_aside("unreadable_parquet", detail=_first_line(error)) from error
        con.execute(f"delete from loaded where {_blank_record([ident(n) for n in names], BLANKS)}")
        con.execute("create or replace temp view source as select * from loaded")
        (count,) = con.execute("select count(*) from loaded").fetchone()
        _create_broken(con, [])
        return Loaded(names, records=count)


def _parquet_text(name: str, kind: str) -> str:
    column = ident(name)
    if kind in ("DOUBLE", "FLOAT"):
        whole = f"isfinite({column}) and {column} = trunc({column}) and abs({column}) < 1e15"
        return f"case when {whole} then {column}::bigint::varchar else {column}::varchar end"
    if kind.endswith("[]") or kind.startswith(("STRUCT", "MAP", "LIST", "UNION")):
        return f"to_json({column})::varchar"
    return f"{column}::varchar"


# ---------------------------------------------------------------------------------------------------------- shared


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:300]


def _filled(cell: str | None) -> bool:
    return bool(cell) and bool(cell.strip(_BLANK_TEXT))


def _blank_record(columns: Sequence[str], blanks: Sequence[str]) -> str:
    marks = literal("".join(blanks) or " ")
    return " and ".join(f"coalesce(trim({column}, {marks}), '') = ''" for column in columns) or "true"


def _create_broken(con: duckdb.DuckDBPyConnection, broken: Sequence[tuple[int, str, str]]) -> None:
    con.execute("create or replace temp table broken (_source_row bigint, reason_code varchar, raw varchar)")
    insert_rows(con, "broken", broken)


def _fill_source(
    con: duckdb.DuckDBPyConnection, names: Callable[[], tuple[str, ...]], records: Iterator[Record]
) -> tuple[tuple[str, ...], int]:
    """Create `source` from records of texts, in batches, so that memory does not grow with the file.

    `names` is asked again with each batch: columns may be added at the end while the records are read.
    Returns the columns and the number of records.
    """
    import pyarrow

    columns = names()
    described = "".join(f", {ident(name)} varchar" for name in columns)
    con.execute(f"create or replace temp table loaded (_record bigint, _source_row bigint, _sheet varchar{described})")
    done = 0
    while batch := list(islice(records, _BATCH_RECORDS)):
        for name in names()[len(columns) :]:
            con.execute(f"alter table loaded add column {ident(name)} varchar")
        columns = names()
        numbers, sheets, cells = zip(*batch, strict=True)
        texts = list(zip_longest(*cells)) + [(None,) * len(batch)] * (len(columns) - max(map(len, cells)))
        arrays = [
            pyarrow.array(range(done + 1, done + 1 + len(batch)), pyarrow.int64()),
            pyarrow.array(numbers, pyarrow.int64()),
            pyarrow.array(sheets, pyarrow.string()),
            *(_texts(values) for values in texts[: len(columns)]),
        ]
        con.register("batch", pyarrow.table(arrays, names=[f"c{i}" for i in range(len(arrays))]))
        con.execute("insert into loaded select * from batch")
        con.unregister("batch")
        done += len(batch)
    con.execute("create or replace temp view source as select * from loaded")
    return columns, done


def _texts(values: Sequence[str | None]) -> pyarrow.Array:
    import pyarrow

    try:
        return pyarrow.array(values, pyarrow.string())
    except UnicodeEncodeError:
        # Half a surrogate pair, as JSON can spell it, is no character.
        return pyarrow.array([v and _UNSTORABLE.sub("\ufffd", v) for v in values], pyarrow.string())
