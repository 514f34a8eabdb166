"""The reconciliation must notice every way in which rows or money get lost between file, lake, staging and models."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from pipelines.checks.result import CheckResult
from pipelines.contract import Dataset, load_contract
from pipelines.contract.model import PROVENANCE_COLUMNS
from pipelines.warehouse.carriers import Carrier
from pipelines.warehouse.reconcile import reconcile, reconcile_marts

REGISTER = """
create table landed.batches (
    batch_id varchar, dataset varchar, source_file varchar, read_count bigint, accepted_count bigint,
    quarantined_count bigint, duplicate_count bigint, ignored_count bigint, landed_count bigint, money_totals varchar,
    file_money_totals varchar, quarantined_money_totals varchar, duplicate_money_totals varchar, is_active boolean
)
"""
NOTHING = "'{}', '{}', '{}'"


def _carrier(model: str, dataset: str, *, is_mart: bool = False, **more: dict[str, str]) -> Carrier:
    parts: dict[str, dict[str, str]] = {"keys": {}, "groups": {}, "money": {}, "also": {}, "left_out": {}, "added": {}}
    return Carrier(model=model, dataset=dataset, is_mart=is_mart, **(parts | more))


QUOTE_MODEL = _carrier(
    "core.fct_quote",
    "quotes",
    keys={"quote_id": "quote_id"},
    money={"quoted_amount": "amount"},
    left_out={"never_quoted": "quoted_at is null"},
    added={"by_hand": "is_by_hand"},
)
QUOTE_MART = _carrier(
    "cost.quoted_monthly",
    "quotes",
    is_mart=True,
    groups={"month": "cast(date_trunc('month', quoted_at) as date)"},
    money={"quoted_amount": "amount"},
    left_out={"never_quoted": "quoted_at is null"},
)


def _columns(dataset: Dataset) -> str:
    columns = [f"{c.name} {c.sql_type}" for c in dataset.columns] + [f"{n} {t}" for n, t in PROVENANCE_COLUMNS.items()]
    return ", ".join(columns)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """Three quotes in two batches: the second delivery replaces Q1, and Q3 was never made, so no model carries it."""
    path = tmp_path / "working.duckdb"
    with duckdb.connect(str(path)) as con:
        for schema in ("audit", "landed", "staging", "landed_crm", "core", "cost"):
            con.execute(f"create schema {schema}")
        con.execute(REGISTER)
        con.execute(
            "insert into landed.batches values ('b1', 'quotes', 'crm/quotes.csv', 6, 3, 1, 1, 1, 3,"
            ' \'{"amount": "33.00"}\', \'{"amount": "45.50"}\', \'{"amount": "2.50"}\', \'{"amount": "10.00"}\', true),'
            " ('b2', 'quotes', 'crm/quotes_2.csv', 1, 1, 0, 0, 0, 1, '{\"amount\": \"11.00\"}',"
            f" {NOTHING}, true),"
            f" ('b0', 'quotes', 'crm/quotes_0.csv', 9, 9, 0, 0, 0, 9, '{{}}', {NOTHING}, false)"
        )
        con.execute(f"create table landed_crm.quotes ({_columns(load_contract().get('quotes'))})")
        con.execute(
            "insert into landed_crm.quotes"
            " (quote_id, amount, quoted_at, _batch_id, _source_file, _source_row, _row_hash) values"
            " ('Q1', 10.00, '2026-01-05', 'b1', 'f', 2, 'x'), ('Q2', 20.00, '2026-02-05', 'b1', 'f', 3, 'y'),"
            " ('Q3', 3.00, null, 'b1', 'f', 4, 'z'), ('Q1', 11.00, '2026-01-05', 'b2', 'g', 2, 'w')"
        )
        con.execute(
            "create table staging.stg_crm__quotes as from landed_crm.quotes where (quote_id, _batch_id) <> ('Q1', 'b1')"
        )
        con.execute(
            "create table core.fct_quote as select quote_id, amount as quoted_amount, false as is_by_hand"
            " from staging.stg_crm__quotes where quoted_at is not null"
        )
        con.execute("insert into core.fct_quote values ('own', 1.00, true)")
        con.execute(
            "create table cost.quoted_monthly as select date '2026-01-01' as month, 11.00 as quoted_amount"
            " union all select date '2026-02-01', 20.00 union all select date '2026-03-01', null"
        )
    return path


def _checks(database: Path) -> dict[str, CheckResult]:
    contract = load_contract()
    found = reconcile(database, contract, [QUOTE_MODEL, QUOTE_MART])
    found += reconcile_marts(database, contract, [QUOTE_MODEL, QUOTE_MART])
    return {check.check_name: check for check in found}


def _alter(database: Path, statement: str) -> None:
    with duckdb.connect(str(database)) as con:
        con.execute(statement)


def test_a_replaced_row_is_accounted_for(database: Path) -> None:
    checks = _checks(database)
    assert {name: check.passed for name, check in checks.items()} == {
        "file_landed_staged_agree": True,
        "staged_core_agree": True,
        "staged_mart_agree": True,
    }
    assert {(check.layer, check.severity) for check in checks.values()} == {("reconciliation", "blocking")}
    with duckdb.connect(str(database)) as con:
        rows = con.execute(
            "select batch_id, landed_count, staged_count, superseded_count, core_count, core_excluded_by, mart_count,"
            " mart_excluded_by, is_balanced, difference from audit.reconciliation order by batch_id"
        ).fetchall()
        money = con.execute(
            "select file_money_total, quarantined_money_total, duplicate_money_total, landed_money_total,"
            " staged_money_total, superseded_money_total, core_money_total, mart_money_total from audit.reconciliation"
            " order by batch_id"
        ).fetchall()
    assert rows == [
        ("b1", 3, 2, 1, 1, '{"never_quoted": 1}', 1, '{"never_quoted": 1}', True, None),
        ("b2", 1, 1, 0, 1, "{}", 1, "{}", True, None),
    ]
    assert money == [
        ("45.50", "2.50", "10.00", "33.00", "23.00", "10.00", "20.00", "20.00"),
        # Landed before files told their money: what landed stands for it.
        ("11.00", "0", "0", "11.00", "11.00", "0.00", "11.00", "11.00"),
    ]


@pytest.mark.parametrize(
    ("statement", "check", "batch", "said"),
    [
        (
            "update landed.batches set quarantined_count = 0 where batch_id = 'b1'",
            "file_landed_staged_agree",
            "b1",
            "read 6 <> accepted 3",
        ),
        (
            "delete from landed_crm.quotes where quote_id = 'Q2'",
            "file_landed_staged_agree",
            "b1",
            "landed 2 <> reported 3",
        ),
        (
            "delete from staging.stg_crm__quotes where quote_id = 'Q2'",
            "file_landed_staged_agree",
            "b1",
            "staged 1 + superseded 1 <> landed 3",
        ),
        (
            "update staging.stg_crm__quotes set quote_id = 'Q9' where quote_id = 'Q2'",
            "file_landed_staged_agree",
            "b1",
            "1 landed keys are not staged",
        ),
        (
            "update landed_crm.quotes set amount = 20.01 where quote_id = 'Q2'",
            "file_landed_staged_agree",
            "b1",
            "amount: landed 33.01 <> file 33.00",
        ),
        (
            "insert into staging.stg_crm__quotes (quote_id, _batch_id, _source_row) values ('Q9', 'b1', 9)",
            "file_landed_staged_agree",
            "b1",
            "1 staged rows are no landed rows",
        ),
        (
            "update staging.stg_crm__quotes set amount = 20.01 where quote_id = 'Q2'",
            "file_landed_staged_agree",
            "b1",
            "amount: staged and superseded 33.01 <> landed 33.00",
        ),
        (
            "update landed.batches set file_money_totals = '{\"amount\": \"45.51\"}' where batch_id = 'b1'",
            "file_landed_staged_agree",
            "b1",
            "amount: file 45.51 <> landed 33.00 + quarantined 2.50 + duplicate 10.00",
        ),
        (
            "insert into staging.stg_crm__quotes from staging.stg_crm__quotes where quote_id = 'Q2'",
            "file_landed_staged_agree",
            "b1",
            "staged 3",
        ),
        ("delete from core.fct_quote where quote_id = 'Q1'", "staged_core_agree", "b2", "1 staged rows are missing"),
        (
            "update core.fct_quote set quoted_amount = 0 where quote_id = 'Q1'",
            "staged_core_agree",
            "b2",
            "1 rows with other amounts",
        ),
        (
            "insert into core.fct_quote from core.fct_quote where quote_id = 'Q1'",
            "staged_core_agree",
            "b2",
            "2 rows + 0 left out <> staged 1",
        ),
        (
            "update cost.quoted_monthly set quoted_amount = 10.99 where quoted_amount = 11.00",
            "staged_mart_agree",
            "b2",
            "2026-01-01: quoted_amount 10.99 <> staged 11.00",
        ),
        (
            "delete from cost.quoted_monthly where quoted_amount = 20.00",
            "staged_mart_agree",
            "b1",
            "2026-02-01: quoted_amount 0.00 <> staged 20.00",
        ),
    ],
)
def test_a_loss_is_named_with_its_batch(database: Path, statement: str, check: str, batch: str, said: str) -> None:
    _alter(database, statement)
    failed = {name: result.detail_en for name, result in _checks(database).items() if not result.passed}
    assert check in failed
    assert f"batch {batch} (crm/quotes" in failed[check]
    assert said in failed[check]
    with duckdb.connect(str(database)) as con:
        told = con.execute("select batch_id, difference from audit.reconciliation where not is_balanced").fetchall()
    assert said in dict(told)[batch]


@pytest.mark.parametrize(
    ("statement", "check", "said"),
    [
        (
            "insert into core.fct_quote values ('Q7', 1.00, false)",
            "staged_core_agree",
            "1 rows that no batch delivered",
        ),
        (
            "update cost.quoted_monthly set quoted_amount = 5.00 where month = date '2026-03-01'",
            "staged_mart_agree",
            "2026-03-01: quoted_amount 5.00 <> staged 0.00 (no batch delivered rows for it)",
        ),
    ],
)
def test_what_no_batch_explains_is_named_too(database: Path, statement: str, check: str, said: str) -> None:
    _alter(database, statement)
    result = _checks(database)[check]
    assert not result.passed and said in result.detail_en


def test_rows_that_no_model_carries_say_so(database: Path) -> None:
    reconcile(database, load_contract(), [])
    assert [check.dataset for check in reconcile_marts(database, load_contract(), [])] == ["marts"]
    with duckdb.connect(str(database)) as con:
        told = con.execute(
            "select distinct core_model, core_count, core_money_total, mart_model, mart_count from audit.reconciliation"
        ).fetchall()
    assert told == [(None, None, None, None, None)]


def test_without_any_delivery_there_is_no_verdict(database: Path) -> None:
    _alter(database, "delete from landed.batches")
    assert _checks(database) == {}


OWNERS = """
create table staging.stg_hr__group_timezone as select 'Asia/Shanghai' as timezone;
create table staging.stg_hr__account_owners (
    person_ref varchar, valid_from timestamp, valid_to timestamp, employee_id varchar
);
insert into staging.stg_hr__account_owners values
    ('wecom:li', '1970-01-01', '2026-02-10', 'E1'), ('wecom:li', '2026-02-10', '9999-12-31', 'E2'),
    ('wecom:two', '1970-01-01', '9999-12-31', null);
