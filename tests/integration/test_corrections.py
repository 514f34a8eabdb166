"""Rows that come back corrected go all the way: landed, judged, reconciled."""

from __future__ import annotations

import io
from pathlib import Path

from openpyxl import load_workbook

from tests.integration.conftest import hufu
from tests.support.company import TINY_COMPANY
from tests.support.compiled import CompiledWarehouse

VIOLATIONS = "select rule_id, subject_id from compliance.fct_violations order by 1"


def test_a_corrected_order_is_judged_like_one_that_was_right_at_once(tmp_path: Path) -> None:
    warehouse = CompiledWarehouse(tmp_path)
    orders = TINY_COMPANY["crm/orders.csv"].replace("2026-04-02 14:30:00", "昨天下午")
    warehouse.deliver(TINY_COMPANY | {"crm/orders.csv": orders})
    warehouse.build()
    assert warehouse.query(VIOLATIONS) == [("RED-01", "M2")]

    workbook = tmp_path / "corrections.xlsx"
    hufu("quarantine", "export", "--out", workbook, "--inbox", warehouse.inbox, "--data", warehouse.paths.root)
    book = load_workbook(workbook)
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value == "昨天下午" and cell.column > 3:
                    cell.value = "2026-04-02 14:30:00"
    corrected = io.BytesIO()
    book.save(corrected)
    warehouse.deliver({"corrected.xlsx": corrected.getvalue()})
    warehouse.build()
    assert warehouse.query(VIOLATIONS) == [("DISC-01", "O1/1"), ("RED-01", "M2")]
    assert warehouse.failures() == []
    balanced = warehouse.query("select is_balanced, count(*) from audit.reconciliation group by 1")
    assert balanced == [(True, len(TINY_COMPANY) + 1)]
    assert hufu("verify", "--data", warehouse.paths.root).returncode == 0
