"""A delivery that is taken out leaves nothing behind, and comes back as it was."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.integration.conftest import Company, hufu, json_lines
from tests.support.company import TINY_COMPANY, write_inbox

# A second shop's orders, with a discount that nobody allowed: they bring a violation of their own.
LATER = {
    "crm/orders_shop2.csv": """
order_id,customer_id,employee_id,ordered_at,list_amount,net_amount,status
O9,C1,E1,2026-04-03 14:30:00,1000.00,200.00,shipped
""",
    "crm/order_lines_shop2.csv": """
order_id,line_no,product_id,quantity,list_price,discount_rate
O9,1,S1,1,1000.00,0.20
""",
}
# What tells of the run or of the register itself rather than of what was derived.
_OF_THE_RUN = ("quality", "audit", "main", "information_schema", "pg_catalog")


def marts(company: Company) -> dict[str, list[tuple]]:
    """Every published table outside the schemas that tell of the run, as sorted rows."""
    tables = company.query(
        "select table_schema, table_name from information_schema.tables "
        f"where table_schema not in {_OF_THE_RUN} order by 1, 2"
    )
    found = {}
    for schema, name in tables:
        rows = company.query(f'select * from "{schema}"."{name}"')
        found[f"{schema}.{name}"] = sorted(rows, key=repr)
    return found


def differing(one: dict[str, list[tuple]], other: dict[str, list[tuple]]) -> list[str]:
    assert one.keys() == other.keys()
    return [name for name in one if one[name] != other[name]]


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    root = tmp_path_factory.mktemp("withdrawal")
    company = Company(write_inbox(root / "inbox", TINY_COMPANY), root / "data")
    company.run()
    return company


def decide(action: str, batch_id: str, reason: str, company: Company):
    return hufu("batches", action, batch_id, "--reason", reason, "--by", "lin", "--data", company.data)


def test_a_withdrawn_delivery_is_as_if_it_had_never_come_and_comes_back_whole(company: Company) -> None:
    never = marts(company)
    write_inbox(company.inbox, LATER)
    assert company.run() == "published"
    with_it = marts(company)
    assert "compliance.fct_violations" in differing(never, with_it)

    listed = json_lines(hufu("batches", "--data", company.data, "--json").stdout)
    ids = [b["batch_id"] for b in listed if b["source_file"].endswith("_shop2.csv")]
    assert len(ids) == 2
    for batch_id in ids:
        done = decide("withdraw", batch_id[:10], "wrong shop", company)
        assert "hufu run" in done.stdout
    assert company.run() == "published"
    assert differing(never, marts(company)) == []
    assert company.run() == "unchanged"

    for batch_id in ids:
        decide("reinstate", batch_id, "right shop after all", company)
    assert company.run() == "published"
    assert differing(with_it, marts(company)) == []

    log = json_lines(hufu("batches", "log", "--data", company.data, "--json").stdout)
    assert [(e["action"], e["by"]) for e in log] == [("withdrawn", "lin")] * 2 + [("reinstated", "lin")] * 2


def test_a_withdrawn_delivery_stays_out_when_its_file_is_delivered_again(company: Company) -> None:
    [batch_id] = [
        b["batch_id"]
        for b in json_lines(hufu("batches", "--data", company.data, "--json").stdout)
        if b["source_file"] == "crm/order_lines_shop2.csv"
    ]
    hufu("batches", "withdraw", batch_id, "--reason", "again wrong", "--data", company.data)
    source = company.inbox / "crm" / "order_lines_shop2.csv"
    shutil.copyfile(source, Path(source).with_name("order_lines_shop2_copy.csv"))
    company.run()
    assert company.query("select count(*) from compliance.fct_violations where subject_id like 'O9/%'") == [(0,)]
    assert hufu("verify", "--data", company.data).returncode == 0
