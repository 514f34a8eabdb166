"""A batch that does not agree with itself from file to mart cannot be published."""

from __future__ import annotations

import duckdb
import pytest

from pipelines.checks.result import CheckResult
from pipelines.contract import load_contract
from pipelines.landing.register import read_batches
from pipelines.publish import PublicationRefused, publish
from pipelines.publish.quality import QualityFacts
from pipelines.publish.verdict import REQUIRED_LAYERS
from tests.support.company import TINY_COMPANY
from tests.support.compiled import CompiledWarehouse

PAID = {
    "finance/payroll.csv": """
employee_id,period,payment_type,base_pay,bonus,net_pay
E1,2026-03,regular,8000.00,500.00,7000.00
E2,2026-03,regular,20000.00,,16000.00
E1,2026-04,regular,8000.00,,7000.00
""",
    "finance/payroll_kingdee.csv": """
employee_id,period,payment_type,base_pay,net_pay
kingdee:zhang,2026-03,regular,15000.00,12000.00
""",
    "finance/budgets.csv": """
org_unit_id,period,cost_type,amount
B1,2026-03,labour,30000.00
B1,2026-03,training,1000.00
""",
    "hr/identities.csv": """
system,account,valid_from,employee_id
kingdee,zhang,1970-01-01 00:00:00,E3
""",
    "crm/products.csv": """
product_id,product_name
S1,沙发
""",
}


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> CompiledWarehouse:
    warehouse = CompiledWarehouse(tmp_path_factory.mktemp("reconciled"))
    warehouse.deliver(TINY_COMPANY | PAID, "2026-05-05T09:00:00+08:00")
    warehouse.build()
    return warehouse


def _publish(company: CompiledWarehouse) -> None:
    others = (
        CheckResult(layer, layer, "x", "x", "blocking", True)  # type: ignore[arg-type]
        for layer in REQUIRED_LAYERS
        if layer != "reconciliation"
    )
    facts = QualityFacts(load_contract(), "f" * 64, False, (*others, *company.reconcile()))
    publish(company.paths, facts, keep=3)


def _batch_id(company: CompiledWarehouse, source_file: str) -> str:
    [batch] = [b for b in read_batches(company.paths.root) if b.source_file == source_file]
    return batch.batch_id


def test_every_batch_agrees_from_file_to_mart(company: CompiledWarehouse) -> None:
    assert [check.sentence for check in company.reconcile() if not check.passed] == []
    rows = company.query(
        "select source_file, staged_count, core_model, core_count, mart_model, mart_count, mart_excluded_by"
        " from audit.reconciliation"
        " where dataset in ('orders', 'payroll', 'budgets', 'products', 'employees') order by 1"
    )
    assert rows == [
        ("crm/orders.csv", 3, "core.fct_order", 3, None, None, None),
        ("crm/products.csv", 1, None, None, None, None, None),
        ("finance/budgets.csv", 2, "core.fct_budget", 2, "cost.labour_monthly", 1, '{"not_for_labour": 1}'),
        ("finance/payroll.csv", 3, "core.fct_payroll", 3, "cost.labour_monthly", 3, "{}"),
        ("finance/payroll_kingdee.csv", 1, "core.fct_payroll", 1, "cost.labour_monthly", 1, "{}"),
        ("hr/employees.csv", 3, "core.dim_employee", 3, "reference.employees", 3, "{}"),
    ]
    [(core, mart)] = company.query(
        "select core_money_total, mart_money_total from audit.reconciliation where source_file = 'finance/payroll.csv'"
    )
    assert (core, mart) == ("36500.00", "36500.00")


@pytest.mark.parametrize(
    ("source_file", "tamper", "mend"),
    [
        (
            "crm/orders.csv",
            "create table kept as from core.fct_order; delete from core.fct_order where order_id = 'O2'",
            "drop table core.fct_order; create table core.fct_order as from kept; drop table kept",
        ),
        (
            "finance/payroll_kingdee.csv",
            "update core.fct_payroll set base_pay = base_pay + 0.01 where employee_id = 'E3'",
            "update core.fct_payroll set base_pay = base_pay - 0.01 where employee_id = 'E3'",
        ),
        (
            "finance/payroll.csv",
            "update cost.labour_monthly set bonus_amount = bonus_amount + 0.01 where bonus_amount > 0",
            "update cost.labour_monthly set bonus_amount = bonus_amount - 0.01 where bonus_amount > 0",
        ),
        (
            "finance/budgets.csv",
            "update cost.labour_monthly set budget_amount = 0 where budget_amount = 30000",
            "update cost.labour_monthly set budget_amount = 30000 where budget_amount = 0",
        ),
        (
            "hr/employees.csv",
            "create table kept as from reference.employees; delete from reference.employees where employee_id = 'E3'",
            "drop table reference.employees; create table reference.employees as from kept; drop table kept",
        ),
    ],
    ids=["core row", "core amount", "mart amount", "mart budget", "mart row"],
)
def test_tampering_refuses_publication_and_names_the_batch(
    company: CompiledWarehouse, source_file: str, tamper: str, mend: str
) -> None:
    company.execute(tamper)
    try:
        with pytest.raises(PublicationRefused, match=_batch_id(company, source_file)):
            _publish(company)
    finally:
        company.execute(mend)
    assert not company.paths.current.exists()


def test_a_row_lost_from_a_landed_file_refuses_publication(company: CompiledWarehouse) -> None:
    [batch] = [b for b in read_batches(company.paths.root) if b.source_file == "crm/orders.csv"]
    path = company.paths.root / str(batch.landed_path)
    original = path.read_bytes()
    path.chmod(0o644)
    shorter = path.with_suffix(".shorter")
    duckdb.sql(f"copy (from read_parquet('{path}') where order_id <> 'O2') to '{shorter}' (format parquet)")
    path.write_bytes(shorter.read_bytes())
    shorter.unlink()
    try:
        with pytest.raises(PublicationRefused, match=batch.batch_id):
            _publish(company)
    finally:
        path.write_bytes(original)
    _publish(company)
    assert company.paths.current.exists()
