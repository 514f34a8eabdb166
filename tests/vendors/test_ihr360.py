"""i人事: roster workbook, leavers, sign records."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from tests.vendors import builders_ihr360 as ihr360
from tests.vendors.landed import Landed

ROSTER = "drop/i1.xlsx"
LEAVERS = "drop/i2.jsonl"
SIGNS = "drop/i3.jsonl"
SIGNS_TEXT = "drop/i4.csv"

COLUMNS = "employee_id, full_name, hire_date, org_unit_id, position_id, employment_status, last_working_date"


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Landed]:
    files = {
        ROSTER: ihr360.roster(),
        LEAVERS: ihr360.leavers(),
        SIGNS: ihr360.sign_records(),
        SIGNS_TEXT: ihr360.sign_records_as_text(),
    }
    landed = Landed(tmp_path_factory.mktemp("ihr360"), files)
    yield landed
    landed.connection.close()


def test_the_roster_with_one_who_has_no_number_and_one_who_left(landed: Landed) -> None:
    landed.assert_recognised(ROSTER, read=3)
    assert landed.evidence(ROSTER) == {"I"}
    rows = landed.rows("hr.employees", COLUMNS, ROSTER, "full_name <> '路遥'")
    assert rows == [
        ("R0101", "方圆", date(2023, 4, 3), "销售一部", "销售代表", "active", None),
        ("ihr360:毛豆", "毛豆", date(2026, 1, 12), "销售一部", "未填写", "active", None),
    ]


def test_a_number_in_full_width_and_a_date_with_dots(landed: Landed) -> None:
    [row] = landed.rows("hr.employees", COLUMNS, ROSTER, "full_name = '路遥'")
    assert row == ("R0103", "路遥", date(2019, 9, 2), "销售二部", "销售经理", "left", date(2026, 2, 10))


def test_leavers(landed: Landed) -> None:
    landed.assert_recognised(LEAVERS, read=1)
    assert landed.evidence(LEAVERS) == {"D"}
    assert landed.rows("hr.employees", COLUMNS, LEAVERS) == [
        ("R0107", "路宽", date(2020, 10, 8), "销售二部", "销售代表", "left", date(2026, 2, 3))
    ]
    told = landed.rows("hr.employees", "resignation_notice_date, termination_reason, phone", LEAVERS)
    assert told == [(date(2026, 1, 5), "个人发展", None)]
    [extra] = landed.extra("hr.employees", LEAVERS)
    assert extra.get("houseFundEndMonth") == "2026-02"


def test_a_list_of_leavers_is_not_the_whole_roster(landed: Landed) -> None:
    """Else everybody who stays would count as gone."""
    assert landed.ask(
        "select delivery from landed.batches where source_file = ? and dataset = 'employees'", LEAVERS
    ) == [("delta",)]


@pytest.mark.parametrize(("file", "staff"), [(SIGNS, "8a1f03"), (SIGNS_TEXT, "9b2e77")], ids=["lines", "text"])
def test_sign_records(landed: Landed, file: str, staff: str) -> None:
    landed.assert_recognised(file, read=2)
    assert landed.datasets(file) == {"punches"} and landed.evidence(file) == {"D"}
    rows = landed.rows("attendance.punches", "employee_id, punched_at::varchar, direction, place_name, method", file)
    assert [(who, when) for who, when, *_ in rows] == [
        (f"ihr360:{staff}", "2026-02-03 08:55:10"),
        (f"ihr360:{staff}", "2026-02-03 18:20:00"),
    ]
    assert [direction for _, _, direction, _, _ in rows] == ["in", "out"]
    assert all("文三路" in place for *_, place, _ in rows)
