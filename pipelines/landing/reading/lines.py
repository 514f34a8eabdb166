"""Text whose records are its lines, as copied chats are.

Belongs here: lines as records of one column. Does not belong here: what stands in them.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from pipelines.landing.reading.table import Head, Loaded, Record, create_broken, fill_source, is_filled

if TYPE_CHECKING:
    import duckdb

LINE_COLUMN = "line"
HEAD_LINES = 50


def lines_head(text: str) -> Head:
    """The first lines of a text, each a record of one cell."""
    lines = islice(io.StringIO(text, newline=None), HEAD_LINES)
    return Head(tuple((line.rstrip("\n"),) for line in lines), is_lines=True)


def load_lines(con: duckdb.DuckDBPyConnection, stream: io.TextIOWrapper, blanks: tuple[str, ...]) -> Loaded:
    """Every line that is not blank; blank ones count as numbers."""

    def records() -> Iterator[Record]:
        for number, line in enumerate(stream, start=1):
            if is_filled(line):
                yield number, None, [line.rstrip("\r\n")]

    columns, count = fill_source(con, lambda: (LINE_COLUMN,), records())
    create_broken(con, [])
    return Loaded(columns, blanks, records=count)
