"""Canonical files without any profile: landed, judged and published, most datasets missing."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import duckdb
import pytest

from dashboards.access.policy import load_policy
from tests.integration.conftest import UNREADABLE, Company, hufu, json_lines
from tests.support.company import TINY_COMPANY, write_inbox
from tests.support.compiled import CompiledWarehouse, differences, marts


def _violations(company: Company) -> set[tuple[str, str]]:
    return set(company.query("select rule_id, subject_id from compliance.fct_violations"))


def test_hits_are_found_and_near_misses_are_not(tiny_company: Company) -> None:
    assert _violations(tiny_company) == {("DISC-01", "O1/1"), ("RED-01", "M2")}


def test_a_violation_leads_to_file_and_line(tiny_company: Company) -> None:
    evidence = tiny_company.query(
        "select e.source_file, e.source_row from compliance.fct_violation_evidence as e"
        " inner join compliance.fct_violations as v using (violation_id)"
        " where v.rule_id = 'DISC-01' and e.dataset = 'order_lines'"
    )
    [(source_file, source_row)] = evidence
    line = (tiny_company.inbox / source_file).read_text(encoding="utf-8").splitlines()[source_row - 1]
    assert line == "O1,1,S1,1,1000.00,0.30"


def test_a_missing_required_dataset_is_no_data_and_never_a_pass(tiny_company: Company) -> None:
    statuses = tiny_company.query(
        "select distinct status, missing_datasets from compliance.rule_status where rule_id = 'RED-03'"
    )
    assert [status for status, _ in statuses] == ["NO_DATA"]
    assert "receipts" in str(statuses[0][1])


def test_a_refusal_counts_for_the_agent(tiny_company: Company) -> None:
    refusals = tiny_company.query("select sum(refusal_count) from compliance.employee_scores where employee_id = 'E1'")
    assert refusals == [(1,)]


def test_every_batch_reconciles(tiny_company: Company) -> None:
    rows = tiny_company.query("select source_file, is_balanced, read_count, accepted_count from quality.reconciliation")
    assert len(rows) == len(TINY_COMPANY)
    assert all(balanced and read == accepted > 0 for _, balanced, read, accepted in rows)


def test_every_published_column_has_a_policy(tiny_company: Company) -> None:
    tables = load_policy().tables
    published = tiny_company.query(
        "select schema_name || '.' || table_name, column_name from duckdb_columns() where not internal"
    )
    unlisted = [f"{table}.{column}" for table, column in published if column not in tables[table].columns]
    assert published and unlisted == []


def test_every_layer_reported_and_nothing_failed(tiny_company: Company) -> None:
    layers = {row[0] for row in tiny_company.query("select layer from quality.checks")}
    assert layers == {"raw", "warehouse", "reconciliation", "published"}
    failed = tiny_company.query(
        "select check_id, detail_en from quality.checks where severity = 'blocking' and not passed"
    )
    assert failed == []


def test_a_second_run_with_nothing_new_publishes_nothing(tiny_company: Company) -> None:
    before = json_lines(hufu("status", "--data", tiny_company.data, "--json").stdout)[0]["current"]
    again = json_lines(hufu("run", "--inbox", tiny_company.inbox, "--data", tiny_company.data, "--json").stdout)
    assert again[-1]["status"] == "unchanged"
    assert json_lines(hufu("status", "--data", tiny_company.data, "--json").stdout)[0]["current"] == before


def test_sql_reads_the_marts_and_cannot_write_or_reach_out(tiny_company: Company, tmp_path: Path) -> None:
    answer = hufu(
        "sql", "select count(*) as n from compliance.fct_violations", "--data", tiny_company.data, "--format", "csv"
    )
    assert answer.stdout.split() == ["n", "2"]
    for statement in (
        "delete from compliance.fct_violations",
        f"copy (select 1) to '{tmp_path / 'out.csv'}'",
        "select * from read_csv('/etc/passwd')",
        "set enable_external_access = true",
    ):
        refused = hufu("sql", statement, "--data", tiny_company.data, check=False)
        assert refused.returncode == 1 and refused.stderr.startswith("error:")
    assert not (tmp_path / "out.csv").exists()


def test_verify_finds_an_altered_source_file(tiny_company: Company, tmp_path: Path) -> None:
    assert hufu("verify", "--data", tiny_company.data).returncode == 0
    [(kept,)] = tiny_company.query("select source_path from quality.batches where dataset = 'orders'")
    path = tiny_company.data / kept
    original = path.read_bytes()
    path.chmod(0o644)
    path.write_bytes(original.replace(b"300.00", b"800.00"))
    try:
        found = hufu("verify", "--data", tiny_company.data, check=False)
        assert found.returncode == 1
        assert kept in found.stdout
    finally:
        path.write_bytes(original)


def test_an_unreadable_file_is_set_aside_and_the_rest_is_published(tiny_company: Company) -> None:
    told = tiny_company.query(f"select status, reason_en from quality.files where source_file = '{UNREADABLE}'")
    assert [status for status, _ in told] == ["set_aside"] and told[0][1]
    assert len(_violations(tiny_company)) == 2


def test_the_compiled_project_builds_what_the_command_publishes(tiny_company: Company, tmp_path: Path) -> None:
    """Every test that uses `tests/support/compiled.py` stands on this one."""
    compiled = CompiledWarehouse(tmp_path)
    shutil.copytree(tiny_company.inbox, compiled.inbox, dirs_exist_ok=True)
    compiled.build()
    published = marts(Path(os.path.realpath(tiny_company.published)))
    assert published["compliance.fct_violations"] and published["hotspots.cohorts"]
    assert differences(published, compiled.marts()) == {}


def test_a_run_that_fails_its_checks_leaves_readers_where_they_were(own_company: Company) -> None:
    inbox, data = own_company.inbox, own_company.data
    before = own_company.published.readlink()
    broken = "order_id,customer_id,employee_id,ordered_at,list_amount,net_amount,status\n"
    broken += "".join(f"X{n},C1,E1,not a moment,1.00,1.00,shipped\n" for n in range(150))
    write_inbox(inbox, {"crm/orders_2.csv": broken})
    failed = hufu("run", "--inbox", inbox, "--data", data, check=False)
    assert failed.returncode == 1
    assert "orders" in failed.stderr and "readers still see" in failed.stderr
    assert "crm/orders_2.csv" in failed.stderr and "hufu quarantine export" in failed.stderr
    assert own_company.published.readlink() == before
    status = json_lines(hufu("status", "--data", data, "--json").stdout)[0]
    assert status["last_run"]["status"] == "failed"


def test_a_withdrawn_delivery_is_gone_from_the_next_publication(own_company: Company) -> None:
    data = own_company.data
    listed = json_lines(hufu("batches", "--data", data, "--json").stdout)
    [batch_id] = [b["batch_id"] for b in listed if b["source_file"] == "crm/order_lines.csv"]
    done = hufu("batches", "withdraw", batch_id[:10], "--reason", "wrong", "--by", "lin", "--data", data)
    assert "hufu run" in done.stdout
    assert own_company.run() == "published"
    assert _violations(own_company) == {("RED-01", "M2")}
    assert own_company.run() == "unchanged"
    assert hufu("verify", "--data", data).returncode == 0

    hufu("batches", "reinstate", batch_id, "--reason", "right", "--by", "lin", "--data", data)
    log = json_lines(hufu("batches", "log", "--data", data, "--json").stdout)
    assert [(e["action"], e["by"]) for e in log] == [("withdrawn", "lin"), ("reinstated", "lin")]


def test_usage_errors_exit_with_two() -> None:
    assert hufu("run", "--no-such-option", check=False).returncode == 2
    assert hufu("demo", check=False).returncode == 2


def test_the_published_file_is_opened_by_any_reader_without_a_lock(tiny_company: Company) -> None:
    current = tiny_company.published.resolve()
    with duckdb.connect(str(current), read_only=True) as first, duckdb.connect(str(current), read_only=True) as second:
        assert (
            first.execute("select count(*) from quality.checks").fetchone()
            == second.execute("select count(*) from quality.checks").fetchone()
        )


@pytest.mark.parametrize("command", ["run", "serve", "status", "verify", "rollback", "demo", "sql", "batches"])
def test_every_command_has_help(command: str) -> None:
    assert "Usage" in hufu(command, "--help").stdout
