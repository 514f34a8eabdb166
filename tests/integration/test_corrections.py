"""Rows that come back corrected go all the way: landed, reconciled, published."""

from __future__ import annotations

from pathlib import Path

from openpyxl import load_workbook

from tests.integration.conftest import Company, hufu
from tests.support.company import TINY_COMPANY, write_inbox


def test_a_corrected_order_is_judged_like_one_that_was_right_at_once(tmp_path: Path) -> None:
    inbox = write_inbox(tmp_path / "inbox", TINY_COMPANY)
    orders = inbox / "crm" / "orders.csv"
    orders.write_text(orders.read_text(encoding="utf-8").replace("2026-04-02 14:30:00", "昨天下午"), encoding="utf-8")
    data = tmp_path / "data"
    first = hufu("run", "--inbox", inbox, "--data", data)
    assert "crm/orders.csv" in first.stderr and "hufu quarantine export" in first.stderr
    company = Company(inbox, data)
    violations = "select rule_id, subject_id from compliance.fct_violations order by 1"
    assert company.query(violations) == [("RED-01", "M2")]

    workbook = tmp_path / "corrections.xlsx"
    hufu("quarantine", "export", "--out", workbook, "--inbox", inbox, "--data", data)
    book = load_workbook(workbook)
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value == "昨天下午" and cell.column > 3:
                    cell.value = "2026-04-02 14:30:00"
    book.save(inbox / "corrected.xlsx")
    assert company.run() == "published"
    assert company.query(violations) == [("DISC-01", "O1/1"), ("RED-01", "M2")]
    balanced = company.query("select is_balanced, count(*) from quality.reconciliation group by 1")
    assert balanced == [(True, len(TINY_COMPANY) + 1)]
    assert hufu("verify", "--data", data).returncode == 0
