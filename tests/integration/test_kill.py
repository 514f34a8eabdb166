"""Killed anywhere, the next run ends in the same marts, and readers never notice."""

from __future__ import annotations

import os
import shutil
import threading
import time
from pathlib import Path
from typing import Any

import duckdb
import pytest
from openpyxl import load_workbook

from pipelines.evidence.verify import Report
from pipelines.evidence.verify import verify as verify_folder
from pipelines.files import file_sha256
from pipelines.landing import active_batches, create_landed_views, inbox_unchanged, land_inbox, register_fingerprint
from pipelines.onboarding.quarantine import export, open_deliveries
from pipelines.settings import DataPaths
from tests.integration.conftest import Company
from tests.support.company import write_inbox
from tests.support.compiled import CompiledWarehouse, differences, marts
from tests.support.killing import before_durable_writes, killed, land_and_die, run_and_die, stopped

# One run dies inside the step after each of these, before it has settled anything;
EARLY = ("start (libraries, project)", "land the inbox")
# then one is stopped inside the step after each of these and dies in its last.
STOPS = ("check what was landed", "dbt: staging, core, rules")
LAST = "dbt: marts"
# Made anew by every run.
OWN_OF_A_RUN = ("build", "logs")

LATE_LINE = {
    "crm/order_lines_more.csv": """
order_id,line_no,product_id,quantity,list_price,discount_rate
O3,2,S2,1,10.00,0.20
"""
}


class Watcher:
    """A reader that asks the served file over and over."""

    def __init__(self, data: Path) -> None:
        self.current = data / "published" / "current"
        self.answers: set[int] = set()
        self.errors: list[Exception] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def _watch(self) -> None:
        while not self._stop.is_set():
            try:
                with duckdb.connect(os.path.realpath(self.current), read_only=True) as con:
                    [(count,)] = con.execute("select count(*) from compliance.fct_violations").fetchall()
                    self.answers.add(count)
            except Exception as error:  # collected, and asserted empty by the test
                self.errors.append(error)
            self._stop.wait(0.05)

    def __enter__(self) -> Watcher:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()


def kept(company: Company) -> dict[Path, str]:
    """What of the data folder outlives a run: file -> hash, or where a link leads."""
    files = (path for path in company.data.rglob("*") if path.is_symlink() or path.is_file())
    return {
        name: os.readlink(path) if path.is_symlink() else file_sha256(path)
        for path in files
        if (name := path.relative_to(company.data)).parts[0] not in OWN_OF_A_RUN
    }


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="only Linux tells when a process has stopped")
@pytest.mark.timeout(400)
def test_killed_at_five_places_the_marts_are_those_of_an_undisturbed_run(own_company: Company, tmp_path: Path) -> None:
    company = own_company
    before = len(company.query("select 1 from compliance.fct_violations"))

    write_inbox(company.inbox, LATE_LINE)
    with Watcher(company.data) as reader:
        for place in EARLY:
            killed(run_and_die, (), place, company.inbox, company.data)
        seen: list[dict[Path, str]] = []
        stopped(len(STOPS), lambda: seen.append(kept(company)), run_and_die, STOPS, LAST, company.inbox, company.data)
        # So whoever dies at a stop leaves what the last one left, from which the next run recovers.
        assert seen == [kept(company)] * len(STOPS)
        assert reader.answers == {before}
        company.run()
        time.sleep(0.2)
    assert reader.errors == []
    assert reader.answers == {before, before + 1}
    assert verify(company).differences == ()
    undisturbed = CompiledWarehouse(tmp_path / "undisturbed")
    undisturbed.inbox = company.inbox
    undisturbed.build()
    assert differences(marts(company.data / "published" / "current"), undisturbed.marts()) == {}


HOUR = 3600
DELIVERED_AT = 1_775_200_000
DIRTY_ORDERS = """
order_id,customer_id,employee_id,ordered_at,list_amount,net_amount,status
O1,C1,E1,2026-04-02 14:30:00,1000.00,300.00,shipped
O2,C2,E1,昨天下午,1000.00,500.00,shipped
O3,C2,E1,前天,1000.00,950.00,shipped
"""


@pytest.fixture(scope="module")
def corrected(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """A delivery whose two bad rows came back in one workbook each, and that turns out to be an hour older."""
    root = tmp_path_factory.mktemp("corrected")
    company = Company(write_inbox(root / "inbox", {"crm/orders.csv": DIRTY_ORDERS}), root / "data")
    orders = company.inbox / "crm" / "orders.csv"
    os.utime(orders, (DELIVERED_AT, DELIVERED_AT))
    land_inbox(company.inbox, company.data)
    for hours, (wrong, right) in enumerate((("昨天下午", "2026-04-02 15:30:00"), ("前天", "2026-04-02 16:30:00")), 1):
        workbook = root / "open.xlsx"
        export(open_deliveries(company.data), company.data, company.inbox, workbook, "zh")
        book = load_workbook(workbook)
        for sheet in book:
            for row in sheet.iter_rows(max_col=7):
                for cell in row:
                    cell.value = right if cell.value == wrong and sheet.sheet_state == "visible" else cell.value
        sent = company.inbox / f"corrected_{hours}.xlsx"
        book.save(sent)
        os.utime(sent, (DELIVERED_AT + hours * HOUR,) * 2)
        land_inbox(company.inbox, company.data)
    assert open_deliveries(company.data) == []
    os.utime(orders, (DELIVERED_AT - HOUR,) * 2)
    return company


def copy_of(company: Company, data: Path) -> Company:
    return Company(company.inbox, Path(shutil.copytree(company.data, data)))


def landed(company: Company) -> tuple[Any, ...]:
    """What a landing leaves: files, what the register says of them, rows."""
    files = sorted(p.relative_to(company.data) for p in (company.data / "lake").rglob("*") if p.is_file())
    with duckdb.connect() as con:
        create_landed_views(con, company.data)
        tables = ("landed_crm.orders", "landed.quarantine")
        rows = [con.execute(f"from {table} order by all").fetchall() for table in tables]
    return files, register_fingerprint(company.data), rows


def verify(company: Company, *, is_quick: bool = False) -> Report:
    return verify_folder(DataPaths(company.data), inbox=company.inbox, is_quick=is_quick)


@pytest.mark.timeout(120)
def test_killed_before_any_write_of_a_restamp_that_moves_corrections_nothing_is_lost(
    corrected: Company, tmp_path: Path
) -> None:
    reference = copy_of(corrected, tmp_path / "reference")
    stamps = {batch.batch_id: batch.delivered_at for batch in active_batches(reference.data)}
    writes = durable_writes(reference)
    moved = {batch.batch_id: batch.delivered_at for batch in active_batches(reference.data)}
    assert len(moved) == 3 and all(moved[batch] < stamps[batch] for batch in stamps)

    for write in range(1, writes + 1):
        company = copy_of(corrected, tmp_path / str(write))
        killed(land_and_die, write, company.inbox, company.data)
        assert verify(company, is_quick=True).differences == (), f"after the kill before write {write}"
        land_inbox(company.inbox, company.data)
        assert landed(company) == landed(reference), f"killed before write {write}"
        # The register is the reference's and the files are as registered: reading the originals again once is enough.
        report = verify(company, is_quick=write != writes // 2)
        assert report.differences == (), f"recovered from the kill before write {write}"
        assert inbox_unchanged(company.inbox, company.data)


def durable_writes(company: Company) -> int:
    """How many the landing makes that is killed at each of them."""
    writes: list[None] = []
    with before_durable_writes(lambda: writes.append(None)):
        land_inbox(company.inbox, company.data)
    return len(writes)
