"""Whole runs, shared by the tests that look at their outcome."""

from __future__ import annotations

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

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(os.path.realpath(self.data / "published" / "current"), read_only=True) as con:
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
def tiny_company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """The hand-written company and a file that is none, landed, judged and published by the command."""
    root = tmp_path_factory.mktemp("company")
    company = Company(write_inbox(root / "inbox", TINY_COMPANY), root / "data")
    (company.inbox / UNREADABLE).write_bytes(b"not a workbook")
    hufu("run", "--inbox", company.inbox, "--data", company.data)
    return company


@pytest.fixture
def own_company(tiny_company: Company, tmp_path: Path) -> Company:
    """The same company for a test that changes it."""
    own = Company(tmp_path / "inbox", tmp_path / "data")
    shutil.copytree(tiny_company.inbox, own.inbox)
    shutil.copytree(tiny_company.data, own.data, symlinks=True)
    return own


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
