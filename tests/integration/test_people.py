"""Accounts in place of people: resolved when an identities file says whose they are, listed and reviewed until then."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.landing import land_inbox
from pipelines.landing.register import read_batches
from tests.support.company import TINY_COMPANY
from tests.support.compiled import CompiledWarehouse

FIRST = "2026-04-10T09:00:00+08:00"
SECOND = "2026-04-11T09:00:00+08:00"

# The tiny company as its own systems name people: the seller and the agent by account, one account of two people.
BY_ACCOUNT = TINY_COMPANY | {
    "crm/orders.csv": TINY_COMPANY["crm/orders.csv"].replace(",E1,", ",fxiaoke:wang,"),
    "crm/messages.csv": TINY_COMPANY["crm/messages.csv"].replace(",E1,", ",qianniu:客服一号,"),
    "crm/tickets.csv": """
ticket_id,customer_id,employee_id,category,opened_at
T1,C1,qianniu:shared,refund,2026-04-03 10:00:00
T2,C1,qianniu:shared,refund,2026-04-05 10:00:00
T3,C1,E9,refund,2026-04-05 11:00:00
T4,C1,E1,refund,2026-04-05 11:00:00
T5,C1,,refund,2026-04-05 11:00:00
T6,C1,fxiaoke:wang,refund,2026-04-05 11:00:00
""",
    "hr/reviews.csv": """
review_id,employee_id,period,reviewer_type,reviewer_id,score
V1,E1,2026-03,customer,C1,90
V2,E1,2026-03,peer,E8,90
""",
    "attendance/daily_results_wecom.csv": """
employee_id,work_date,worked_hours,result
wecom:WangYi,2026-04-01,8,wecom
wecom:WangYi,2026-04-02,8,wecom
""",
    "hr/identities.csv": """
system,account,valid_from,employee_id,valid_to
qianniu,shared,2026-01-01 00:00:00,E1,
qianniu,shared,2026-04-01 00:00:00,E2,
""",
}

IDENTITIES = {
    "hr/identities_more.csv": """
system,account,valid_from,employee_id,valid_to
fxiaoke,wang,1970-01-01 00:00:00,E1,
qianniu,客服一号,1970-01-01 00:00:00,E1,
wecom,WangYi,1970-01-01 00:00:00,E1,
""",
    "attendance/daily_results_dingtalk.csv": """
employee_id,work_date,worked_hours,result
E1,2026-04-02,7,dingtalk
""",
}


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> CompiledWarehouse:
    warehouse = CompiledWarehouse(tmp_path_factory.mktemp("before"))
    warehouse.deliver(BY_ACCOUNT, FIRST)
    warehouse.build()
    return warehouse


@pytest.fixture(scope="module")
def after(tmp_path_factory: pytest.TempPathFactory) -> tuple[CompiledWarehouse, dict[str, str]]:
    """The same company, whose identities came a day late; with what had landed until then."""
    warehouse = CompiledWarehouse(tmp_path_factory.mktemp("after"))
    warehouse.deliver(BY_ACCOUNT, FIRST)
    land_inbox(warehouse.inbox, warehouse.paths.root)
    landed = _landed_files(warehouse.paths.root)
    warehouse.deliver(IDENTITIES, SECOND)
    warehouse.build()
    return warehouse, landed


def _landed_files(data: Path) -> dict[str, str]:
    return {
        b.batch_id: f"{b.registered_at} {(data / str(b.landed_path)).stat().st_mtime_ns}" for b in read_batches(data)
    }


def test_an_unresolved_account_needs_review_and_is_accused_of_nothing(before: CompiledWarehouse) -> None:
    assert before.query("select count(*) from compliance.fct_violations where rule_id in ('DISC-01', 'RED-01')") == [
        (0,)
    ]
    reviewed = before.query(
        "select rule_id, subject_id, employee_id, review_cause from compliance.review_items"
        " where rule_id in ('DISC-01', 'RED-01') order by all"
    )
    assert reviewed == [
        ("DISC-01", "O1/1", "fxiaoke:wang", "unidentified_employee"),
        ("DISC-01", "O3/1", "fxiaoke:wang", "unidentified_employee"),
        ("RED-01", "M2", "qianniu:客服一号", "unidentified_employee"),
    ]


def test_everyone_whom_nobody_knows_is_listed_with_the_reason(before: CompiledWarehouse) -> None:
    listed = before.query(
        "select dataset, column_name, person, row_count, cast(first_event_at as date), cast(last_event_at as date),"
        " reason from staging.stg_landed__unresolved_people order by all"
    )
    told = [(*row[:4], str(row[4]), str(row[5]), row[6]) for row in listed]
    assert told == [
        ("daily_results", "employee_id", "wecom:WangYi", 2, "2026-04-01", "2026-04-02", "no_identity"),
        ("messages", "employee_id", "qianniu:客服一号", 4, "2026-04-04", "2026-04-04", "no_identity"),
        ("orders", "employee_id", "fxiaoke:wang", 3, "2026-04-02", "2026-04-02", "no_identity"),
        ("reviews", "reviewer_id", "E8", 1, "2026-03-01", "2026-03-01", "unknown_employee"),
        ("tickets", "employee_id", "E9", 1, "2026-04-05", "2026-04-05", "unknown_employee"),
        ("tickets", "employee_id", "fxiaoke:wang", 1, "2026-04-05", "2026-04-05", "no_identity"),
        ("tickets", "employee_id", "qianniu:shared", 2, "2026-04-03", "2026-04-05", "ambiguous_identity"),
    ]


def test_an_id_is_counted_once_wherever_it_stands(before: CompiledWarehouse) -> None:
    counted = before.query(
        "select count(distinct person), count(*) filter (not is_repeated) from staging.stg_landed__unresolved_people"
    )
    assert counted == [(6, 6)]


def test_late_identities_resolve_what_had_landed_before(after: tuple[CompiledWarehouse, dict[str, str]]) -> None:
    warehouse, landed = after
    violations = warehouse.query("select rule_id, subject_id, employee_id from compliance.fct_violations order by all")
    assert violations == [("DISC-01", "O1/1", "E1"), ("RED-01", "M2", "E1")]
    listed = warehouse.query("select person from staging.stg_landed__unresolved_people order by all")
    assert listed == [("E8",), ("E9",), ("qianniu:shared",)]
    now = _landed_files(warehouse.paths.root)
    assert landed and {batch_id: now[batch_id] for batch_id in landed} == landed


def test_two_systems_rows_of_one_person_and_day_are_one_row(after: tuple[CompiledWarehouse, dict[str, str]]) -> None:
    rows = after[0].query(
        "select employee_id, cast(work_date as varchar), result from staging.stg_attendance__daily_results order by all"
    )
    assert rows == [("E1", "2026-04-01", "wecom"), ("E1", "2026-04-02", "dingtalk")]
