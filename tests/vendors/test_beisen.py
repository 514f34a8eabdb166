"""北森: employees as the interface answers them and as a workbook, leaves, punches."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

import pytest

from tests.vendors import builders_beisen as beisen
from tests.vendors.landed import Landed, half_days, minute

EMPLOYEES = "drop/b1.csv"
EMPLOYEE_LINES = "drop/b2.jsonl"
ROSTER = "drop/b3.xlsx"
ROSTER_HTML = "drop/b4.xls"
LEAVES = "drop/b5.jsonl"
PUNCHES = "drop/b6.jsonl"

COLUMNS = "employee_id, full_name, hire_date, org_unit_id, position_id, employment_status, last_working_date"


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Landed]:
    files = {
        EMPLOYEES: beisen.employees(),
        EMPLOYEE_LINES: beisen.employees_as_lines(),
        ROSTER: beisen.roster(),
        ROSTER_HTML: beisen.roster_as_html(),
        LEAVES: beisen.leaves(),
        PUNCHES: beisen.punches(),
    }
    landed = Landed(tmp_path_factory.mktemp("beisen"), files)
    yield landed
    landed.connection.close()


def test_a_person_with_past_and_part_time_records_is_one_employee(landed: Landed) -> None:
    landed.assert_recognised(EMPLOYEES, read=5)
    assert landed.evidence(EMPLOYEES) == {"D"}
    hired = date(2022, 3, 1)
    assert landed.rows("hr.employees", COLUMNS, EMPLOYEES) == [
        ("B1001", "白露", hired, "900002", "7001", "active", None),
        ("B1003", "石磊", hired, "900001", "7001", "left", date(2026, 1, 31)),
        ("beisen:118200336", "秦川", hired, "900002", "未填写", "active", None),
    ]


def test_placeholders_and_masks_are_no_values(landed: Landed) -> None:
    rows = landed.rows("hr.employees", "phone, contract_end_date, birth_date, gender", EMPLOYEES)
    assert {(phone, end, born) for phone, end, born, _ in rows} == {(None, None, date(1991, 4, 5))}
    # 0 is male, 1 is female.
    assert {gender for *_, gender in rows}.isdisjoint({"0", "1", None})
    assert len({gender for *_, gender in rows}) == 2


def test_the_user_id_beside_the_job_number_becomes_an_identity(landed: Landed) -> None:
    rows = landed.rows("hr.identities", "distinct system, account, valid_from, employee_id", EMPLOYEES)
    epoch = datetime(1970, 1, 1)
    known = [row for row in rows if row[1].isdigit()]
    assert known == [("beisen", "118200335", epoch, "B1001"), ("beisen", "118200337", epoch, "B1003")]


def test_employees_as_lines_with_a_field_of_the_tenants_own(landed: Landed) -> None:
    landed.assert_recognised(EMPLOYEE_LINES, read=1)
    assert [row[:2] for row in landed.rows("hr.employees", COLUMNS, EMPLOYEE_LINES)] == [("B2001", "古月")]
    [extra] = landed.extra("hr.employees", EMPLOYEE_LINES)
    assert extra.get("extCostCenter") == "C-12"


@pytest.mark.parametrize(("file", "prefix"), [(ROSTER, "00"), (ROSTER_HTML, "10")], ids=["workbook", "web page"])
def test_the_roster_with_a_title_and_a_total(landed: Landed, file: str, prefix: str) -> None:
    landed.assert_recognised(file, read=4, ignored=1)
    assert landed.evidence(file) == {"I"}
    assert landed.rows("hr.employees", COLUMNS, file) == [
        (f"{prefix}12", "白露", date(2020, 3, 5), "集团/客服中心", "客服主管", "active", None),
        (f"{prefix}13", "秦川", date(2021, 7, 1), "集团/销售部", "未填写", "left", date(2026, 1, 31)),
        (f"{prefix}14", "石磊", date(2026, 1, 5), "集团/销售部", "销售代表", "active", None),
    ]
    phones = landed.rows("hr.employees", "employee_id, phone", file)
    assert phones == [(f"{prefix}12", None), (f"{prefix}13", "13700000013"), (f"{prefix}14", None)]
    extras = landed.extra("hr.employees", file, f"employee_id = '{prefix}12'")
    assert [(extra.get("职级"), extra.get("用工类型")) for extra in extras] == [("P5", "内部员工")]


def test_leaves_and_what_was_given_back(landed: Landed) -> None:
    landed.assert_recognised(LEAVES, read=3)
    assert landed.evidence(LEAVES) == {"D"}
    rows = landed.rows("attendance.leaves", "leave_id, employee_id, leave_type, starts_at, ends_at, status", LEAVES)
    assert len(rows) == 3 and len({row[0] for row in rows}) == 3
    assert {who for _, who, *_ in rows} == {"beisen:118200335"}
    states = {(kind, starts): status for _, _, kind, starts, _, status in rows}
    taken = states["年假", datetime(2026, 2, 3, 9)]
    # The negative record and the refused one are there, and neither passes for a leave that was taken.
    returned, refused = states["年假", datetime(2026, 2, 3, 13)], states["事假", datetime(2026, 2, 5, 9)]
    assert taken not in (None, returned, refused)
    halves = {status: set(half_days(starts, ends)) for *_, starts, ends, status in rows}
    assert halves[taken] - halves[returned] == {"02-03 am"}
    reasons = {extra.get("reason") for extra in landed.extra("attendance.leaves", LEAVES)}
    assert reasons == {"旅行", "提前返岗", None}


def test_punches_whose_date_or_time_is_a_placeholder(landed: Landed) -> None:
    landed.assert_recognised(PUNCHES, read=3, ignored=1)
    assert landed.evidence(PUNCHES) == {"D"}
    rows = landed.rows("attendance.punches", "employee_id, punched_at, place_name", PUNCHES)
    assert [(who, minute(when), when.year) for who, when, _ in rows] == [
        ("beisen:118200335", "02-03 08:58", 2026),
        ("beisen:118200335", "02-03 16:09", 2026),
    ]
    assert all("杭州总部" in place for *_, place in rows)
