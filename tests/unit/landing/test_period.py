"""The days that a file says it covers."""

from __future__ import annotations

from datetime import date

import pytest

from pipelines.contract.profile import Profile
from pipelines.landing.period import Period, of_name, of_title, periods_of, whole_period
from pipelines.landing.reading.table import Head, Pick
from pipelines.landing.reasons import SetAside
from pipelines.landing.recognise import ProfiledTable


def days(start: str, end: str) -> Period:
    return Period(date.fromisoformat(start), date.fromisoformat(end))


FEBRUARY = days("2026-02-01", "2026-02-28")


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("每日统计表 统计日期：2020-09-01 至 2020-09-30", days("2020-09-01", "2020-09-30")),
        ("统计时间:02-01 ～ 02-28     制表时间:2026-03-10 20:11(UTC+8)", FEBRUARY),
        ("统计时间:12-01 ～ 12-31 制表时间:2026-01-03 09:00(UTC+8)", days("2025-12-01", "2025-12-31")),
        ("统计时间:12-16 ～ 01-15 制表时间:2026-01-16 09:00", days("2025-12-16", "2026-01-15")),
        ("统计时间:02-27 ～ 02-29 制表时间:2025-01-10 09:00", days("2024-02-27", "2024-02-29")),
        ("报表生成时间：2026-03-01 08:00\n月度汇总 统计日期：2026-02-01 至 2026-02-28", FEBRUARY),
        ("月份：2026.01-2026.02", days("2026-01-01", "2026-02-28")),
        ("会计期间: 2026年1-3月", days("2026-01-01", "2026-03-31")),
        ("2026年2月考勤汇总", FEBRUARY),
        ("2026年2月考勤（2026年1月26日至2月25日）", days("2026-01-26", "2026-02-25")),
        ("周期 2026/02/01 00:00 - 2026/02/28 23:59", FEBRUARY),
        ("20260201-20260228", FEBRUARY),
        ("2026年2月1日-28日", FEBRUARY),
        ("2026 年 2 月 1 日 至 2026 年 2 月 28 日", FEBRUARY),
        ("From 2026-02-01 To 2026-02-28", FEBRUARY),
        ("2026-02-01 - 02-28", FEBRUARY),
        ("税款所属期：2026年02月", FEBRUARY),
        ("日期：2026-02-28", days("2026-02-28", "2026-02-28")),
        ("统计时间:02-01 ～ 02-28", None),
        ("报表生成时间：2026-03-01 08:00", None),
        ("导出日期：2026年3月1日", None),
        ("统计日期：2026-02-30 至 2026-03-40", None),
        ("统计日期：2026-03-10 至 2026-03-01", None),
        ("版本 2026-02-28", None),
        ("", None),
    ],
)
def test_periods_in_titles(title, expected):
    assert of_title(title) == expected


def test_a_title_without_year_takes_it_from_the_name():
    assert of_title("统计时间:02-01 ~ 02-28", FEBRUARY) == FEBRUARY
    assert of_title("统计时间:12-16 ~ 01-15", days("2026-01-01", "2026-01-31")) == days("2025-12-16", "2026-01-15")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("打卡_日报_20260201-20260228 (示例).xlsx", FEBRUARY),
        ("daily_20260201_20260228.csv", FEBRUARY),
        ("daily 2026-02-01~2026-02-28.csv", FEBRUARY),
        ("考勤 2026-02.xlsx", FEBRUARY),
        ("考勤2026年2月.xlsx", FEBRUARY),
        ("payroll_202602.xlsx", FEBRUARY),
        ("2026.01-2026.02.xlsx", days("2026-01-01", "2026-02-28")),
        ("orders_20260205.csv", None),
        ("orders_2026-02-05.csv", None),
        ("orders_2026-02-05_12-30.csv", None),
        ("orders_2026-02-05_12-30-45.csv", None),
        ("orders_20260205123045.csv", None),
        ("orders_20260205-1230.csv", None),
        ("export 1202602.csv", None),
        ("v2026.csv", None),
        ("202613.csv", None),
    ],
)
def test_periods_in_names(name, expected):
    assert of_name(name) == expected


def table(period: str, *titles: str, sheets: tuple[str, ...] = ()) -> ProfiledTable:
    profile = Profile.model_validate(
        {
            "name": "p",
            "version": "1",
            "match": {"headers": ["a"]},
            "period": period,
            "ignore": [{"name": "all", "when": "true"}],
        }
    )
    names = sheets or (None,) * len(titles)
    picks = [Pick(Head(((t,), ("a",)), sheet=sheet), 2, first_record=2) for t, sheet in zip(titles, names, strict=True)]
    return ProfiledTable(profile, tuple(picks))


def test_title_and_name_may_say_the_same_in_their_own_ways():
    assert periods_of(table("required", "统计日期：2026-02-01 至 2026-02-28"), "x_2026-02.xlsx") == (FEBRUARY,)
    odd = days("2026-01-26", "2026-02-25")
    assert periods_of(table("required", "统计日期：2026-01-26 至 2026-02-25"), "x_2026-02.xlsx") == (odd,)


@pytest.mark.parametrize("name", ["x_20260301-20260331.xlsx", "x_2026-01.xlsx", "x_20260201-20260227.xlsx"])
def test_title_and_name_that_disagree_set_the_file_aside(name):
    with pytest.raises(SetAside) as caught:
        periods_of(table("optional", "统计日期：2026-02-01 至 2026-02-28"), name)
    reason = caught.value.reason
    assert reason.code == "period_conflict"
    for text in (reason.zh, reason.en):
        assert "2026-02-01" in text and "2026-02-28" in text
        assert any(day in text for day in ("2026-03-31", "2026-01-31", "2026-02-27"))


def test_a_folder_or_a_sheet_is_asked_last_and_contradicts_nobody():
    assert periods_of(table("required", "备注"), "2026-02/考勤.xlsx") == (FEBRUARY,)
    assert periods_of(table("required", "统计日期：2026-02-01 至 2026-02-28"), "2026-03/考勤.xlsx") == (FEBRUARY,)
    months = periods_of(table("required", "", "", sheets=("2026年1月", "2026年2月")), "考勤.xlsx")
    assert months == (days("2026-01-01", "2026-01-31"), FEBRUARY)
    assert whole_period(months) == days("2026-01-01", "2026-02-28")


def test_a_required_period_that_nobody_states_says_how_to_name_the_file():
    assert periods_of(table("optional", "备注"), "考勤.xlsx") == (None,)
    with pytest.raises(SetAside) as caught:
        periods_of(table("required", "备注"), "hr/考勤.xlsx")
    assert caught.value.reason.code == "period_missing"
    assert "考勤_20260101-20260131.xlsx" in caught.value.reason.en
    assert "考勤_20260101-20260131.xlsx" in caught.value.reason.zh
