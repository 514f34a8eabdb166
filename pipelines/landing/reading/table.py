"""What every reader of a file format shares: heads, picks, names of columns, and the tables that records go to.

Belongs here: the table `source` and how records get into it. Does not belong here: any one format.

`source` has `_record` (unique in the file), `_source_row` (record number in file or sheet, header lines counted),
`_sheet` (null unless several sheets are read) and one text column per header cell. `broken` has the records that
have no cells at all. `source` is a view over the table `loaded`. Every row is a record that stands in the file; blank
records are not rows but count as numbers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, zip_longest
from typing import TYPE_CHECKING, Protocol

from pipelines.landing.reasons import set_aside
from pipelines.landing.text import BLANKS
from pipelines.sql import ident, insert_rows, literal

if TYPE_CHECKING:
    import duckdb
    import pyarrow

HEAD_RECORDS = 20
MAX_COLUMNS = 4096
MAX_CELL_CHARACTERS = 4 * 1024 * 1024
_BATCH_RECORDS = 50_000
BROKEN_TEXT = 2_000
_BLANK_TEXT = "".join(BLANKS)
RESERVED = (
    "_record",
    "_source_row",
    "_sheet",
    "_source_file",
    "_title",
    "_period_start",
    "_period_end",
    "_delivered_day",
    "_ignored_by",
    "_item_no",
)
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


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
    merges: tuple[tuple[int, int, int, int], ...] = ()
    """Merged cells that touch `rows`, as top, left, bottom, right: positions in `rows`, from 0, the last included.
    Only the top left cell of a merge has a text."""
    is_repaired: bool = False
    """Another reading of a head whose cells look as if GBK had been read as Latin-1. Plain heads come first."""
    is_lines: bool = False
    """Another reading of a text: its lines, each a record of one cell."""


@dataclass(frozen=True)
class Pick:
    """A head with its header found."""

    head: Head
    header_record: int
    """1-based, the last of the header's records; 0 when the format itself names the columns."""
    first_record: int | None = None
    """The first of the header's records, where there are several."""
    header_texts: tuple[str, ...] | None = None
    """The columns' texts, where they are not the cells of the header's one record."""
    header_leaves: tuple[str, ...] | None = None
    """The last parts of composite texts."""
    is_ragged: bool = False
    """Records may have fewer cells than the header, as in a text that has none of its own."""

    @property
    def texts(self) -> tuple[str, ...]:
        return self.header_texts or self.head.rows[max(self.header_record, 1) - 1]

    @property
    def names(self) -> tuple[str, ...]:
        return column_names(self.texts)

    @property
    def title(self) -> str | None:
        first = self.header_record if self.first_record is None else self.first_record
        above = [cell.strip() for row in self.head.rows[: max(first - 1, 0)] for cell in row]
        return "\n".join(cell for cell in above if cell) or None


@dataclass(frozen=True)
class Loaded:
    """What the table `source` holds."""

    columns: tuple[str, ...]
    blanks: tuple[str, ...] = BLANKS
    """What cells may be padded with; what is not listed does not occur."""
    has_plus: bool = True
    """Whether any cell may hold a plus sign."""
    records: int = 0
    """Rows of `source`."""
    broken: int = 0
    """Rows of `broken`."""
    has_sheets: bool = False
    """Whether records come from several sheets, so that their numbers need the sheet's name."""
    unread_sheets: tuple[str, ...] = ()
    repaired_cells: int = 0
    """Cells of `source` that had been decoded wrongly by the exporter and were put right."""
    encoding: str | None = None
    first_source_row: int | None = None
    """Set where `source` reads the file itself, and once only: the record number of its first row, the others follow
    one by one. That every line is a row is then a guess; `reload` reads record by record where it proves wrong."""
    reload: Callable[[], Loaded] | None = None


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


def first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:300]


def is_filled(cell: str | None) -> bool:
    return bool(cell) and bool(cell.strip(_BLANK_TEXT))


def blank_record(columns: Sequence[str], blanks: Sequence[str]) -> str:
    marks = literal("".join(blanks) or " ")
    return " and ".join(f"coalesce(trim({column}, {marks}), '') = ''" for column in columns) or "true"


def create_broken(con: duckdb.DuckDBPyConnection, broken: Sequence[tuple[int, str, str]]) -> None:
    con.execute("create or replace temp table broken (_source_row bigint, reason_code varchar, raw varchar)")
    insert_rows(con, "broken", broken)


class BrokenRecords:
    """Fills `broken` in batches, so that memory does not grow with the number of records that are wrong."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con
        self._waiting: list[tuple[int, str, str]] = []
        self._written = 0
        create_broken(con, [])

    def add(self, number: int, reason_code: str, text: str) -> None:
        self._waiting.append((number, reason_code, text[:BROKEN_TEXT]))
        if len(self._waiting) == _BATCH_RECORDS:
            self._write()

    def finish(self) -> int:
        """Write the rest; returns how many there are."""
        self._write()
        return self._written

    def _write(self) -> None:
        import pyarrow

        if len(self._waiting) < _BATCH_RECORDS:
            insert_rows(self._con, "broken", self._waiting)
        else:
            numbers, codes, texts = zip(*self._waiting, strict=True)
            columns = [pyarrow.array(numbers, pyarrow.int64()), pyarrow.array(codes, pyarrow.string()), _texts(texts)]
            self._con.register("broken_batch", pyarrow.table(columns, names=["number", "code", "raw"]))
            self._con.execute("insert into broken select * from broken_batch")
            self._con.unregister("broken_batch")
        self._written += len(self._waiting)
        self._waiting.clear()


def fill_source(
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
