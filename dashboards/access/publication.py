"""The published file: which one is current, and reading it without ever standing in a writer's way.

Belongs here: following the `current` link, read-only connections, what the file says about itself.
Does not belong here: queries for pages.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from dashboards.access.errors import NotPublished

# Locked: the connection can neither reach outside the file nor be told to.
CONNECTION_CONFIG: dict[str, str] = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "memory_limit": "1GB",
    "threads": "2",
    "lock_configuration": "true",
}


@dataclass(frozen=True)
class PublicationInfo:
    """What a published file says about itself."""

    publication_id: str
    published_at: datetime
    is_synthetic: bool
    data_as_of: datetime | None


@dataclass(frozen=True)
class OpenPublication:
    """One immutable published file, open. `tables` names the columns of each."""

    path: Path
    connection: duckdb.DuckDBPyConnection
    info: PublicationInfo
    tables: Mapping[str, frozenset[str]]

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """Connections are not safe across threads; cursors of one connection are."""
        return self.connection.cursor()


class PublishedFile:
    """The current publication of a data folder; opened again when the link moves."""

    def __init__(self, current: Path) -> None:
        self._current = current
        self._lock = threading.Lock()
        self._open: OpenPublication | None = None

    def current(self) -> OpenPublication:
        """The publication that the link names now. A moved link is followed; readers of the old file finish on it."""
        # The link is resolved, because DuckDB shares an instance by path and would go on showing the old file.
        try:
            path = self._current.resolve(strict=True)
        except FileNotFoundError:
            raise NotPublished(str(self._current)) from None
        with self._lock:
            if self._open is None or self._open.path != path:
                self._open = open_publication(path)
            return self._open


def open_publication(path: Path) -> OpenPublication:
    try:
        connection = duckdb.connect(str(path), read_only=True, config=CONNECTION_CONFIG)
    except duckdb.IOException as error:
        raise NotPublished(str(path)) from error
    tables = {
        f"{schema}.{name}": frozenset(columns)
        for schema, name, columns in connection.execute(
            "select schema_name, table_name, list(column_name) from duckdb_columns() where not internal group by all"
        ).fetchall()
    }
    return OpenPublication(path, connection, _read_info(connection, tables, path), tables)


def _read_info(
    connection: duckdb.DuckDBPyConnection, tables: Mapping[str, frozenset[str]], path: Path
) -> PublicationInfo:
    if "quality.publication" not in tables:
        raise NotPublished(f"{path} does not say which publication it is")
    rows = connection.execute(
        "select publication_id, published_at, is_synthetic, data_as_of from quality.publication"
    ).fetchall()
    if len(rows) != 1:
        raise NotPublished(f"{path} says {len(rows)} times which publication it is")
    publication_id, published_at, is_synthetic, data_as_of = rows[0]
    return PublicationInfo(publication_id, published_at, bool(is_synthetic), data_as_of)
