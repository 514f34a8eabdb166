"""The reconciliation must notice every way in which rows or money can get lost between file, lake and staging."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from pipelines.contract import load_contract
from pipelines.contract.model import PROVENANCE_COLUMNS
from pipelines.warehouse.reconcile import reconcile

MONEY_TOTALS = '{"amount": "30.00"}'


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """Two quotes in two batches: the second delivery replaces Q1."""
    path = tmp_path / "working.duckdb"
    quotes = load_contract().get("quotes")
    columns = [f"{c.name} {c.sql_type}" for c in quotes.columns] + [f"{n} {t}" for n, t in PROVENANCE_COLUMNS.items()]
    with duckdb.connect(str(path)) as con:
        for schema in ("audit", "landed", "staging", "landed_crm"):
            con.execute(f"create schema {schema}")
        con.execute(
            "create table landed.batches (batch_id varchar, dataset varchar, source_file varchar, read_count bigint,"
            " accepted_count bigint, quarantined_count bigint, duplicate_count bigint, ignored_count bigint,"
            " landed_count bigint, money_totals varchar, is_active boolean)"
        )
        con.execute(
            "insert into landed.batches values"
            f" ('b1', 'quotes', 'crm/quotes.csv', 5, 2, 1, 1, 1, 2, '{MONEY_TOTALS}', true),"
            " ('b2', 'quotes', 'crm/quotes_2.csv', 1, 1, 0, 0, 0, 1, '{\"amount\": \"11.00\"}', true)"
        )
        con.execute(f"create table landed_crm.quotes ({', '.join(columns)})")
        con.execute(
            "insert into landed_crm.quotes (quote_id, amount, _batch_id, _source_sha256, _source_row) values"
            " ('Q1', 10.00, 'b1', 'a', 2), ('Q2', 20.00, 'b1', 'a', 3), ('Q1', 11.00, 'b2', 'b', 2)"
        )
        con.execute(
            "create table staging.stg_crm__quotes as from landed_crm.quotes where (quote_id, _batch_id) <> ('Q1', 'b1')"
        )
    return path


def _verdict(database: Path) -> tuple[bool, str]:
    [check] = reconcile(database, load_contract())
    return check.passed, check.detail_en


def _alter(database: Path, statement: str) -> None:
    with duckdb.connect(str(database)) as con:
        con.execute(statement)


def test_a_replaced_row_is_accounted_for(database: Path) -> None:
    assert _verdict(database) == (True, "rows and money agree at every layer")
    with duckdb.connect(str(database)) as con:
        rows = con.execute(
            "select batch_id, landed_count, staged_count, superseded_count, is_balanced from audit.reconciliation"
            " order by batch_id"
        ).fetchall()
    assert rows == [("b1", 2, 1, 1, True), ("b2", 1, 1, 0, True)]


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("update landed.batches set quarantined_count = 0 where batch_id = 'b1'", "read 5 <> accepted 2"),
        ("delete from landed_crm.quotes where quote_id = 'Q2'", "landed 1 <> reported 2"),
        ("delete from staging.stg_crm__quotes where quote_id = 'Q2'", "staged 0 + superseded 1 <> landed 2"),
        ("update landed_crm.quotes set amount = 20.01 where quote_id = 'Q2'", "amount: landed 30.01 <> file 30.00"),
        ("insert into staging.stg_crm__quotes from staging.stg_crm__quotes where quote_id = 'Q2'", "staged 2"),
    ],
)
def test_a_loss_is_named(database: Path, statement: str, said: str) -> None:
    _alter(database, statement)
    passed, detail = _verdict(database)
    assert not passed
    assert said in detail
