"""Digests of published tables: the same for the same rows, whatever their order and whatever wrote the file.

Belongs here: one digest per table, computed inside DuckDB. Does not belong here: what is published (`publish`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipelines.sql import ident

if TYPE_CHECKING:
    import duckdb


def table_digests(con: duckdb.DuckDBPyConnection) -> dict[str, dict[str, Any]]:
    """`schema.table` -> number of rows and digest, of every table of the connection's own database.

    A row is the texts of its cells, each with its length before it, so that no two rows read alike; the digest is over
    the columns' names and types and the rows' hashes in the order of the hashes.
    """
    columns = con.execute(
        "select schema_name, table_name, column_name, data_type from duckdb_columns() "
        "where database_name = current_database() and not internal order by schema_name, table_name, column_index"
    ).fetchall()
    tables: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for schema, table, name, kind in columns:
        tables.setdefault((schema, table), []).append((name, kind))
    found = {}
    for (schema, table), described in tables.items():
        cells = ", ".join(
            f"coalesce(length({ident(name)}::varchar) || ':' || {ident(name)}::varchar, '-')" for name, _ in described
        )
        header = "\n".join(f"{name} {kind}" for name, kind in described)
        rows, digest = con.execute(
            "select count(*), sha256(concat(?, chr(10), string_agg(hashed, '' order by hashed))) "
            f"from (select sha256(concat({cells})) as hashed from {ident(schema)}.{ident(table)})",
            [header],
        ).fetchone()
        found[f"{schema}.{table}"] = {"rows": rows, "sha256": digest}
    return found
