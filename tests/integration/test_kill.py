"""Killed anywhere, the next run ends in the same marts, and readers never notice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import duckdb
import pytest

from tests.integration.conftest import Company, hufu
from tests.support.company import TINY_COMPANY, write_inbox

# Kill as soon as this step is over, that is, inside the next one.
PLACES = (
    "start (libraries, project)",
    "land the inbox",
    "check what was landed",
    "dbt: staging, core, rules",
    "dbt: marts",
)

LATE_LINE = {
    "crm/order_lines_more.csv": """
order_id,line_no,product_id,quantity,list_price,discount_rate
O3,2,S2,1,10.00,0.20
"""
}


def marts(data: Path) -> dict[str, list[tuple]]:
    """Every published table's rows, those of `quality` apart: they tell of the run, not of the company."""
    with duckdb.connect(os.path.realpath(data / "published" / "current"), read_only=True) as con:
        tables = con.execute(
            "select schema_name || '.' || table_name from duckdb_tables() where schema_name <> 'quality' order by all"
        ).fetchall()
        return {name: con.execute(f"from {name} order by all").fetchall() for (name,) in tables}


def kill_after(step: str, inbox: Path, data: Path) -> None:
    command = [sys.executable, "-m", "pipelines.cli", "run", "--json", "--inbox", str(inbox), "--data", str(data)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout is not None
    for line in process.stdout:
        if f'"step": "{step}"' in line:
            time.sleep(0.05)
            process.send_signal(signal.SIGKILL)
            break
    assert process.wait(timeout=60) == -signal.SIGKILL, f"the run ended before it could be killed after {step!r}"


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


@pytest.mark.timeout(400)
def test_killed_at_five_places_the_marts_are_those_of_an_undisturbed_run(tmp_path: Path) -> None:
    inbox = write_inbox(tmp_path / "inbox", TINY_COMPANY)
    disturbed, undisturbed = tmp_path / "disturbed", tmp_path / "undisturbed"
    company = Company(inbox, disturbed)
    company.run()
    before = len(company.query("select 1 from compliance.fct_violations"))

    write_inbox(inbox, LATE_LINE)
    Company(inbox, undisturbed).run()
    with Watcher(disturbed) as reader:
        for place in PLACES:
            kill_after(place, inbox, disturbed)
        assert reader.answers == {before}
        hufu("run", "--inbox", inbox, "--data", disturbed)
        time.sleep(0.2)
    assert reader.errors == []
    assert reader.answers == {before, before + 1}
    assert marts(disturbed) == marts(undisturbed)
