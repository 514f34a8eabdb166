"""Free SQL over the published marts, for `hufu sql`.

Belongs here: a read-only, locked-down connection and plain formatting. Does not belong here: roles; whoever may run
this command may read the file itself.
"""

from __future__ import annotations

import csv
import io
import json
import os
from typing import Any

import duckdb

from pipelines.settings import DataPaths


class QueryFailed(RuntimeError):
    """Nothing is published, or the statement was refused; the message says which."""


def query_published(paths: DataPaths, statement: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Column names and rows of one statement on the current publication. Raises QueryFailed."""
    if not paths.current.exists():
        raise QueryFailed(f"nothing is published in {paths.root}; run `hufu run` first")
    # The versioned name: DuckDB caches instances by path, and `current` changes.
    file = os.path.realpath(paths.current)
    with duckdb.connect(file, read_only=True, config={"enable_external_access": False}) as con:
        con.execute("set lock_configuration = true")
        try:
            cursor = con.execute(statement)
            return [d[0] for d in cursor.description or []], cursor.fetchall()
        except duckdb.Error as error:
            raise QueryFailed(str(error)) from error


def format_rows(names: list[str], rows: list[tuple[Any, ...]], style: str) -> str:
    """Text of a result as an aligned table, CSV or JSON lines."""
    if style == "json":
        return "\n".join(json.dumps(dict(zip(names, r, strict=True)), ensure_ascii=False, default=str) for r in rows)
    if style == "csv":
        buffer = io.StringIO()
        writer = csv.writer(buffer, lineterminator="\n")
        writer.writerows([names, *rows])
        return buffer.getvalue().rstrip("\n")
    from rich.console import Console
    from rich.table import Table

    table = Table(*names)
    for row in rows:
        table.add_row(*("" if value is None else str(value) for value in row))
    console = Console(file=io.StringIO(), width=None if os.isatty(1) else 200)
    console.print(table)
    return console.file.getvalue().rstrip("\n")  # type: ignore[attr-defined]
