"""What was owed and did not come, and what a later file holds in quarantine only."""

from __future__ import annotations

import pytest

from pipelines.landing.register import read_batches, withdraw_batch
from tests.support.company import TINY_COMPANY
from tests.support.compiled import CompiledWarehouse

MESSAGES = "message_id,conversation_id,employee_id,customer_id,sender,sent_at,text\n"
OWED = {
    "dataset": "messages",
    "source": "crm/",
    "frequency": "daily",
    "lag_hours": "24",
    "valid_from": "2026-04-04",
    "valid_to": None,
}


def _chats(day: str, text: str = "您好") -> str:
    return MESSAGES + f"M{day},V{day},E1,C1,agent,{day} 10:00:00,{text}\n"


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> CompiledWarehouse:
    """Chats are owed every day from the 4th to the 9th; those of the 6th never came, those of the 8th are withdrawn."""
    warehouse = CompiledWarehouse(tmp_path_factory.mktemp("owed"), {"expected_deliveries": [OWED]})
    warehouse.deliver(TINY_COMPANY, "2026-04-05T03:00:00+08:00")
    warehouse.deliver({"crm/messages_05.csv": _chats("2026-04-05")}, "2026-04-06T03:00:00+08:00")
    warehouse.deliver({"crm/messages_07.csv": _chats("2026-04-07")}, "2026-04-08T03:00:00+08:00")
    warehouse.deliver(
        {"crm/messages_08.csv": _chats("2026-04-08", "您给我发个红包我就帮您处理")}, "2026-04-09T03:00:00+08:00"
    )
    warehouse.deliver({"crm/messages_09.csv": MESSAGES}, "2026-04-09T23:00:00+08:00")
    warehouse.deliver({"crm/messages_10.csv": _chats("2026-04-10")}, "2026-04-11T03:00:00+08:00")
    warehouse.build()
    return warehouse


def _missing(warehouse: CompiledWarehouse) -> list[tuple[str, str]]:
    rows = warehouse.query("select missing_from, missing_to from core.fct_missing_delivery order by all")
    return [(str(since), str(to)) for since, to in rows]


def _status(warehouse: CompiledWarehouse, rule_id: str, day: str) -> list[tuple[str, str | None]]:
    return warehouse.query(
        "select status, missing_datasets from compliance.rule_status where org_unit_id = 'B1'"
        f" and rule_id = '{rule_id}' and valid_from <= '{day}' and valid_to > '{day}'"
    )


def test_a_day_that_nobody_delivered_is_no_data_and_its_neighbours_pass(company: CompiledWarehouse) -> None:
    assert _missing(company) == [("2026-04-06", "2026-04-07")]
    assert _status(company, "RED-01", "2026-04-05") == [("PASS", None)]
    assert _status(company, "RED-01", "2026-04-06") == [("NO_DATA", "messages")]
    assert _status(company, "RED-01", "2026-04-07") == [("PASS", None)]
    # Delivered without a row: nothing happened on that day.
    assert _status(company, "RED-01", "2026-04-09") == [("PASS", None)]
    # A rule that does not need chats has nothing to do with it.
    assert _status(company, "DISC-01", "2026-04-06")[0][1] != "messages"


def test_a_withdrawn_delivery_opens_the_gap_again(company: CompiledWarehouse) -> None:
    [batch] = [b for b in read_batches(company.paths.root) if b.source_file == "crm/messages_08.csv"]
    assert _status(company, "RED-01", "2026-04-08") == [("FAIL", None)]
    withdraw_batch(company.paths.root, batch.batch_id, by="tester", reason="wrong export")
    company.build()
    assert _missing(company) == [("2026-04-06", "2026-04-07"), ("2026-04-08", "2026-04-09")]
    assert _status(company, "RED-01", "2026-04-08") == [("NO_DATA", "messages")]
    log = company.query('select batch_id, sequence, action, "by", reason from landed.batch_events')
    assert log == [(batch.batch_id, 1, "withdrawn", "tester", "wrong export")]


def test_nothing_changes_while_nothing_is_expected(tmp_path_factory: pytest.TempPathFactory) -> None:
    warehouse = CompiledWarehouse(tmp_path_factory.mktemp("silent"))
    warehouse.deliver(TINY_COMPANY, "2026-04-05T03:00:00+08:00")
    warehouse.build()
    assert _missing(warehouse) == []
    assert warehouse.query("select count(*) from core.dim_expected_delivery") == [(0,)]


def test_a_key_that_stands_in_quarantine_has_not_ended(tmp_path_factory: pytest.TempPathFactory) -> None:
    warehouse = CompiledWarehouse(tmp_path_factory.mktemp("held"))
    warehouse.deliver(TINY_COMPANY, "2026-04-05T03:00:00+08:00")
    header = "employee_id,full_name,hire_date,org_unit_id,position_id,employment_status\n"
    later = header + "E1,王一,2024-01-01,B1,P1,active\nE2,李二,not a day,B1,P2,active\n"
    warehouse.deliver({"hr/employees_2.csv": later}, "2026-05-05T03:00:00+08:00")
    warehouse.build()
    ended = dict(warehouse.query("select employee_id, cast(_ended_at as varchar) from staging.stg_hr__employees"))
    assert ended == {"E1": None, "E2": None, "E3": "2026-05-04 19:00:00"}
    employed = dict(warehouse.query("select employee_id, valid_to is null from core.dim_employment"))
    assert employed == {"E1": True, "E2": True, "E3": False}
