"""The dialect: results outlive their connection, and reflection tells what DuckDB says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
import sqlalchemy as sa

from pipelines.checks import buffered_duckdb


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "some.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute('create schema "odd schema"')
        con.execute('create table "odd schema"."order" (id bigint, price decimal(18, 2), tags varchar[], "a b" date)')
        con.execute("""insert into "odd schema"."order" values (1, 9.5, ['x'], '2026-01-01'), (2, 8.5, null, null)""")
    return path


@pytest.fixture
def engine(database: Path) -> Iterator[sa.Engine]:
    buffered_duckdb.register()
    engine = sa.create_engine(
        f"duckdb+buffered:///{database}",
        connect_args={"read_only": True, "statements": ["set variable answer = 42"]},
    )
    yield engine
    engine.dispose()


def test_result_can_be_read_after_its_connection_was_used_again_and_returned(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        first = connection.execute(sa.text('select id from "odd schema"."order" order by id'))
        connection.execute(sa.text("select 7")).fetchall()
    assert [row.id for row in first] == [1, 2]


def test_empty_result_and_statement_without_result(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        assert connection.execute(sa.text("select 1 where false")).fetchall() == []
        connection.execute(sa.text("set variable other = 1"))


def test_statements_are_run_on_each_new_connection(engine: sa.Engine) -> None:
    with engine.connect() as one, engine.connect() as other:
        query = sa.text("select getvariable('answer')")
        assert [c.execute(query).scalar() for c in (one, other)] == [42, 42]


def test_columns_come_with_duckdbs_own_types(engine: sa.Engine) -> None:
    columns = sa.inspect(engine).get_columns("order", schema="odd schema")
    assert {c["name"]: c["duckdb_type"] for c in columns} == {
        "id": "BIGINT",
        "price": "DECIMAL(18,2)",
        "tags": "VARCHAR[]",
        "a b": "DATE",
    }
    assert isinstance(columns[1]["type"], sa.Numeric)


def test_relation_that_is_not_there_is_said_to_be_missing(engine: sa.Engine) -> None:
    with pytest.raises(sa.exc.NoSuchTableError, match="nowhere"):
        sa.inspect(engine).get_columns("nowhere", schema="odd schema")


def test_file_cannot_be_written_through_it(engine: sa.Engine) -> None:
    with engine.connect() as connection, pytest.raises(sa.exc.ProgrammingError, match="read-only"):
        connection.execute(sa.text('delete from "odd schema"."order"'))
