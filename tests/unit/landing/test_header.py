"""Finding a table's header and naming its columns, by made-up layouts."""

from __future__ import annotations

import pytest

from pipelines.landing.header import Candidate, Columns, candidates, columns_of, header_key
from pipelines.landing.reading.table import Head


def found(head: Head, **given: int) -> dict[tuple[int, int], tuple[str, ...]]:
    """(first record, last record) -> names."""
    return {(c.first_record, c.last_record): c.columns.names for c in candidates(head, **given)}


def first(head: Head, **given: int) -> Candidate:
    return next(candidates(head, **given))


@pytest.mark.parametrize(
    ("cell", "same"),
    [
        ("应 发\n工 资", "应发工资"),
        ("工时（小时）", "工时(小时)"),
        ("*日期", "日期"),
        ("日期 *", "日期"),
        ("日期（必填）", "日期"),
        ("日期*(必填)", "日期"),
        ("单据.*日期（必填）", "单据.日期"),
        ("＊ 日期", "日期"),
        ("Employee ID", "employee_id"),
        ("name*", "Name"),
        ("\ufeff编号\u200b", "编号"),
    ],
)
def test_header_cells_that_mean_the_same(cell, same):
    assert header_key(cell) == header_key(same)


@pytest.mark.parametrize(
    ("one", "other"), [("日期", "日期2"), ("工时(小时)", "工时"), ("a*b", "ab"), ("*", ""), ("金额(元)", "金额")]
)
def test_header_cells_that_differ(one, other):
    assert header_key(one) != header_key(other)


# Titles, then a header of two rows: 姓名 and 备注 merged downwards, 早班 and 晚班 over two columns each.
ROWS = (
    ("某公司考勤", "", "", "", "", ""),
    ("统计时间：三月", "", "", "", "", ""),
    ("姓名", "早班", "", "晚班", "", "备注\n(选填)"),
    ("", "上", "下", "上", "下", ""),
    ("张三", "09:00", "12:00", "13:00", "18:00", ""),
)
TITLES = ((0, 0, 0, 5), (1, 0, 1, 5))
SINGLES = ((2, 0, 3, 0), (2, 5, 3, 5))
GROUPS = ((2, 1, 2, 2), (2, 3, 2, 4))
NAMES = ("姓名", "早班.上", "早班.下", "晚班.上", "晚班.下", "备注 (选填)")


@pytest.mark.parametrize(
    "merges", [TITLES + SINGLES + GROUPS, TITLES + GROUPS, SINGLES, ()], ids=["all", "groups", "singles", "none"]
)
def test_a_header_of_two_rows_is_seen_by_merges_or_by_blanks(merges):
    names = found(Head(ROWS, merges=merges))
    assert names[3, 4] == NAMES
    # The lone first row comes after it, for tables whose first record only looks like a second row.
    assert list(names).index((3, 4)) < list(names).index((3, 3))


def test_titles_do_not_grow_a_second_row():
    assert {last - start for start, last in found(Head(ROWS[:2] + ROWS[2:3], merges=TITLES))} == {0}


def test_three_rows_give_three_parts():
    rows = (
        ("姓名", "考勤", "", "", ""),
        ("", "上午", "", "下午", ""),
        ("", "来", "走", "来", "走"),
    )
    wanted = ("姓名", "考勤.上午.来", "考勤.上午.走", "考勤.下午.来", "考勤.下午.走")
    assert found(Head(rows))[1, 3] == wanted
    merges = ((0, 0, 2, 0), (0, 1, 0, 4), (1, 1, 1, 2), (1, 3, 1, 4))
    assert found(Head(rows, merges=merges))[1, 3] == wanted


def test_a_group_may_be_merged_over_rows_and_a_leaf_over_columns():
    rows = (("姓名", "小计", "", ""), ("", "", "", ""), ("", "天", "小时", ""), ("张三", "1", "8", ""))
    merges = ((0, 0, 2, 0), (0, 1, 1, 3), (2, 2, 2, 3))
    assert found(Head(rows, merges=merges))[1, 3] == ("姓名", "小计.天", "小计.小时", "小计")


def test_records_with_gaps_are_no_second_row_of_a_header():
    header = ("单号", "金额", "", "备注")
    for record in (("1", "5", "6", ""), ("", "5", "6", "x"), ("", "5", "", ""), ("", "5", "6", ""), ("", "x", "", "")):
        assert first(Head((header, record))).last_record == 1, record


def test_day_numbers_under_a_group_are_names():
    header, days = ("姓名", "结果", *[""] * 6), ("", "1", "2", "3", "4", "5", "六", "日")
    assert found(Head((header, days)))[1, 2][:3] == ("姓名", "结果.1", "结果.2")


def test_a_given_depth_and_label_rows_are_taken_as_they_are():
    rows = (("code", "day"), ("*编号", "日期"), ("1", "2"), ("A1", "2026-03-01"))
    assert found(Head(rows), header_row=1, label_rows=2) == {(1, 3): ("code", "day")}
    assert found(Head(rows), header_row=1, header_rows=2) == {(1, 2): ("code.*编号", "day.日期")}


def test_repeated_names_are_told_apart_and_found():
    candidate = first(Head((("日期", "打卡", "打卡", "", "_sheet"),)))
    assert candidate.columns.names == ("日期", "打卡", "打卡#2", "column_4", "_sheet#2")
    assert candidate.columns.find("打卡 ") == "打卡"
    assert candidate.columns.find("打卡#2") == "打卡#2"


def test_a_leaf_finds_its_column_only_where_it_is_the_only_one():
    columns = first(Head(ROWS[2:], merges=tuple((t - 2, a, b - 2, c) for t, a, b, c in SINGLES))).columns
    assert columns.find("备注") == "备注 (选填)"
    assert columns.find("上") is None
    assert columns.find("晚班.上") == "晚班.上"
    assert Columns(("a.x", "x"), ("a.x", "x"), ("x", "x")).find("x") == "x"


def test_the_pick_keeps_names_title_and_leaves():
    head = Head(ROWS, merges=TITLES + SINGLES + GROUPS)
    candidate = next(c for c in candidates(head) if c.first_record == 3)
    pick = candidate.pick(head)
    assert (pick.header_record, pick.names) == (4, NAMES)
    assert pick.title == "某公司考勤\n统计时间：三月"
    assert columns_of(pick).find("早班.上") == "早班.上"


def test_names_given_by_the_format_are_the_header():
    assert found(Head((("a.b", "c"),), names_given=True)) == {(0, 0): ("a.b", "c")}