"""


@pytest.fixture
def resolved(tmp_path: Path) -> Path:
    """Days told by account: two of E1, of which his own system's row was replaced, one of E2, one of nobody known."""
    path = tmp_path / "resolved.duckdb"
    with duckdb.connect(str(path)) as con:
        for schema in ("audit", "landed", "staging", "landed_attendance"):
            con.execute(f"create schema {schema}")
        con.execute(REGISTER)
        con.execute(
            "insert into landed.batches values"
            f" ('b1', 'daily_results', 'own.csv', 1, 1, 0, 0, 0, 1, '{{}}', {NOTHING}, true),"
            f" ('b2', 'daily_results', 'wecom.xlsx', 3, 3, 0, 0, 0, 3, '{{}}', {NOTHING}, true)"
        )
        con.execute(OWNERS)
        con.execute(f"create table landed_attendance.daily_results ({_columns(load_contract().get('daily_results'))})")
        con.execute(
            "insert into landed_attendance.daily_results"
            " (employee_id, work_date, _batch_id, _source_file, _source_row, _row_hash) values"
            " ('E1', '2026-02-09', 'b1', 'f', 2, 'a'), ('wecom:li', '2026-02-09', 'b2', 'g', 2, 'b'),"
            " ('wecom:li', '2026-02-10', 'b2', 'g', 3, 'c'), ('wecom:two', '2026-02-10', 'b2', 'g', 4, 'd')"
        )
        con.execute(
            "create table staging.stg_attendance__daily_results as"
            " select * replace (case _row_hash when 'b' then 'E1' when 'c' then 'E2' else employee_id end"
            " as employee_id) from landed_attendance.daily_results where _row_hash <> 'a'"
        )
    return path


def test_a_key_that_was_resolved_is_the_same_key(resolved: Path) -> None:
    [check] = reconcile(resolved, load_contract(), [])
    assert check.passed, check.detail_en
    with duckdb.connect(str(resolved)) as con:
        counts = con.execute(
            "select batch_id, staged_count, superseded_count from audit.reconciliation order by 1"
        ).fetchall()
    assert counts == [("b1", 0, 1), ("b2", 3, 0)]


def test_a_key_that_was_resolved_wrongly_is_noticed(resolved: Path) -> None:
    _alter(resolved, "update staging.stg_attendance__daily_results set employee_id = 'E3' where employee_id = 'E2'")
    [check] = reconcile(resolved, load_contract(), [])
    assert not check.passed and "batch b2 (wecom.xlsx)" in check.detail_en
