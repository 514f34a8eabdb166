"""The raw suites on what the landing zone really leaves: the two agree on the names they share."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from pipelines.checks import CheckResult, run_raw_checks
from pipelines.contract import load_contract
from pipelines.landing import create_landed_views, land_inbox

PRODUCTS = "product_id,product_name,category,season{extra}\n"


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox" / "crm"
    folder.mkdir(parents=True)
    return folder


def checked(inbox: Path) -> dict[str, CheckResult]:
    data = inbox.parent.parent / "data"
    land_inbox(inbox.parent, data)
    database = data / "working.duckdb"
    with duckdb.connect(str(database)) as con:
        create_landed_views(con, data)
    return {r.check_id: r for r in run_raw_checks(database, load_contract())}


def test_sound_delivery_passes_and_the_rest_is_asked_for_its_columns(inbox: Path) -> None:
    rows = "".join(f"P{i},Shirt {i},tops,17S\n" for i in range(5))
    (inbox / "products.csv").write_text(PRODUCTS.format(extra="") + rows, encoding="utf-8")
    results = checked(inbox)
    assert {check_id for check_id, r in results.items() if not r.passed} == set()
    assert "raw.products.required.product_name" in results
    assert "raw.products.quarantined_share" in results
    assert {r.check_name for r in results.values() if r.dataset == "orders"} == {"columns", "types"}


def test_quarantined_rows_unknown_columns_and_unreadable_files_are_told(inbox: Path) -> None:
    rows = "".join(f"P{i},{'' if i < 30 else 'Shirt'},tops,17S,red\n" for i in range(120))
    (inbox / "products.csv").write_text(PRODUCTS.format(extra=",colour") + rows, encoding="utf-8")
    (inbox / "holiday.docx").write_bytes(b"\x00\x01")
    results = checked(inbox)
    failed = {check_id: r.severity for check_id, r in results.items() if not r.passed}
    assert failed == {
        "raw.products.quarantined_share": "warning",
        "raw.products.quarantined_share_limit": "blocking",
        "raw.products.unknown_columns": "warning",
        "raw.inbox.files_read": "warning",
    }
    (share,) = results["raw.products.quarantined_share_limit"].failing_keys
    assert (share["source_file"], share["read_count"], share["quarantined_count"]) == ("crm/products.csv", 120, 30)
    assert "colour" in results["raw.products.unknown_columns"].failing_keys[0]["unknown_columns"]
    assert results["raw.inbox.files_read"].failing_keys[0]["source_file"] == "crm/holiday.docx"
