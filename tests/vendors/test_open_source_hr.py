"""OrangeHRM employees, Frappe HR attendance and check-ins, Odoo attendance."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from tests.vendors import builders_open_source as exports
from tests.vendors.landed import EVIDENCE_GRADES, Landed

ORANGEHRM = "drop/o1.csv"
FRAPPE_ATTENDANCE = "drop/o2.csv"
FRAPPE_CHECKINS = "drop/o3.csv"
ODOO = "drop/o4.csv"


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Landed]:
    files = {
        ORANGEHRM: exports.orangehrm_employees(),
        FRAPPE_ATTENDANCE: exports.frappe_attendance(),
        FRAPPE_CHECKINS: exports.frappe_checkins(),
        ODOO: exports.odoo_attendance(),
    }
    landed = Landed(tmp_path_factory.mktemp("open"), files)
    yield landed
    landed.connection.close()


def test_orangehrm_is_recognised_and_no_day_of_hire_is_invented(landed: Landed) -> None:
    """The layout has none and the contract wants it: the records say so instead of being guessed."""
    outcome = landed.outcomes[ORANGEHRM]
    assert outcome.status == "landed" and outcome.counts.is_balanced and outcome.counts.read == 2
    assert landed.evidence(ORANGEHRM) < EVIDENCE_GRADES
    missing = {(row, column) for _, row, column, _ in landed.quarantined(ORANGEHRM)}
    assert missing == {(2, "hire_date"), (3, "hire_date")}
    assert landed.rows("hr.employees", "employee_id", ORANGEHRM) == []
    # Staff numbers are texts: their leading zeros count.
    keys = landed.ask("select row_key from landed.quarantine where source_file = ? order by 1", ORANGEHRM)
    assert keys == [("0007",), ("0008",)]


def test_frappe_attendance(landed: Landed) -> None:
    landed.assert_recognised(FRAPPE_ATTENDANCE, read=5)
    rows = landed.rows("attendance.daily_results", "work_date, worked_hours, result, employee_id", FRAPPE_ATTENDANCE)
    assert [(day, hours or 0, result) for day, hours, result, _ in rows] == [
        (date(2026, 2, 2), 8.5, "Present"),
        (date(2026, 2, 3), 0, "Absent"),
        (date(2026, 2, 4), 0, "On Leave"),
        (date(2026, 2, 5), 4, "Half Day"),
        (date(2026, 2, 6), 8, "Work From Home"),
    ]
    assert {who for *_, who in rows} == {"HR-EMP-00012"}


def test_frappe_checkins(landed: Landed) -> None:
    landed.assert_recognised(FRAPPE_CHECKINS, read=2)
    rows = landed.rows("attendance.punches", "punched_at::varchar, direction, employee_id, latitude", FRAPPE_CHECKINS)
    assert [row[:2] for row in rows] == [("2026-02-02 09:10:00", "in"), ("2026-02-02 17:40:00", "out")]
    assert {who for _, _, who, _ in rows} == {"HR-EMP-00012"}
    assert [float(latitude) if latitude else None for *_, latitude in rows] == [19.076, None]


def test_odoo_attendance_is_one_punch_in_and_one_out(landed: Landed) -> None:
    landed.assert_recognised(ODOO, read=2)
    assert landed.evidence(ODOO) == {"I"}
    rows = landed.rows("attendance.punches", "employee_id, punched_at::varchar, direction, punch_id", ODOO)
    assert [row[:3] for row in rows] == [
        ("odoo:Ana Silva", "2026-02-02 09:10:00", "in"),
        ("odoo:Ana Silva", "2026-02-02 17:40:00", "out"),
        ("odoo:John Doe", "2026-02-02 09:30:00", "in"),
    ]
    assert len({punch_id for *_, punch_id in rows}) == 3
