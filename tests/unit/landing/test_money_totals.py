"""Money of a file, cent for cent: file = landed + quarantined + repeated."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

PROFILE = """
name: bank
version: 1
match: {headers: [流水号, 金额, 到账]}
ignore: [{name: total, when: "流水号 = '合计'"}]
datasets:
  - dataset: receipts
    columns:
      receipt_id: 流水号
      received_at: 到账
      amount: 金额
      payee_account: {constant: "6222"}
      payee_type: {constant: company}
"""


def totals(company: Any, dataset: str) -> dict[str, dict[str, Decimal]]:
    row = company.ask(
        "select file_money_totals, money_totals, quarantined_money_totals, duplicate_money_totals"
        f" from landed.batches where dataset = '{dataset}'"
    )[0]
    names = ("file", "landed", "quarantined", "repeated")
    return {n: {k: Decimal(v) for k, v in json.loads(text).items()} for n, text in zip(names, row, strict=True)}


def test_a_canonical_file_accounts_for_its_money(company: Any) -> None:
    company.deliver(
        "finance/receipts.csv",
        "receipt_id,received_at,amount,payee_account,payee_type\n"
        "R1,2026-01-01 10:00:00,100.10,A,company\n"
        "R1,2026-01-01 10:00:00,100.10,A,company\n"
        'R2,2026-01-01 10:00:00,"1,000.50",A,stranger\n'
        "R3,not a day,-3.00,A,company\n"
        "R4,2026-01-01 10:00:00,1.234,A,company\n"
        "R5,2026-01-01 10:00:00,￥5,A,company\n",
    )
    company.land()
    found = {name: sums["amount"] for name, sums in totals(company, "receipts").items()}
    assert found == {
        "file": Decimal("1202.70"),
        "landed": Decimal("105.10"),
        "quarantined": Decimal("997.50"),
        "repeated": Decimal("100.10"),
    }


def test_a_profiled_file_accounts_for_its_money(company: Any) -> None:
    company.profile(PROFILE)
    company.deliver(
        "bank.csv",
        "流水号,到账,金额\nR1,2026-01-01,1.50\nR1,2026-01-01,1.50\nR2,?,2.25\n合计,,5.25\n",
    )
    company.land()
    found = {name: sums["amount"] for name, sums in totals(company, "receipts").items()}
    assert found == {
        "file": Decimal("5.25"),
        "landed": Decimal("1.50"),
        "quarantined": Decimal("2.25"),
        "repeated": Decimal("1.50"),
    }


def test_a_clean_big_file_accounts_for_its_money(company: Any, monkeypatch: Any) -> None:
    from pipelines.landing.reading import delimited

    monkeypatch.setattr(delimited, "_STREAM_FROM_RECORDS", 0)
    company.deliver(
        "finance/receipts.csv",
        "receipt_id,received_at,amount,payee_account,payee_type\nR1,2026-01-01 10:00:00,100.10,A,company\n",
    )
    company.land()
    found = totals(company, "receipts")
    assert found["file"] == found["landed"] == {"amount": Decimal("100.10")}
    assert found["quarantined"] == found["repeated"] == {"amount": Decimal("0.00")}


def test_a_dataset_without_money_has_no_totals(company: Any) -> None:
    company.deliver("crm/products.csv", "product_id,product_name\nP1,沙发\n,x\n")
    company.land()
    assert all(sums == {} for sums in totals(company, "products").values())
