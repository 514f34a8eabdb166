"""A warehouse that a test builds step by step, to look into it or to tamper with it between the steps.

Belongs here: landing, building and asking one data folder inside this process.
Does not belong here: whole runs as a user makes them (`tests/integration/conftest.py`).
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from pipelines.checks.result import CheckResult
from pipelines.contract import load_contract
from pipelines.landing import land_inbox
from pipelines.settings import DataPaths, disable_telemetry
from pipelines.statistics import compute
from pipelines.warehouse.carriers import carriers
from pipelines.warehouse.dbt import DbtProjectRunner, Phase, dbt_args
from pipelines.warehouse.reconcile import reconcile, reconcile_marts
from pipelines.warehouse.working import create_working_database
from tests.support.company import write_inbox


class Warehouse:
    """One inbox and what is made of it."""

    def __init__(self, root: Path) -> None:
        disable_telemetry()
        self.inbox = root / "inbox"
        self.paths = DataPaths(root / "data")
        self.runner = DbtProjectRunner(self.paths)

    def deliver(self, files: Mapping[str, str], delivered_at: str) -> None:
        """Put files into the inbox with that delivery stamp (ISO 8601 with an offset)."""
        write_inbox(self.inbox, files)
        moment = datetime.fromisoformat(delivered_at).timestamp()
        for name in files:
            os.utime(self.inbox / name, (moment, moment))

    def build(self) -> None:
        """Land what is new and build everything before the statistics. Raises where a node or a test fails."""
        land_inbox(self.inbox, self.paths.root)
        create_working_database(self.paths)
        self._build(Phase.BEFORE_STATISTICS)

    def finish(self) -> None:
        """The statistics and what reads them."""
        with duckdb.connect(str(self.paths.working_database)) as con:
            compute(con)
        self._build(Phase.AFTER_STATISTICS)

    def _build(self, phase: Phase) -> None:
        outcome = self.runner.build(phase)
        failed = [c.sentence for c in outcome.checks if c.severity == "blocking" and not c.passed]
        assert (outcome.errors, failed) == ((), [])

    def reconcile(self) -> list[CheckResult]:
        """Every verdict of the reconciliation, marts included."""
        contract = load_contract()
        manifest = json.loads((self.paths.build / "dbt" / "manifest.json").read_text(encoding="utf-8"))
        carried = carriers(manifest, contract)
        database = self.paths.working_database
        return reconcile(database, contract, carried) + reconcile_marts(database, contract, carried)

    def rebuild(self, *selected: str) -> None:
        """Build some models again, after a test changed what they read."""
        result = self.runner.invoke(dbt_args("run", self.paths, "--select", *selected))
        assert result.success, [f"{r.node.name}: {r.message}" for r in result.result.results]

    def execute(self, statement: str) -> None:
        with duckdb.connect(str(self.paths.working_database)) as con:
            con.execute(statement)

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.paths.working_database), read_only=True) as con:
            return con.execute(statement).fetchall()
