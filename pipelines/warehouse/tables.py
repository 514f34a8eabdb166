"""Writing Python rows into DuckDB.

Belongs here: the one way in which rows of this process enter a table. Does not belong here: what the rows mean.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import duckdb

# `executemany` runs one statement a row; a statement of many rows costs a fraction of it.
ROWS_PER_STATEMENT = 200


def insert_rows(con: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Sequence[Any]]) -> None:
    """Append rows, each with one value per column of `table`, in their order."""
    for start in range(0, len(rows), ROWS_PER_STATEMENT):
        chunk = rows[start : start + ROWS_PER_STATEMENT]
        one = f"({', '.join('?' * len(chunk[0]))})"
        values = [value for row in chunk for value in row]
        con.execute(f"insert into {table} values {', '.join([one] * len(chunk))}", values)
