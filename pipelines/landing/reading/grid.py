"""Sheets as text columns on disk: how the worker hands a file's tables over to the landing.

Belongs here: rows of typed cells to Arrow files, with what the landing wants to know of a sheet beforehand.
Does not belong here: any file format (`spreadsheets`, `markup`), the use of those files (`workbook`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from itertools import chain, islice, zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.landing.reading.cells import column_texts
from pipelines.landing.reading.repair import repaired_head
from pipelines.landing.reading.table import HEAD_RECORDS, MAX_COLUMNS
from pipelines.landing.text import BLANKS

if TYPE_CHECKING:
    import pyarrow

ROW = "_row"
Merge = tuple[int, int, int, int]

# What a workbook can have.
MAX_SHEET_COLUMNS = 16_384
_BATCH_CELLS = 1 << 18
_BATCH_ROWS = 1 << 14
# What the head of one sheet may weigh; a cell beyond it is shown by its beginning.
_HEAD_CHARACTERS = 4_000_000
_LONG_HEAD_CELL = 200


@dataclass
class Grid:
    """A sheet as it is read: rows of typed cells, and the merges known by the time the rows are through."""

    name: str
    rows: Iterator[Sequence[Any]]
    merges: list[Merge] = field(default_factory=list)
    """Top, left, bottom, right in `rows`."""


@dataclass(frozen=True)
class WrittenSheet:
    """A sheet on disk. Its parts have `_row` (from 1) and c0, c1 ... as texts; wider rows begin a new part."""

    name: str
    head: tuple[tuple[str, ...], ...]
    merges: tuple[Merge, ...]
    repaired_head: tuple[tuple[str, ...], ...] | None
    """The head read as GBK that was taken for Latin-1; None where nothing speaks for it."""
    parts: tuple[tuple[str, int], ...]
    """Path and number of text columns."""
    blanks: tuple[str, ...]
    has_plus: bool

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, document: dict[str, Any]) -> WrittenSheet:
        def rows(value: Any) -> Any:
            return None if value is None else tuple(tuple(row) for row in value)

        return cls(
            name=document["name"],
            head=rows(document["head"]),
            merges=rows(document["merges"]),
            repaired_head=rows(document["repaired_head"]),
            parts=rows(document["parts"]),
            blanks=tuple(document["blanks"]),
            has_plus=document["has_plus"],
        )


def write_grid(grid: Grid, folder: Path, number: int) -> WrittenSheet:
    """Read the grid to its end and write it below `folder`. Blank rows are counted and left out."""
    writer = _GridWriter(folder, number)
    with writer.closing:
        # The first row says how many rows make a batch of bearable size.
        first = next(grid.rows, None)
        rows = chain([first], grid.rows) if first is not None else iter(())
        size = max(HEAD_RECORDS, min(_BATCH_ROWS, _BATCH_CELLS // max(len(first or ()), 1)))
        while batch := list(islice(rows, size)):
            writer.add(batch)
    head = tuple(tuple(row) for row in _within_budget(writer.head))
    return WrittenSheet(
        name=grid.name,
        head=head,
        merges=tuple(sorted(merge for merge in grid.merges if merge[0] < HEAD_RECORDS)),
        repaired_head=repaired_head(head),
        parts=tuple(writer.parts),
        blanks=tuple(mark for mark in BLANKS if mark not in writer.missing_blanks),
        has_plus=writer.has_plus,
    )


class _GridWriter:
    def __init__(self, folder: Path, number: int) -> None:
        self._folder = folder
        self._number = number
        self._rows = 0
        self._writer: Any = None
        self.closing = ExitStack()
        self.head: list[list[str]] = []
        self.parts: list[tuple[str, int]] = []
        self.missing_blanks = {mark: mark.encode("utf-8") for mark in BLANKS}
        self.has_plus = False

    def add(self, batch: Sequence[Sequence[Any]]) -> None:
        import numpy
        import pyarrow

        columns = [column_texts(values) for values in _columns(batch)]
        self._extend_head(columns, len(batch))
        numbers = numpy.arange(self._rows + 1, self._rows + 1 + len(batch))
        self._rows += len(batch)
        if not columns:
            return
        is_filled = numpy.zeros(len(batch), numpy.bool_)
        for column in columns:
            if column.null_count == 0:
                is_filled[:] = True
                break
            if column.null_count < len(batch):
                is_filled |= column.is_valid().to_numpy(zero_copy_only=False)
        for column in columns:
            self._look_for_marks(column)
        if not self.parts or self.parts[-1][1] < len(columns):
            self._begin_part(len(columns))
        columns += [pyarrow.nulls(len(batch), pyarrow.string())] * (self.parts[-1][1] - len(columns))
        rows = pyarrow.record_batch([pyarrow.array(numbers, pyarrow.int64()), *columns], schema=self._writer_schema)
        if not is_filled.all():
            rows = rows.filter(pyarrow.array(is_filled))
        if rows.num_rows:
            self._writer.write_batch(rows)

    def _begin_part(self, width: int) -> None:
        import pyarrow

        self.closing.close()
        path = self._folder / f"sheet-{self._number}-{len(self.parts)}.arrow"
        fields = [(ROW, pyarrow.int64()), *((f"c{i}", pyarrow.string()) for i in range(width))]
        self._writer_schema: pyarrow.Schema = pyarrow.schema(fields)
        sink = self.closing.enter_context(pyarrow.OSFile(str(path), "wb"))
        self._writer = self.closing.enter_context(pyarrow.ipc.new_stream(sink, self._writer_schema))
        self.parts.append((str(path), width))

    def _extend_head(self, columns: Sequence[pyarrow.Array], rows: int) -> None:
        wanted = min(HEAD_RECORDS - len(self.head), rows)
        if wanted > 0:
            # One column too many is enough to say that there are too many.
            texts = [column.slice(0, wanted).to_pylist() for column in columns[: MAX_COLUMNS + 1]]
            self.head += [[text or "" for text in row] for row in zip(*texts, strict=True)] if texts else [[]] * wanted

    def _look_for_marks(self, column: pyarrow.Array) -> None:
        if not self.missing_blanks and self.has_plus:
            return
        data = column.buffers()[2]
        raw = data.to_pybytes() if data is not None else b""
        for mark, encoded in list(self.missing_blanks.items()):
            if encoded in raw:
                del self.missing_blanks[mark]
        self.has_plus = self.has_plus or b"+" in raw


def _columns(batch: Sequence[Sequence[Any]]) -> list[tuple[Any, ...]]:
    if len(set(map(len, batch))) == 1:
        return list(zip(*batch, strict=True))
    return list(zip_longest(*batch, fillvalue=""))


def _within_budget(head: list[list[str]]) -> list[list[str]]:
    if sum(len(cell) for row in head for cell in row) <= _HEAD_CHARACTERS:
        return head
    return [[cell[:_LONG_HEAD_CELL] for cell in row] for row in head]
