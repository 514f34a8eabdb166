"""钉钉: daily and monthly attendance, raw records, check-ins at customers, approvals old and new, roster."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime

import pytest

from tests.vendors import builders_dingtalk as dingtalk
from tests.vendors.builders_files import with_dimension
from tests.vendors.landed import Landed, half_days, minute

DAILY = "drop/d1.xlsx"
PAID_TENANT = "drop/d2.xlsx"
WRONG_WEEKDAY = "drop/d3.xlsx"
SMALL_DIMENSION = "drop/d4.xlsx"
NAMED = "drop/某某公司_考勤报表_20250801-20250801.xlsx"
MISNAMED = "drop/某某公司_每日统计_20250701-20250731.xlsx"
MONTHLY = "drop/d5.xlsx"
MONTHLY_UNDATED = "drop/d6.xlsx"
RAW = "drop/d7.xlsx"
RAW_TEXT = "drop/d8.xls"
WHOLE = "drop/d9.xlsx"
VISITS = "drop/d10.xlsx"
LEAVES_OLD = "drop/d11.xlsx"
LEAVES_NEW = "drop/d12.xlsx"
OVERTIME = "drop/d13.xlsx"
EXPENSES = "drop/d14.xlsx"
ROSTER = "drop/d15.xlsx"

EPOCH = datetime(1970, 1, 1)


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Landed]:
    files = {
        DAILY: dingtalk.daily_report(),
        PAID_TENANT: dingtalk.paid_tenant_report(),
        WRONG_WEEKDAY: dingtalk.one_day("chu-1", claimed="25-08-01 星期四"),
        SMALL_DIMENSION: with_dimension(dingtalk.one_day("chu-2"), "A1"),
        NAMED: dingtalk.one_day("chu-3"),
        MISNAMED: dingtalk.one_day("chu-4"),
        MONTHLY: dingtalk.monthly_report(),
        MONTHLY_UNDATED: dingtalk.monthly_report(dated=False),
        RAW: dingtalk.raw_records(),
        RAW_TEXT: dingtalk.raw_records_as_text(),
        WHOLE: dingtalk.whole_report(),
        VISITS: dingtalk.visits(),
        LEAVES_OLD: dingtalk.leave_approvals_old(),
        LEAVES_NEW: dingtalk.leave_approvals_new(),
        OVERTIME: dingtalk.overtime_approvals(),
        EXPENSES: dingtalk.expense_approvals(),
        ROSTER: dingtalk.roster(),
    }
    landed = Landed(tmp_path_factory.mktemp("dingtalk"), files, delivered="2025-09-10T04:00:00+00:00")
    yield landed
    landed.connection.close()


# ---------------------------------------------------------------------------------------------------- daily report


def test_placeholder_accounts_are_ignored_and_people_without_a_group_are_not(landed: Landed) -> None:
    landed.assert_recognised(DAILY, read=10, ignored=2)
    assert landed.evidence(DAILY) == {"B"}
    people = landed.rows("attendance.daily_results", "distinct employee_id", DAILY)
    assert people == [("K0032",), ("dingtalk:0136422",), ("dingtalk:manager4521",), ("dingtalk:u-qian",)]


def test_hours_and_minutes_of_the_day(landed: Landed) -> None:
    """工作时长, 迟到时长 and 早退时长 are minutes; overtime is hours."""
    rows = landed.rows(
        "attendance.daily_results",
        "employee_id, work_date, worked_hours::double, coalesce(late_minutes, 0)::double, "
        "coalesce(early_leave_minutes, 0)::double, coalesce(overtime_hours, 0)::double",
        DAILY,
        "worked_hours > 0",
    )
    friday, saturday = date(2025, 8, 1), date(2025, 8, 2)
    assert rows == [
        ("K0032", friday, 5.0, 0, 0, 0),
        ("K0032", saturday, 8.0, 0, 0, 0),
        ("dingtalk:0136422", friday, 6.9, 0, 40, 0),
        ("dingtalk:manager4521", friday, 14.0, 17, 0, 2.5),
    ]
    assert len(landed.rows("attendance.daily_results", "work_date", DAILY)) == 8


def test_punches_with_the_next_day(landed: Landed) -> None:
    rows = landed.rows("attendance.punches", "employee_id, punched_at, direction, punch_id", DAILY)
    assert [(who, minute(when)) for who, when, *_ in rows] == [
        ("K0032", "08-01 18:03"),
        ("K0032", "08-02 09:00"),
        ("K0032", "08-02 18:00"),
        ("dingtalk:0136422", "08-01 08:58"),
        ("dingtalk:0136422", "08-01 12:01"),
        ("dingtalk:0136422", "08-01 13:29"),
        ("dingtalk:0136422", "08-01 17:20"),
        ("dingtalk:manager4521", "08-01 09:17"),
        ("dingtalk:manager4521", "08-02 00:30"),
        ("dingtalk:u-qian", "08-01 10:05"),
        ("dingtalk:u-qian", "08-01 16:40"),
    ]
    directions = {minute(when): direction for who, when, direction, _ in rows if who == "dingtalk:manager4521"}
    assert directions == {"08-01 09:17": "in", "08-02 00:30": "out"}
    assert len({punch_id for *_, punch_id in rows}) == len(rows)


def test_only_leaves_among_the_linked_approvals_are_leaves(landed: Landed) -> None:
    rows = landed.rows("attendance.leaves", "employee_id, leave_type, starts_at, ends_at", DAILY)
    assert rows == [("K0032", "事假", datetime(2025, 8, 1, 9), datetime(2025, 8, 1, 12))]


def test_a_staff_number_beside_a_user_id_becomes_an_identity(landed: Landed) -> None:
    rows = landed.rows("hr.identities", "system, account, valid_from, employee_id", DAILY)
    assert rows == [("dingtalk", "17038", EPOCH, "K0032")]


def test_leave_columns_of_the_tenant_are_kept(landed: Landed) -> None:
    [extra] = landed.extra("attendance.daily_results", DAILY, "employee_id = 'K0032' and work_date = date '2025-08-02'")
    assert [value for name, value in extra.items() if "例假(天)" in name] == ["0.5"]


def test_another_tenants_columns_and_a_leave_over_new_year(landed: Landed) -> None:
    landed.assert_recognised(PAID_TENANT, read=3)
    days = landed.rows("attendance.daily_results", "work_date", PAID_TENANT)
    assert days == [(date(2025, 12, 31),), (date(2026, 1, 1),), (date(2026, 1, 2),)]
    leaves = landed.rows("attendance.leaves", "employee_id, leave_type, starts_at, ends_at", PAID_TENANT)
    assert leaves == [("dingtalk:fx-88", "年假", datetime(2025, 12, 31, 9), datetime(2026, 1, 2, 18))]
    [extra] = landed.extra("attendance.daily_results", PAID_TENANT, "work_date = date '2026-01-01'")
    assert [value for name, value in extra.items() if "节假日（转加班费）" in name] == ["4"]


def test_a_weekday_that_contradicts_its_date_is_quarantined(landed: Landed) -> None:
    landed.assert_recognised(WRONG_WEEKDAY, read=2, quarantined=1)
    assert {row for _, row, _, _ in landed.quarantined(WRONG_WEEKDAY)} == {5}
    assert landed.rows("attendance.daily_results", "employee_id", WRONG_WEEKDAY) == [("dingtalk:chu-1-2",)]
    assert landed.rows("attendance.punches", "employee_id", WRONG_WEEKDAY) == [("dingtalk:chu-1-2",)]


def test_a_workbook_that_lies_about_its_size_is_read_whole(landed: Landed) -> None:
    landed.assert_recognised(SMALL_DIMENSION, read=2)
    assert len(landed.rows("attendance.daily_results", "employee_id", SMALL_DIMENSION)) == 2


def test_the_period_in_title_and_file_name(landed: Landed) -> None:
    landed.assert_recognised(NAMED, read=2)
    spans = landed.ask("select distinct covers_from, covers_to from landed.batches where source_file = ?", NAMED)
    assert spans == [("2025-08-01", "2025-08-01")]
    assert "period" in landed.reason(MISNAMED)


# ---------------------------------------------------------------------------------------------------- other exports


def test_monthly_days_are_known_by_position_where_days_off_have_no_number(landed: Landed) -> None:
    landed.assert_recognised(MONTHLY, read=2)
    assert landed.evidence(MONTHLY) == {"B"}
    rows = landed.rows("attendance.daily_results", "employee_id, work_date, result", MONTHLY)
    assert [(who, day.day) for who, day, _ in rows] == [
        *(("K0077", day) for day in range(4, 11)),
        *(("dingtalk:manager4521", day) for day in range(1, 11)),
    ]
    assert {(day.year, day.month) for _, day, _ in rows} == {(2026, 3)}
    told = {(who, day.day): result for who, day, result in rows}
    assert "迟到" in told["dingtalk:manager4521", 4] and "旷工" in told["dingtalk:manager4521", 10]
    assert all("休息" in told[who, day] for who in ("K0077", "dingtalk:manager4521") for day in (7, 8))
    assert "正常" in told["K0077", 9] and "缺卡" in told["K0077", 10]


def test_monthly_totals_and_identities_are_kept(landed: Landed) -> None:
    extras = landed.extra("attendance.daily_results", MONTHLY, "employee_id = 'dingtalk:manager4521'")
    assert {value for extra in extras for name, value in extra.items() if "看护假(天)" in name} == {"2.5"}
    identities = landed.rows("hr.identities", "system, account, employee_id", MONTHLY)
    assert identities == [("dingtalk", "u-new", "K0077")]


def test_a_monthly_report_without_a_period_is_set_aside(landed: Landed) -> None:
    assert "period" in landed.reason(MONTHLY_UNDATED)


def test_raw_records(landed: Landed) -> None:
    landed.assert_recognised(RAW, read=4, ignored=1)
    assert landed.evidence(RAW) == {"B"}
    rows = landed.rows("attendance.punches", "employee_id, punched_at, place_name", RAW)
    assert [(who, minute(when)) for who, when, _ in rows] == [
        ("K0032", "08-01 08:51"),
        ("dingtalk:manager4521", "08-01 09:17"),
        ("dingtalk:manager4521", "08-02 00:30"),
    ]
    assert all("丰潭路" in place for *_, place in rows)
    assert landed.rows("hr.identities", "account, employee_id", RAW) == [("17038", "K0032")]
    extras = landed.extra("attendance.punches", RAW, "employee_id = 'K0032'")
    assert [extra.get("异常打卡原因") for extra in extras] == ["定位异常"]


def test_raw_records_beside_the_daily_report_do_not_count_punches_twice(landed: Landed) -> None:
    ids = [
        landed.rows("attendance.punches", "punch_id", file, "employee_id = 'dingtalk:manager4521'")
        for file in (DAILY, RAW)
    ]
    assert len(ids[0]) == 2 and ids[0] == ids[1]


def test_raw_records_as_tab_separated_text_named_xls(landed: Landed) -> None:
    landed.assert_recognised(RAW_TEXT, read=4, ignored=1)
    rows = landed.rows("attendance.punches", "employee_id, punched_at", RAW_TEXT)
    assert [(who, minute(when)) for who, when in rows] == [
        ("dingtalk:17038-t", "08-01 08:51"),
        ("dingtalk:manager4521-t", "08-01 09:17"),
        ("dingtalk:manager4521-t", "08-02 00:30"),
    ]


def test_a_workbook_with_all_reports_loses_no_sheet_silently(landed: Landed) -> None:
    outcome = landed.outcomes[WHOLE]
    assert outcome.status == "landed" and outcome.counts.is_balanced
    assert landed.rows("attendance.daily_results", "employee_id", WHOLE) == [("dingtalk:shen-1",)]
    assert [minute(when) for (when,) in landed.rows("attendance.punches", "punched_at", WHOLE)] == ["08-01 09:01"]
    unread = landed.ask("select distinct unread_sheets from landed.batches where source_file = ?", WHOLE)
    assert all("打卡时间" in json.loads(sheets) for (sheets,) in unread)


def test_check_ins_at_customers_are_known_by_name_only(landed: Landed) -> None:
    landed.assert_recognised(VISITS, read=2)
    rows = landed.rows(
        "attendance.punches",
        "employee_id, punched_at, direction, latitude::double, longitude::double, place_name",
        VISITS,
    )
    assert [row[:5] for row in rows] == [
        ("dingtalk:吴桐", datetime(2025, 8, 1, 15, 40), "visit", 30.3, 120.2),
        ("dingtalk:周敏", datetime(2025, 8, 1, 14, 5), "visit", 30.287654, 120.123456),
    ]
    assert "武林广场" in rows[0][5] and "西溪湿地" in rows[1][5]
    [extra] = landed.extra("attendance.punches", VISITS, "employee_id = 'dingtalk:周敏'")
    assert extra.get("拜访客户") == "湿地酒店" and extra.get("工作内容") == "回访"


def test_the_state_of_an_approval_needs_status_and_result(landed: Landed) -> None:
    landed.assert_recognised(LEAVES_OLD, read=5)
    assert landed.evidence(LEAVES_OLD) == {"B"}
    rows = landed.rows(
        "hr.approval_requests", "request_id, process_type, applicant_id, submitted_at, status, decided_at", LEAVES_OLD
    )
    asked = datetime(2025, 8, 4, 9, 30)
    assert rows == [
        ("202508040930000000001", "leave", "K0032", asked, "approved", datetime(2025, 8, 4, 11)),
        ("202508040930000000002", "leave", "K0032", asked, "rejected", datetime(2025, 8, 4, 12)),
        ("202508040930000000003", "leave", "K0032", asked, "pending", None),
        ("202508040930000000004", "leave", "K0032", asked, "withdrawn", datetime(2025, 8, 4, 13)),
        ("202508040930000000005", "leave", "K0032", asked, "withdrawn", datetime(2025, 8, 5, 9)),
    ]


def test_only_an_approved_leave_form_looks_like_a_leave_that_was_taken(landed: Landed) -> None:
    rows = landed.rows("attendance.leaves", "starts_at, ends_at, employee_id, leave_type, status", LEAVES_OLD)
    taken = [row for row in rows if row[0] == datetime(2025, 8, 11, 9)]
    assert [row[:4] for row in taken] == [(datetime(2025, 8, 11, 9), datetime(2025, 8, 11, 18), "K0032", "年假")]
    assert all(row[4] not in (None, taken[0][4]) for row in rows if row not in taken)


def test_the_present_approval_layout_with_units_in_cells(landed: Landed) -> None:
    landed.assert_recognised(LEAVES_NEW, read=3)
    states = landed.rows("hr.approval_requests", "applicant_id, status, process_type", LEAVES_NEW)
    who = "dingtalk:manager4521"
    assert states == [(who, "approved", "leave"), (who, "approved", "leave"), (who, "rejected", "leave")]
    leaves = landed.rows("attendance.leaves", "starts_at, ends_at, leave_type, employee_id", LEAVES_NEW)
    assert leaves[0] == (datetime(2025, 8, 6, 9), datetime(2025, 8, 6, 17, 30), "事假", who)
    (starts, ends, kind, _) = leaves[1]
    # From the 7th to the 18th are the 12 days that the form states: the last one counts.
    assert kind == "产假" and len(half_days(starts, ends)) == 24


def test_overtime_forms(landed: Landed) -> None:
    landed.assert_recognised(OVERTIME, read=1)
    assert landed.datasets(OVERTIME) == {"approval_requests"}
    rows = landed.rows("hr.approval_requests", "request_id, process_type, applicant_id, status", OVERTIME)
    assert rows == [("202508061900000000001", "overtime", "dingtalk:manager4521", "approved")]


def test_lines_of_a_detail_table_belong_to_the_request_above_them(landed: Landed) -> None:
    landed.assert_recognised(EXPENSES, read=4, ignored=0)
    rows = landed.rows("hr.approval_requests", "request_id, process_type, applicant_id, status", EXPENSES)
    assert rows == [
        ("202508071000000000001", "expense", "K0032", "approved"),
        ("202508071000000000002", "expense", "K0032", "rejected"),
    ]
    assert landed.rows("hr.identities", "system, account, employee_id", EXPENSES) == [("dingtalk", "17038", "K0032")]


def test_the_roster_by_field_codes(landed: Landed) -> None:
    landed.assert_recognised(ROSTER, read=2)
    assert landed.evidence(ROSTER) == {"D"}
    rows = landed.rows(
        "hr.employees", "employee_id, full_name, hire_date, position_id, employment_status, birth_date", ROSTER
    )
    assert rows == [
        ("K0032", "郑好", date(2023, 6, 12), "未填写", "left", None),
        ("dingtalk:manager4521", "周敏", date(2021, 3, 1), "客服主管", "active", date(1990, 5, 6)),
    ]
    units = landed.rows("hr.employees", "org_unit_id", ROSTER)
    assert {unit for (unit,) in units} <= {"客服中心", "售后组", "10021"}
    assert landed.rows("hr.identities", "system, account, employee_id", ROSTER) == [("dingtalk", "17038", "K0032")]
    [extra] = landed.extra("hr.employees", ROSTER, "employee_id = 'dingtalk:manager4521'")
    assert extra.get("9fb7651f-40dd-42ea-b197-a95bbb832c42") == "东区"
