"""The DuckDB connections that landing works with.

Belongs here: their settings and limits. Does not belong here: any SQL about files or datasets.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

from pipelines.landing import check, profile_sql
from pipelines.sql import literal

if TYPE_CHECKING:
    import duckdb

MEMORY_LIMIT = "2GB"
# Delta encodings where a dictionary does not pay: less work and smaller files.
PARQUET = "format parquet, parquet_version v2, dictionary_size_limit 1000, compression zstd, compression_level 1"
# What one file leaves in a connection: see `reading`, `mapping` and `write`.
_VIEWS = ("source", "facts", "faulty_rows")
_TABLES = (
    "loaded",
    "broken",
    "records",
    "kept",
    "shaped",
    "parts",
    "mapped",
    "checked",
    "outcomes",
    "faults",
    "bad_rows",
    "originals",
    "patches",
    "focus",
)


class Engine:
    """A connection for one file at a time, single-threaded for small files and many-threaded for big ones.

    It reaches no file but the work folder, since profiles bring SQL of their own.
    """

    def __init__(self, work: Path) -> None:
        self._work = work
        self._connections: dict[bool, duckdb.DuckDBPyConnection] = {}

    def connection(self, is_small: bool) -> duckdb.DuckDBPyConnection:
        if is_small not in self._connections:
            self._connections[is_small] = self._connect(is_small)
        return self._connections[is_small]

    def _connect(self, is_small: bool) -> duckdb.DuckDBPyConnection:
        import duckdb

        con = duckdb.connect()
        if is_small:
            con.execute("set threads = 1")
        con.execute(f"set memory_limit = {literal(MEMORY_LIMIT)}")
        # A folder of its own: connections name their spill files alike.
        con.execute(f"set temp_directory = {literal(mkdtemp(prefix='spill-', dir=self._work))}")
        con.execute("set TimeZone = 'UTC'")
        # The rare spellings stand behind cheap guards, which the first two would pull apart. The third makes a join of
        # every list of five texts or more: a hundred columns with such lists take a second whatever the rows.
        con.execute("set disabled_optimizers = 'common_subexpressions, filter_pushdown, in_clause'")
        check.prepare(con)
        profile_sql.prepare(con)
        con.execute(f"set allowed_directories = [{literal(str(self._work.absolute()) + '/')}]")
        con.execute("set enable_external_access = false")
        con.execute("set lock_configuration = true")
        return con

    def reset(self) -> None:
        """Forget the file that was worked on."""
        for con in self._connections.values():
            con.execute(";".join(f"drop view if exists {name}" for name in _VIEWS))
            con.execute(";".join(f"drop table if exists {name}" for name in _TABLES))

    def close(self) -> None:
        for con in self._connections.values():
            con.close()
        self._connections.clear()


def copy_to(con: duckdb.DuckDBPyConnection, select: str, out: Path) -> int:
    """Write a select's rows as Parquet; returns their number."""
    (count,) = con.execute(f"copy ({select}) to {literal(str(out))} ({PARQUET})").fetchone()
    return count
