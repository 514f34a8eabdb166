"""A SQLAlchemy dialect over duckdb-engine that Great Expectations can work with.

Belongs here: what differs from duckdb-engine. Does not belong here: anything about expectations.

Three differences. Great Expectations gives a connection back before it fetches, when DuckDB's pending result is
already gone: every result is read as soon as it is there. Reflection through the emulated PostgreSQL catalogue takes
50 ms a relation: columns come from DESCRIBE. What a connection needs beyond the file (attached databases, temporary
views) is passed as statements in `connect_args`, which stay plain data.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from duckdb_engine import Dialect
from sqlalchemy import exc, types
from sqlalchemy.dialects import registry
from sqlalchemy.engine import Connection, reflection
from sqlalchemy.engine.cursor import FullyBufferedCursorFetchStrategy

NAME = "duckdb.buffered"

_GENERIC_TYPES: dict[str, types.TypeEngine] = {
    "VARCHAR": types.String(),
    "BIGINT": types.BigInteger(),
    "INTEGER": types.Integer(),
    "DOUBLE": types.Float(),
    "DECIMAL": types.Numeric(),
    "BOOLEAN": types.Boolean(),
    "DATE": types.Date(),
    "TIMESTAMP": types.DateTime(),
}


class _BufferingContext(Dialect.execution_ctx_cls):
    def post_exec(self) -> None:
        super().post_exec()
        if self.cursor.description:
            self.cursor_fetch_strategy = FullyBufferedCursorFetchStrategy(
                self.cursor, alternate_description=self.cursor.description, initial_buffer=self.cursor.fetchall()
            )


class BufferedDialect(Dialect):
    """duckdb-engine with buffered results and cheap reflection."""

    driver = "buffered"
    supports_statement_cache = True
    execution_ctx_cls = _BufferingContext

    def connect(self, *cargs: Any, statements: Sequence[str] = (), **cparams: Any) -> Any:
        connection = super().connect(*cargs, **cparams)
        for statement in statements:
            connection.execute(statement)
        return connection

    @reflection.cache
    def get_columns(
        self, connection: Connection, table_name: str, schema: str | None = None, **kw: Any
    ) -> list[dict[str, Any]]:
        """As SQLAlchemy defines it, with DuckDB's own spelling of the type added as `duckdb_type`."""
        quote = self.identifier_preparer.quote_identifier
        relation = ".".join(quote(part) for part in (schema, str(table_name)) if part)
        try:
            described = connection.exec_driver_sql(f"describe {relation}").fetchall()
        except exc.ProgrammingError as error:
            raise exc.NoSuchTableError(relation) from error
        return [
            {
                "name": name,
                "type": _GENERIC_TYPES.get(duckdb_type.split("(")[0], types.NullType()),
                "nullable": True,
                "default": None,
                "duckdb_type": duckdb_type,
            }
            for name, duckdb_type, *_ in described
        ]

    def get_pk_constraint(
        self, connection: Connection, table_name: str, schema: str | None = None, **kw: Any
    ) -> dict[str, Any]:
        """Neither views nor dbt's tables declare any."""
        return {"constrained_columns": [], "name": None}


def register() -> None:
    """Make `duckdb+buffered:///file` known to SQLAlchemy."""
    registry.register(NAME, __name__, BufferedDialect.__name__)
