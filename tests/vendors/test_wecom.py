"""企业微信: the daily and monthly attendance reports, punch details, customers, approvals, members."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

import pytest

from tests.vendors import builders_wecom as wecom
from tests.vendors.builders_files import with_dimension
from tests.vendors.landed import Landed, half_days, minute

DAILY = "drop/x1.xlsx"
DAILY_CSV = "drop/x2.csv"
NEW_YEAR = "drop/x3.xlsx"
FEBRUARY_END = "drop/x4.xlsx"
MARCH_BEGINNING = "drop/x5.xlsx"
WRONG_WEEKDAY = "drop/x6.xlsx"
SMALL_DIMENSION = "drop/x7.xlsx"
OLD_VARIANT = "drop/x8.xlsx"
UNMERGED = "drop/x17.xlsx"
NUMERIC_ACCOUNT = "drop/x18.xlsx"
NAMED = "drop/上下班打卡_日报_20260228-20260228.xlsx"
MISNAMED = "drop/上下班打卡_日报_20260301-20260331.xlsx"
MONTHLY = "drop/x9.xlsx"
MONTHLY_WITHOUT_PERIOD = "drop/x10.xlsx"
DETAILS = "drop/x11.xlsx"
DETAILS_CSV = "drop/x12.csv"
DETAILS_AGAIN = "drop/x16.xlsx"
CUSTOMERS = "drop/x13.xlsx"
APPROVALS = "drop/x14.xlsx"
MEMBERS = "drop/x15.jsonl"

DAILY_COLUMNS = (
    "employee_id, work_date, worked_hours, late_minutes, early_leave_minutes, absent_minutes, overtime_hours, result"
)
ON_28 = wecom.period_line("02-28", "02-28", "2026-03-02 09:15")
SATURDAY = "2026/02/28 星期六"


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Landed]:
    files = {
        DAILY: wecom.daily_report(),
        DAILY_CSV: wecom.daily_csv(),
        NEW_YEAR: wecom.new_year_report(),
        FEBRUARY_END: wecom.month_end_report(SATURDAY, "02-28", "02-28", "2026-03-01 07:00"),
        MARCH_BEGINNING: wecom.month_end_report("2026/03/01 星期日", "03-01", "03-01", "2026-03-02 07:00"),
        WRONG_WEEKDAY: wecom.wrong_weekday_report(),
        SMALL_DIMENSION: with_dimension(wecom.one_day_report(SATURDAY, ON_28, "AnYi"), "A1"),
        OLD_VARIANT: wecom.one_day_report(SATURDAY, ON_28, "AnEr", wecom.OLD_HEADER),
        UNMERGED: wecom.one_day_report(SATURDAY, ON_28, "AnWu", merged=False),
        NUMERIC_ACCOUNT: wecom.one_day_report(SATURDAY, ON_28, 13900005678),
        NAMED: wecom.one_day_report(SATURDAY, ON_28, "AnSan"),
        MISNAMED: wecom.one_day_report(SATURDAY, ON_28, "AnSi"),
        MONTHLY: wecom.monthly_report(),
        MONTHLY_WITHOUT_PERIOD: wecom.monthly_report(with_period=False),
        DETAILS: wecom.punch_details(),
        DETAILS_CSV: wecom.punch_details("utf-8-sig"),
        DETAILS_AGAIN: wecom.details_of_the_same_days(),
        CUSTOMERS: wecom.customers(),
        APPROVALS: wecom.approvals(),
        MEMBERS: wecom.members(),
    }
    landed = Landed(tmp_path_factory.mktemp("wecom"), files)
    yield landed
    landed.connection.close()


# ---------------------------------------------------------------------------------------------------- daily report


def test_both_sheets_of_the_daily_report_land(landed: Landed) -> None:
    landed.assert_recognised(DAILY, read=15 + 23)
    expected = {"daily_results", "punches", "schedules", "leaves", "identities"}
    assert landed.datasets(DAILY) == expected
    assert landed.evidence(DAILY) == {"A"}
    unread = landed.ask("select distinct unread_sheets from landed.batches where source_file = ?", DAILY)
    assert unread == [("[]",)]


def test_results_of_the_day_with_minutes_and_hours(landed: Landed) -> None:
    # The row of one who had left holds no value at all.
    empty_row = "employee_id = 'wecom:SunLei01' and work_date = date '2026-02-14'"
    rows = landed.rows("attendance.daily_results", DAILY_COLUMNS, DAILY, f"not ({empty_row})")
    thu, fri, sat = date(2026, 2, 12), date(2026, 2, 13), date(2026, 2, 14)
    assert rows == [
        ("00871", thu, 5.5, None, 143, None, None, "早退143分钟"),
        ("00871", fri, None, None, None, None, None, "正常（请假）"),
        ("00871", sat, 10.5, None, None, None, 2.5, "正常"),
        ("wecom:13900001234", thu, None, None, None, None, None, "缺卡1次"),
        ("wecom:13900001234", fri, None, None, None, None, None, "正常（请假）"),
        ("wecom:13900001234", sat, 9, None, None, None, None, "正常（补卡）"),
        ("wecom:HeQiang", thu, 12.5, 28, None, None, None, "迟到28分钟"),
        ("wecom:HeQiang", fri, None, None, None, None, None, "正常（请假）"),
        ("wecom:HeQiang", sat, None, None, None, None, None, "正常（休息）"),
        ("wecom:LinXiao", thu, 8.5, None, None, None, None, "正常"),
        ("wecom:LinXiao", fri, None, None, None, None, None, "正常（请假）"),
        ("wecom:LinXiao", sat, None, None, None, None, None, "正常（请假）"),
        ("wecom:SunLei01", thu, None, None, None, 480, None, "旷工480分钟"),
        ("wecom:SunLei01", fri, None, None, None, None, None, "正常（出差）"),
    ]


def test_each_punch_lands_once_and_missing_ones_not_at_all(landed: Landed) -> None:
    punches = landed.rows("attendance.punches", "employee_id, punched_at, punch_id", DAILY)
    assert [(who, minute(when)) for who, when, _ in punches if who.startswith("wecom:")] == [
        ("wecom:13900001234", "02-12 18:02"),
        ("wecom:13900001234", "02-14 08:14"),
        ("wecom:13900001234", "02-14 16:37"),
        ("wecom:13900001234", "02-14 18:00"),
        ("wecom:HeQiang", "02-12 09:28"),
        ("wecom:HeQiang", "02-12 22:10"),
        ("wecom:HeQiang", "02-13 08:36"),
        ("wecom:LinXiao", "02-12 08:52"),
        ("wecom:LinXiao", "02-12 12:40"),
        ("wecom:LinXiao", "02-12 18:31"),
    ]
    assert len({punch_id for _, _, punch_id in punches}) == len(punches)
    assert {when.year for _, when, _ in punches} == {2026}


def test_a_punch_of_one_with_a_staff_number_lands_once_though_the_details_know_the_account_only(landed: Landed) -> None:
    punches = landed.rows(
        "attendance.punches", "punched_at, employee_id", DAILY, "employee_id in ('00871', 'wecom:GuoMin')"
    )
    assert [(minute(when), who) for when, who in punches] == [
        ("02-12 09:00", "00871"),
        ("02-12 15:37", "00871"),
        ("02-14 08:47", "00871"),
        ("02-14 20:35", "00871"),
    ]


def test_directions_are_those_of_the_details(landed: Landed) -> None:
    told = landed.rows("attendance.punches", "punched_at, direction", DAILY, "employee_id = 'wecom:13900001234'")
    assert [(minute(when), direction) for when, direction in told] == [
        ("02-12 18:02", "out"),
        ("02-14 08:14", "in"),
        ("02-14 16:37", "out"),
        ("02-14 18:00", "out"),
    ]


def test_a_punch_that_was_applied_for_afterwards_says_so(landed: Landed) -> None:
    rows = landed.rows("attendance.punches", "employee_id, punched_at", DAILY, "method = '补卡'")
    assert [(who, minute(when)) for who, when in rows] == [
        ("wecom:13900001234", "02-14 18:00"),
        # The details call this one late and nothing else; the list of times beside it has the mark.
        ("wecom:HeQiang", "02-12 09:28"),
    ]


def test_shifts_become_schedules_with_their_break_and_rest_days_none(landed: Landed) -> None:
    rows = landed.rows("attendance.schedules", "employee_id, shift_date, shift_start, shift_end, break_minutes", DAILY)
    days = [(who, day.day) for who, day, *_ in rows]
    assert len(rows) == 13
    assert ("wecom:HeQiang", 14) not in days and ("wecom:SunLei01", 14) not in days
    assert {(start.date() == day, f"{start:%H:%M}", f"{end:%H:%M}", pause) for _, day, start, end, pause in rows} == {
        (True, "09:00", "18:00", 60)
    }


def test_an_application_that_stands_on_two_days_and_two_sheets_is_one_leave(landed: Landed) -> None:
    rows = landed.rows("attendance.leaves", "employee_id, leave_type, starts_at, ends_at, leave_id", DAILY)
    # 补卡 and 出差 are no leaves.
    assert [(who, kind, half_days(starts, ends)) for who, kind, starts, ends, _ in rows] == [
        ("00871", "丧假", ["02-13 am", "02-13 pm"]),
        ("wecom:13900001234", "病假", ["02-13 am", "02-13 pm", "02-14 am", "02-14 pm"]),
        ("wecom:HeQiang", "调休假", ["02-13 pm"]),
        ("wecom:LinXiao", "病假", ["02-13 am", "02-13 pm", "02-14 am", "02-14 pm"]),
    ]
    assert len({leave_id for *_, leave_id in rows}) == 4


def test_an_account_with_a_staff_number_becomes_an_identity(landed: Landed) -> None:
    rows = landed.rows("hr.identities", "system, account, valid_from, employee_id, valid_to", DAILY)
    assert rows == [("wecom", "GuoMin", datetime(1970, 1, 1), "00871", None)]
    assert landed.ask("select count(*) from landed_hr.identities where _source_file like '%x3%'") == [(0,)]


def test_columns_that_the_contract_lacks_are_kept(landed: Landed) -> None:
    [extra] = landed.extra("attendance.daily_results", DAILY, "employee_id = '00871' and work_date = date '2026-02-13'")
    assert [value for name, value in extra.items() if "丧假(天)" in name] == ["1"]
    assert [value for name, value in extra.items() if "部门" in name] == ["云栖酒店集团/客服中心"]


def test_the_file_says_which_days_it_covers(landed: Landed) -> None:
    spans = landed.ask("select distinct covers_from, covers_to from landed.batches where source_file = ?", DAILY)
    assert spans == [("2026-02-12", "2026-02-14")]


# ---------------------------------------------------------------------------------------------------- its variants


def test_the_first_sheet_as_gb18030_text(landed: Landed) -> None:
    landed.assert_recognised(DAILY_CSV, read=2)
    assert landed.rows("attendance.daily_results", DAILY_COLUMNS, DAILY_CSV) == [
        ("wecom:LiYan", date(2026, 1, 15), 8, None, None, None, None, "正常"),
        ("wecom:LiYan", date(2026, 1, 16), None, None, None, 480, None, "旷工480分钟"),
    ]
    assert [minute(when) for (when,) in landed.rows("attendance.punches", "punched_at", DAILY_CSV)] == [
        "01-15 08:55",
        "01-15 18:05",
    ]
    [(encoding,)] = landed.ask("select distinct encoding from landed.batches where source_file = ?", DAILY_CSV)
    assert encoding.lower() == "gb18030"
    assert {extra.get("姓名") for extra in landed.extra("attendance.daily_results", DAILY_CSV)} == {"李䶮"}


def test_a_tenant_with_other_columns_in_another_order(landed: Landed) -> None:
    landed.assert_recognised(NEW_YEAR, read=4)
    rows = landed.rows("attendance.daily_results", "employee_id, work_date, worked_hours, result", NEW_YEAR)
    assert rows == [
        ("wecom:TangYue", date(2025, 12, 30), 4, "正常（请假）"),
        ("wecom:TangYue", date(2025, 12, 31), None, "正常（请假）"),
        ("wecom:TangYue", date(2026, 1, 1), None, "正常（休息）"),
        ("wecom:TangYue", date(2026, 1, 2), None, "正常（请假）"),
    ]
    punches = landed.rows("attendance.punches", "punched_at", NEW_YEAR)
    assert [minute(when) for (when,) in punches] == ["12-30 08:58", "12-30 12:00", "12-30 13:00", "12-30 14:01"]
    [extra] = landed.extra("attendance.daily_results", NEW_YEAR, "work_date = date '2026-01-02'")
    assert [value for name, value in extra.items() if "独生子女陪护假(天)" in name] == ["0.5"]


def test_a_leave_over_new_year_without_a_year(landed: Landed) -> None:
    rows = landed.rows("attendance.leaves", "starts_at, ends_at, leave_type", NEW_YEAR)
    (starts, ends, kind), (first, last, annual) = rows
    assert (kind, starts, ends) == ("事假", datetime(2025, 12, 30, 14), datetime(2025, 12, 30, 18))
    assert (annual, first.year, last.year) == ("年假", 2025, 2026)
    assert half_days(first, last) == ["12-31 am", "12-31 pm", "01-01 am", "01-01 pm", "01-02 am", "01-02 pm"]


def test_a_leave_over_the_end_of_a_month_is_the_same_in_both_months_files(landed: Landed) -> None:
    leaves = {
        file: landed.rows("attendance.leaves", "leave_id, employee_id, leave_type, starts_at, ends_at", file)
        for file in (FEBRUARY_END, MARCH_BEGINNING)
    }
    [(_, who, kind, starts, ends)] = leaves[FEBRUARY_END]
    assert (who, kind, starts.year) == ("wecom:SongYu", "婚假", 2026)
    assert half_days(starts, ends) == ["02-28 am", "02-28 pm", "03-01 am", "03-01 pm"]
    assert leaves[FEBRUARY_END] == leaves[MARCH_BEGINNING]


def test_a_weekday_that_contradicts_its_date_is_quarantined(landed: Landed) -> None:
    landed.assert_recognised(WRONG_WEEKDAY, read=2, quarantined=1)
    assert {row for _, row, _, _ in landed.quarantined(WRONG_WEEKDAY)} == {5}
    assert ("daily_results", 5, "work_date") in [fault[:3] for fault in landed.quarantined(WRONG_WEEKDAY)]
    assert landed.rows("attendance.daily_results", "work_date", WRONG_WEEKDAY) == [(date(2026, 2, 26),)]
    assert {when.day for (when,) in landed.rows("attendance.punches", "punched_at", WRONG_WEEKDAY)} == {26}


def test_a_workbook_that_lies_about_its_size_is_read_whole(landed: Landed) -> None:
    landed.assert_recognised(SMALL_DIMENSION, read=1)
    assert landed.rows("attendance.daily_results", "employee_id", SMALL_DIMENSION) == [("wecom:AnYi",)]


def test_the_older_variant_names_the_result_otherwise(landed: Landed) -> None:
    landed.assert_recognised(OLD_VARIANT, read=1)
    assert landed.rows("attendance.daily_results", "employee_id, result", OLD_VARIANT) == [("wecom:AnEr", "正常")]


def test_a_header_of_two_rows_that_someone_unmerged(landed: Landed) -> None:
    landed.assert_recognised(UNMERGED, read=1)
    rows = landed.rows("attendance.daily_results", "employee_id, worked_hours, result", UNMERGED)
    assert rows == [("wecom:AnWu", 8, "正常")]


def test_an_account_that_a_spreadsheet_made_a_number(landed: Landed) -> None:
    landed.assert_recognised(NUMERIC_ACCOUNT, read=1)
    assert landed.rows("attendance.daily_results", "employee_id", NUMERIC_ACCOUNT) == [("wecom:13900005678",)]


def test_a_period_in_the_file_name_agrees_with_the_title(landed: Landed) -> None:
    landed.assert_recognised(NAMED, read=1)
    spans = landed.ask("select distinct covers_from, covers_to from landed.batches where source_file = ?", NAMED)
    assert spans == [("2026-02-28", "2026-02-28")]


def test_a_period_in_the_file_name_that_disagrees_sets_the_file_aside(landed: Landed) -> None:
    reason = landed.reason(MISNAMED)
    assert "period" in reason
    assert landed.datasets(MISNAMED) == set()


# ---------------------------------------------------------------------------------------------------- other exports


def test_the_monthly_report_has_one_result_a_day_over_the_end_of_a_month(landed: Landed) -> None:
    landed.assert_recognised(MONTHLY, read=2)
    assert landed.evidence(MONTHLY) == {"B"}
    rows = landed.rows("attendance.daily_results", "employee_id, work_date, result", MONTHLY)
    words = {"正常": "正常", "迟到": "迟到", "旷工": "旷工", "缺卡": "缺卡"}
    assert [(who, f"{day:%m-%d}", next(w for w in words if result.startswith(w))) for who, day, result in rows] == [
        ("wecom:HanMei", "02-26", "正常"),
        ("wecom:HanMei", "02-27", "迟到"),
        ("wecom:HanMei", "02-28", "正常"),
        ("wecom:HanMei", "03-01", "正常"),
        ("wecom:HanMei", "03-02", "旷工"),
        ("wecom:TianYe", "02-28", "正常"),
        ("wecom:TianYe", "03-01", "正常"),
        ("wecom:TianYe", "03-02", "缺卡"),
    ]
    results = {(who, f"{day:%m-%d}"): result for who, day, result in rows}
    assert "休息" in results["wecom:HanMei", "02-28"]
    assert "地点异常" in results["wecom:TianYe", "03-01"]
    assert {day.year for _, day, _ in rows} == {2026}


def test_totals_of_the_month_are_kept_beside_the_days(landed: Landed) -> None:
    extras = landed.extra("attendance.daily_results", MONTHLY, "employee_id = 'wecom:TianYe'")
    assert {value for extra in extras for name, value in extra.items() if "病假（长期）" in name} == {"3"}


def test_a_monthly_report_without_its_period_is_set_aside(landed: Landed) -> None:
    assert "period" in landed.reason(MONTHLY_WITHOUT_PERIOD)


@pytest.mark.parametrize("file", [DETAILS, DETAILS_CSV], ids=["workbook", "text"])
def test_punch_details_alone(landed: Landed, file: str) -> None:
    landed.assert_recognised(file, read=4)
    assert landed.datasets(file) == {"punches"}
    rows = landed.rows("attendance.punches", "employee_id, punched_at, direction, place_name", file)
    assert [(who, minute(when), direction) for who, when, direction, _ in rows] == [
        ("wecom:LuoEr", "03-05 18:00", "out"),
        ("wecom:LuoYi", "03-05 08:57", "in"),
        ("wecom:LuoYi", "03-05 18:12", "out"),
    ]
    assert all("云栖酒店" in place for *_, place in rows)


def test_a_punch_has_the_same_key_in_the_report_and_in_the_details(landed: Landed) -> None:
    """The same export is taken now as a workbook, now as text; its punches must not count twice."""
    ids = [landed.rows("attendance.punches", "punch_id", file) for file in (DETAILS, DETAILS_CSV)]
    assert len(ids[0]) == 3 and ids[0] == ids[1]


def test_details_beside_the_report_of_the_same_days_do_not_count_punches_twice(landed: Landed) -> None:
    ids = {file: set(landed.rows("attendance.punches", "punch_id", file)) for file in (DAILY, DETAILS_AGAIN)}
    # The report's list of times has one punch between the due ones, which the details have not.
    assert len(ids[DAILY]) == 14 and len(ids[DETAILS_AGAIN]) == 13
    assert ids[DETAILS_AGAIN] < ids[DAILY]


def test_customers_belong_to_the_account_that_added_them(landed: Landed) -> None:
    landed.assert_recognised(CUSTOMERS, read=3)
    assert landed.evidence(CUSTOMERS) == {"B"}
    rows = landed.rows("crm.customers", "customer_name, created_at, owner_id, contact_phone, customer_id", CUSTOMERS)
    assert [row[:4] for row in rows] == [
        ("海风", datetime(2026, 1, 3, 10, 21, 5), "wecom:LinXiao", "13700009876"),
        ("海风", datetime(2026, 2, 11, 16), "wecom:HeQiang", None),
        ("陈先生", datetime(2026, 2, 12, 9, 30), "wecom:HeQiang", None),
    ]
    assert len({row[4] for row in rows}) == 3
    owners = landed.rows("crm.customer_ownership", "valid_from, employee_id, customer_id", CUSTOMERS)
    assert {(row[0], row[1]) for row in owners} == {(row[1], row[2]) for row in rows}
    tags = [name for extra in landed.extra("crm.customers", CUSTOMERS) for name in extra]
    assert any("标签组1" in name for name in tags) and any("标签组2" in name for name in tags)


def test_approvals_in_every_state(landed: Landed) -> None:
    landed.assert_recognised(APPROVALS, read=6)
    assert landed.evidence(APPROVALS) == {"I"}
    rows = landed.rows(
        "hr.approval_requests", "request_id, process_type, applicant_id, submitted_at, status, decided_at", APPROVALS
    )
    asked = datetime(2026, 3, 1, 10)
    assert rows == [
        ("202603010001", "leave", "wecom:LinXiao", asked, "approved", datetime(2026, 3, 1, 11)),
        ("202603010002", "overtime", "wecom:LinXiao", asked, "rejected", datetime(2026, 3, 1, 12)),
        ("202603010003", "expense", "wecom:LinXiao", asked, "pending", None),
        ("202603010004", "leave", "wecom:LinXiao", asked, "withdrawn", datetime(2026, 3, 2, 8)),
        ("202603010005", "leave", "wecom:LinXiao", asked, "withdrawn", datetime(2026, 3, 3, 8)),
        ("202603010006", "expense", "wecom:LinXiao", asked, "approved", datetime(2026, 3, 4, 8)),
    ]


def test_members_are_recognised_and_no_day_of_hire_is_invented(landed: Landed) -> None:
    """The interface does not answer it and the contract wants it: the records say so instead of being guessed."""
    outcome = landed.outcomes[MEMBERS]
    assert outcome.status == "landed" and outcome.counts.is_balanced and outcome.counts.read == 2
    assert ("employees",) in landed.ask("select dataset from landed.batches where source_file = ?", MEMBERS)
    assert landed.evidence(MEMBERS) == {"C"}
    missing = {(row, column) for dataset, row, column, _ in landed.quarantined(MEMBERS) if dataset == "employees"}
    assert missing == {(1, "hire_date"), (2, "hire_date")}
    assert landed.rows("hr.employees", "employee_id", MEMBERS) == []
    keys = landed.ask("select row_key from landed.quarantine where source_file = ? order by 1", MEMBERS)
    assert keys == [("wecom:LinXiao",), ("wecom:SunLei01",)]
