"""Writing SQL text and Python rows for DuckDB.

Belongs here: names and values as SQL text, and the one way in which rows of this process enter a table.
Does not belong here: what the rows mean.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

# One statement a row is slow; a statement of many rows costs a fraction of it.
ROWS_PER_STATEMENT = 200


def ident(name: str) -> str:
    """A quoted identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: str | None) -> str:
    """A SQL text literal, or null."""
    return "null" if value is None else "'" + value.replace("'", "''") + "'"


def insert_rows(con: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Sequence[object]]) -> None:
    """Append rows, each with one value per column of `table`, in their order.

    Values go as literals: bound parameters would make the driver import pandas, which takes seconds.
    """
    for start in range(0, len(rows), ROWS_PER_STATEMENT):
        chunk = rows[start : start + ROWS_PER_STATEMENT]
        values = ", ".join(f"({', '.join(map(_constant, row))})" for row in chunk)
        con.execute(f"insert into {table} values {values}")


def _constant(value: object) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float) and math.isfinite(value):
        return repr(value)
    if isinstance(value, datetime):
        return f"timestamp {literal(value.isoformat(sep=' '))}"
    return literal(str(value))
