"""Great Expectations works here without calling home, without printing, and only once it is asked for."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.checks import run_raw_checks
from pipelines.checks.__main__ import main
from pipelines.contract import Contract


def test_no_connection_is_tried_and_nothing_is_printed(
    landed: Callable[..., Path], contract: Contract, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError(f"tried to reach {args}")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    results = run_raw_checks(landed(), contract)
    assert all(r.passed for r in results)
    assert os.environ["GX_ANALYTICS_ENABLED"] == "false"
    assert capfd.readouterr() == ("", "")


def test_importing_the_package_does_not_import_the_library() -> None:
    code = "import sys, pipelines.checks; sys.exit('great_expectations' in sys.modules or 'sqlalchemy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_suites_are_written_as_the_library_knows_them(tmp_path: Path) -> None:
    assert main(["suites", str(tmp_path)]) == 0
    (messages,) = tmp_path.glob("*_raw_messages.json")
    expectations = json.loads(messages.read_text(encoding="utf-8"))["expectations"]
    domain = next(e for e in expectations if e["meta"]["check"] == "domain.sender")
    assert domain["type"] == "expect_column_values_to_be_in_set"
    assert domain["kwargs"] == {"column": "sender", "value_set": ["agent", "customer", "system"]}
    assert domain["severity"] == "critical"


def test_command_prints_failures_and_says_by_its_exit_code_whether_one_blocks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import duckdb

    database = tmp_path / "empty.duckdb"
    with duckdb.connect(str(database)) as con:
        con.execute("create schema landed")
        con.execute(
            "create table landed.batches (dataset varchar, source_file varchar, batch_id varchar,"
            " source_sha256 varchar, repairs varchar,"
            " delivered_at timestamp, read_count bigint, accepted_count bigint, quarantined_count bigint,"
            " unknown_columns varchar, is_active boolean)"
        )
        con.execute(
            "create table landed.files (source_file varchar, status varchar, reason_code varchar, is_present boolean)"
        )
    assert main(["raw", str(database)]) == 1
    assert "raw.messages.columns" in capsys.readouterr().out


def test_sound_dataset_costs_a_handful_of_statements(landed: Callable[..., Path], contract: Contract) -> None:
    """The speed of a run rests on the library asking for all aggregates of a relation at once."""
    import sqlalchemy as sa

    statements: list[str] = []

    def record(connection: object, cursor: object, statement: str, *others: object) -> None:
        statements.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", record)
    try:
        results = run_raw_checks(landed(), contract)
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", record)
    relations = len({r.dataset for r in results}) + 1
    assert all(r.passed for r in results)
    assert relations <= len(statements) <= 5 * relations
