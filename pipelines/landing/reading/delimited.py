"""Delimited text: csv, tsv and their kin.

Belongs here: finding the delimiter, reading by DuckDB where one line is one record, else record by record.
Does not belong here: encodings as such (`pipelines.landing.text`).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.landing.reading.lines import lines_head, load_lines
from pipelines.landing.reading.table import (
    HEAD_RECORDS,
    MAX_CELL_CHARACTERS,
    MAX_COLUMNS,
    BrokenRecords,
    Head,
    Loaded,
    Pick,
    Record,
    blank_record,
    create_broken,
    fill_source,
    is_filled,
)
from pipelines.landing.reasons import set_aside
from pipelines.landing.text import (
    HEAD_BYTES,
    UNIT_SEPARATOR,
    Decoded,
    TextFacts,
    decode_file,
    first_invalid_utf8,
    gather_facts,
    guess_encoding,
    line_of,
)
from pipelines.sql import ident, literal

if TYPE_CHECKING:
    import duckdb

DELIMITERS = (",", "\t", ";", "|")
# Below it a table costs nothing, and a row that does not fit would have the file read twice.
_STREAM_FROM_RECORDS = 100_000


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


def text_records(decoded: Decoded) -> io.TextIOWrapper:
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
                        # One column too many is enough to say that there are too many.
                        rows.append(tuple(row[: MAX_COLUMNS + 1]))
                        if len(rows) == HEAD_RECORDS:
                            break
            except csv.Error:
                simple = False
            simple = simple and reader.line_num == len(rows)
            heads.append(Head(tuple(rows), delimiter=delimiter))
        heads.append(lines_head(text))
        return cls(decoded, facts, tuple(heads), work, simple)

    def load(self, con: duckdb.DuckDBPyConnection, picks: Sequence[Pick]) -> Loaded:
        pick = picks[0]
        if pick.head.is_lines:
            self._settle_encoding()
            with text_records(self.decoded) as stream:
                return replace(load_lines(con, stream, self.facts.blanks), encoding=self.decoded.encoding)
        return self.stream(con, pick) or self._load_table(con, pick)

    def _load_table(self, con: duckdb.DuckDBPyConnection, pick: Pick) -> Loaded:
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

    def _is_plain(self, pick: Pick) -> bool:
        """Whether DuckDB and the csv module read it alike."""
        facts = self.facts
        lone_returns = facts.carriage_returns != facts.crlf
        is_odd = facts.has_loose_quote or lone_returns or not self.simple_head or pick.is_ragged
        return not is_odd and len(pick.names) > 1

    def _read_csv(self, pick: Pick) -> str:
        columns = ", ".join(f"'c{i}': 'varchar'" for i in range(len(pick.names)))
        return (
            f"read_csv({literal(str(self.decoded.path))}, header = false, skip = {pick.header_record}, "
            f"auto_detect = false, columns = {{{columns}}}, delim = {literal(pick.head.delimiter)}, "
            "quote = '\"', escape = '\"', strict_mode = true, null_padding = false, ignore_errors = false)"
        )

    def stream(self, con: duckdb.DuckDBPyConnection, pick: Pick) -> Loaded | None:
        """Let `source` be the file itself, which costs no table. None where rows might not be lines one by one."""
        facts, names = self.facts, pick.names
        records = facts.lines - pick.header_record
        if not self._is_plain(pick) or records < _STREAM_FROM_RECORDS or UNIT_SEPARATOR in facts.blanks:
            return None
        cells = ", ".join(f"c{i} as {ident(name)}" for i, name in enumerate(names))
        con.execute(
            "create or replace temp view source as select null::bigint as _record, null::bigint as _source_row, "
            f"null::varchar as _sheet, {cells} from {self._read_csv(pick)}"
        )
        create_broken(con, [])
        return Loaded(
            names,
            tuple(mark for mark in facts.blanks if mark not in "\r\n"),
            has_plus=facts.has_plus,
            records=records,
            encoding=self.decoded.encoding,
            first_source_row=pick.header_record + 1,
            reload=lambda: self._load_table(con, pick),
        )

    def load_fast(self, con: duckdb.DuckDBPyConnection, pick: Pick) -> Loaded | None:
        """Let DuckDB read it. None when the outcome could differ from reading record by record."""
        import duckdb

        facts = self.facts
        if not self._is_plain(pick):
            return None
        names = pick.names
        records = facts.lines - pick.header_record
        if records > 0:
            try:
                con.execute(f"create or replace temp table loaded as select * from {self._read_csv(pick)}")
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
        blank = blank_record([f"c{i}" for i in range(len(names))], blanks)
        cells = ", ".join(f"c{i} as {ident(name)}" for i, name in enumerate(names))
        con.execute(
            f"create or replace temp view source as select rowid + {pick.header_record + 1} as _record, "
            f"rowid + {pick.header_record + 1} as _source_row, null::varchar as _sheet, {cells} from loaded "
            f"{'' if rows == filled_rows else f'where {filled} or not ({blank})'}"
        )
        if rows != filled_rows:
            (rows,) = con.execute("select count(*) from source").fetchone()
        create_broken(con, [])
        return Loaded(names, blanks, facts.has_plus, records=rows, encoding=self.decoded.encoding)

    def load_exact(self, con: duckdb.DuckDBPyConnection, pick: Pick) -> Loaded:
        """Read record by record; a record of the wrong form becomes a row of `broken`."""
        broken = BrokenRecords(con)
        names = pick.names
        _, records = fill_source(con, lambda: names, self._records(pick, len(names), broken))
        return Loaded(names, self.facts.blanks, records=records, broken=broken.finish(), encoding=self.decoded.encoding)

    def _records(self, pick: Pick, width: int, broken: BrokenRecords) -> Iterator[Record]:
        record = 0
        with text_records(self.decoded) as stream, wide_cells():
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
                        broken.add(record, "quoting", lines.remembered)
                        continue
                if row is None:
                    return
                if record <= pick.header_record or not any(map(is_filled, row)):
                    continue
                if len(row) > width and not any(map(is_filled, row[width:])):
                    row = row[:width]
                if pick.is_ragged:
                    row += [""] * (width - len(row))
                if len(row) != width:
                    broken.add(record, "field_count", lines.remembered)
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
