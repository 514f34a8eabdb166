"""飞书: punches, daily results, approvals and roster as the interface answers them, and the attendance workbook."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

import pytest

from tests.vendors import builders_feishu as feishu
from tests.vendors.landed import Landed, instant, minute

FLOW = "drop/f1.jsonl"
TASKS = "drop/f2.jsonl"
APPROVALS = "drop/f3.jsonl"
EMPLOYEES = "drop/f4.jsonl"
DAILY = "drop/f5.xlsx"


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Landed]:
    files = {
        FLOW: feishu.user_flow(),
        TASKS: feishu.user_task(),
        APPROVALS: feishu.approval_instances(),
        EMPLOYEES: feishu.employees(),
        DAILY: feishu.daily_workbook(),
    }
    landed = Landed(tmp_path_factory.mktemp("feishu"), files, delivered="2026-02-10T04:00:00+00:00")
    yield landed
    landed.connection.close()


def test_punches_are_moments_with_their_offset(landed: Landed) -> None:
    landed.assert_recognised(FLOW, read=4)
    assert landed.datasets(FLOW) == {"punches"} and landed.evidence(FLOW) == {"C"}
    rows = landed.rows("attendance.punches", "employee_id, punched_at, _ts_offsets, place_name, punch_id", FLOW)
    moments = [(who, instant(when, offsets, "punched_at"), place) for who, when, offsets, place, _ in rows]
    assert sorted(moments) == [
        ("feishu:c0ffee01", datetime(2026, 1, 6, 1, 1, 7), "东站广场"),
        ("feishu:c0ffee01", datetime(2026, 1, 6, 10, 30), "东站广场"),
        ("feishu:c0ffee02", datetime(2026, 1, 5, 23, 50), "东站广场"),
        ("feishu:c0ffee02", datetime(2026, 1, 6, 6), "客户现场"),
    ]
    assert len({punch_id for *_, punch_id in rows}) == 4


def test_results_of_the_day(landed: Landed) -> None:
    landed.assert_recognised(TASKS, read=2)
    assert "daily_results" in landed.datasets(TASKS)
    rows = landed.rows("attendance.daily_results", "employee_id, work_date, result, late_minutes", TASKS)
    assert [row[:2] for row in rows] == [
        ("feishu:c0ffee01", date(2026, 1, 7)),
        ("feishu:c0ffee02", date(2026, 1, 7)),
    ]
    assert any(word in rows[0][2] for word in ("Late", "迟到"))
    assert any(word in rows[1][2] for word in ("Lack", "缺卡"))
    # 9:20 for a shift that begins at 9:00; who never came was not late by any minutes.
    assert [row[3] for row in rows] == [20, None]


def test_approvals_in_every_state(landed: Landed) -> None:
    landed.assert_recognised(APPROVALS, read=5)
    assert landed.evidence(APPROVALS) == {"C"}
    rows = landed.rows(
        "hr.approval_requests", "status, process_type, applicant_id, submitted_at, decided_at, _ts_offsets", APPROVALS
    )
    asked = datetime(2026, 1, 6, 2)
    assert {instant(submitted, offsets, "submitted_at") for *_, submitted, _, offsets in rows} == {asked}
    assert {who for _, _, who, *_ in rows} == {"feishu:c0ffee01"}
    states = [
        (status, process, instant(decided, offsets, "decided_at") if decided else None)
        for status, process, _, _, decided, offsets in rows
    ]
    assert sorted(states, key=str) == sorted(
        [
            ("approved", "leave", datetime(2026, 1, 6, 4, 30)),
            ("rejected", "expense", datetime(2026, 1, 6, 3)),
            ("pending", "overtime", None),
            ("withdrawn", "leave", datetime(2026, 1, 6, 2, 30)),
            ("withdrawn", "leave", datetime(2026, 1, 6, 2, 40)),
        ],
        key=str,
    )


def test_steps_are_those_that_were_taken(landed: Landed) -> None:
    rows = landed.ask(
        "select r.status, s.step_no, s.approver_id, s.action, s.acted_at, s._ts_offsets "
        "from landed_hr.approval_steps as s join landed_hr.approval_requests as r using (request_id) "
        "where s._source_file = ? order by all",
        APPROVALS,
    )
    steps = [
        (state, number, who, did, instant(at, offsets, "acted_at")) for state, number, who, did, at, offsets in rows
    ]
    assert steps == [
        ("approved", 1, "feishu:boss-1", "approve", datetime(2026, 1, 6, 3)),
        ("approved", 2, "feishu:hr-1", "approve", datetime(2026, 1, 6, 4, 30)),
        ("pending", 1, "feishu:boss-1", "approve", datetime(2026, 1, 6, 3)),
        ("rejected", 1, "feishu:boss-1", "reject", datetime(2026, 1, 6, 3)),
    ]


def test_the_roster(landed: Landed) -> None:
    landed.assert_recognised(EMPLOYEES, read=2)
    assert landed.evidence(EMPLOYEES) == {"C"}
    rows = landed.rows(
        "hr.employees",
        "employee_id, full_name, hire_date, org_unit_id, position_id, employment_status, last_working_date",
        EMPLOYEES,
    )
    assert rows == [
        ("F0001", "江雪", date(2021, 3, 1), "od-0a1b2c3d", "客服专员", "active", None),
        ("F0002", "贺兰", date(2022, 5, 16), "od-0a1b2c3d", "未填写", "left", date(2026, 1, 31)),
    ]
    details = landed.rows("hr.employees", "birth_date, contract_end_date, manager_id", EMPLOYEES)
    assert (date(1995, 2, 28), date(2027, 2, 28), "feishu:boss-1") in details
    assert {extra.get("work_location") for extra in landed.extra("hr.employees", EMPLOYEES)} == {"杭州"}


def test_the_attendance_workbook(landed: Landed) -> None:
    landed.assert_recognised(DAILY, read=2)
    assert landed.evidence(DAILY) == {"I"}
    rows = landed.rows("attendance.daily_results", "employee_id, work_date, result", DAILY)
    assert [row[:2] for row in rows] == [("F0001", date(2026, 1, 8)), ("feishu:贺兰", date(2026, 1, 8))]
    assert "迟到" in rows[0][2] and "无需打卡" in rows[1][2]
    punches = landed.rows("attendance.punches", "employee_id, punched_at, direction", DAILY)
    assert [(who, minute(when), direction) for who, when, direction in punches] == [
        ("F0001", "01-08 09:12", "in"),
        ("F0001", "01-08 18:01", "out"),
    ]
