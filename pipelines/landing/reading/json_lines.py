"""JSON lines: one object per line.

Belongs here: parsing objects, numbers with their spelling kept. Does not belong here: meaning of keys.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from pipelines.landing.reading.delimited import text_records
from pipelines.landing.reading.table import (
    MAX_COLUMNS,
    BrokenRecords,
    Head,
    Loaded,
    Pick,
    Record,
    clean_name,
    column_names,
    fill_source,
    is_filled,
)
from pipelines.landing.reasons import set_aside
from pipelines.landing.text import Decoded, first_invalid_utf8, line_of

if TYPE_CHECKING:
    import duckdb

HEAD_OBJECTS = 1_000


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
        broken = BrokenRecords(con)
        # A key may turn up anywhere in the file; each gets its column when it does.
        keys: dict[str, None] = dict.fromkeys(self.heads[0].rows[0])

        def records() -> Iterator[Record]:
            for number, value, line in _json_lines(self.decoded):
                if not isinstance(value, dict):
                    broken.add(number, "json", line)
                    continue
                if not value.keys() <= keys.keys():
                    keys.update(dict.fromkeys(value))
                    if len(keys) > MAX_COLUMNS:
                        raise set_aside("too_many_columns", count=len(keys), limit=MAX_COLUMNS)
                # An empty text is an empty cell, as it is in every other format.
                cells = [v or None if type(v := value.get(key)) is str else _json_text(v) for key in keys]
                if "\\u0000" in line:
                    cells = [cell and cell.replace("\0", "") for cell in cells]
                if any(map(is_filled, cells)):
                    yield number, None, cells

        def names() -> tuple[str, ...]:
            return column_names([key if clean_name(key) else f"column_{i}" for i, key in enumerate(keys, start=1)])

        columns, count = fill_source(con, names, records())
        return Loaded(columns, records=count, broken=broken.finish(), encoding=self.decoded.encoding)


def _json_lines(decoded: Decoded) -> Iterator[tuple[int, Any, str]]:
    """Line number, parsed value (None where it is no JSON) and the line itself; blank lines are left out."""
    decoder = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str)
    try:
        with text_records(decoded) as stream:
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
