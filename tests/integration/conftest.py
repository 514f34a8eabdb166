"""Whole runs, shared by the tests that look at their outcome."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.progress import SilentReporter
from pipelines.run import run
from pipelines.settings import Settings
from tests.support.company import TINY_COMPANY, write_inbox

DEMO_SCALE = 0.03
DEMO_SEED = 90210


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The demo company first: of two processes one makes it while the other makes the tiny one, which both need."""
    items.sort(key=lambda item: item.path.name != "test_demo_company.py")


@dataclass(frozen=True)
class Company:
    """An inbox and the data folder it was run into."""

    inbox: Path
    data: Path

    def run(self) -> str:
        """Run as the command does, but inside this process, which has its libraries already: 8 s less each time.

        Returns the status: published or unchanged. How the command itself behaves has tests of its own.
        """
        outcome = run(Settings.load(data_dir=self.data, inbox=self.inbox), SilentReporter())
        assert outcome.exit_code == 0, outcome.reasons
        return outcome.status

    @property
    def published(self) -> Path:
        """What readers see."""
        return self.data / "published" / "current"

    def copy_to(self, root: Path) -> Company:
        own = Company(root / "inbox", root / "data")
        shutil.copytree(self.inbox, own.inbox)
        shutil.copytree(self.data, own.data, symlinks=True)
        return own

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(os.path.realpath(self.published), read_only=True) as con:
            return con.execute(statement).fetchall()


def hufu(*arguments: str | Path, check: bool = True) -> subprocess.CompletedProcess[str]:
    """The real command in a process of its own, as a user runs it."""
    command = [sys.executable, "-m", "pipelines.cli", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=280)
    if check and done.returncode != 0:
        raise AssertionError(f"{command} ended with {done.returncode}\n{done.stdout}\n{done.stderr}")
    return done


# What stands in every inbox sooner or later.
UNREADABLE = "crm/receipts.xlsx"


@pytest.fixture(scope="session")
def tiny_company(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Company:
    """The hand-written company and a file that is none, landed, judged and published by the command; for reading."""
    # Where several processes test, they share what took half a minute.
    base = tmp_path_factory.getbasetemp()
    root = (base if worker_id == "master" else base.parent) / "tiny_company"
    with root.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        company = Company(root / "inbox", root / "data")
        if not company.published.exists():
            write_inbox(company.inbox, TINY_COMPANY)
            (company.inbox / UNREADABLE).write_bytes(b"not a workbook")
            hufu("run", "--inbox", company.inbox, "--data", company.data)
    return company


@pytest.fixture
def own_company(tiny_company: Company, tmp_path: Path) -> Company:
    """The same company for a test that changes it."""
    return tiny_company.copy_to(tmp_path)


@pytest.fixture(scope="session")
def demo_company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """A small demo company, landed, judged and published."""
    root = tmp_path_factory.mktemp("demo")
    company = Company(root / "inbox", root / "data")
    hufu("demo", "--scale", str(DEMO_SCALE), "--seed", str(DEMO_SEED), "--out", company.inbox)
    hufu("run", "--inbox", company.inbox, "--data", company.data)
    return company


def json_lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]
