"""The SQL words of profiles: each spelling that exports use, and what is refused."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import duckdb
import pytest

from pipelines.landing import profile_sql
from pipelines.sql import literal


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        profile_sql.prepare(connection)
        yield connection


def value(con: duckdb.DuckDBPyConnection, word: str, *texts: str | None) -> Any:
    """The word applied to columns, as in a profile: macros must not depend on constants."""
    columns = ", ".join(f"{literal(text)}::varchar as c{i}" for i, text in enumerate(texts))
    given = ", ".join(f"c{i}" for i in range(len(texts)))
    ((found,),) = con.execute(f"select {word}({given}) from (select {columns})").fetchall()
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ＡＢＣ１２３（休息）　", "ABC123(休息)"),
        ("'00123\x1f", "00123"),
        ("\ufeff a\u00a0b\t\n", "a b"),
        ("正常\n(08:17,18:30)", "正常 (08:17,18:30)"),
        ("  ", None),
        ("迟到，早退；—", "迟到,早退;—"),
        (None, None),
    ],
)
def test_plain(con, text, expected):
    assert value(con, "plain", text) == expected
    if text is not None:
        assert profile_sql.plain(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026/02/28 星期六", date(2026, 2, 28)),
        ("2026/02/28 星期日", None),
        ("25-08-01 星期五", date(2025, 8, 1)),
        ("2026-03-01(周日)", date(2026, 3, 1)),
        ("2026-03-01 礼拜天", date(2026, 3, 1)),
        ("2026.01.31", date(2026, 1, 31)),
        ("2026年3月5日", date(2026, 3, 5)),
        ("2026年3月5日 周四 09:00", date(2026, 3, 5)),
        ("2026年3月5日9时30分", date(2026, 3, 5)),
        ("20260228", date(2026, 2, 28)),
        ("20260228093000", date(2026, 2, 28)),
        ("2026-02-28 09:00", date(2026, 2, 28)),
        ("2026-02-28T09:00:01.250+08:00", date(2026, 2, 28)),
        ("２０２６／２／２８", date(2026, 2, 28)),
        ("2026-02-28 下午", date(2026, 2, 28)),
        ("2026-02-30", None),
        ("2026-02-28 or so", None),
        ("2026-02", None),
        ("45000", None),
        ("合计", None),
        (None, None),
    ],
)
def test_day_of(con, text, expected):
    assert value(con, "day_of", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-02-28", date(2026, 2, 28)),
        ("1970-01-01", date(1970, 1, 1)),
        ("0001-01-01 00:00:00", None),
        ("1900-01-00", None),
        ("1900-01-01", None),
        ("9999-12-31", None),
    ],
)
def test_real_day(con, text, expected):
    assert value(con, "real_day", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("46081", date(2026, 2, 28)), ("46081.75", date(2026, 2, 28)), ("19999", None), ("20260228", None), ("x", None)],
)
def test_excel_day(con, text, expected):
    assert value(con, "excel_day", text) == expected


@pytest.mark.parametrize(
    ("text", "near", "expected"),
    [
        ("2/13", "2026-02-20", date(2026, 2, 13)),
        ("06-03 09:00", "2026-06-05", date(2026, 6, 3)),
        ("2月13日 上午", "2026-02-20", date(2026, 2, 13)),
        ("12-31", "2026-01-02", date(2025, 12, 31)),
        ("1/2", "2025-12-30", date(2026, 1, 2)),
        ("2/29", "2024-01-10", date(2024, 2, 29)),
        ("2/29", "2025-02-10", date(2024, 2, 29)),
        ("2025-12-31", "2026-06-01", date(2025, 12, 31)),
        ("13/2", "2026-02-20", None),
        ("上午", "2026-02-20", None),
        ("2/13", None, None),
        (None, "2026-02-20", None),
    ],
)
def test_near_day(con, text, near, expected):
    assert value(con, "near_day", text, near) == expected


@pytest.mark.parametrize(
    ("word", "text", "expected"),
    [
        ("epoch_ms_at", "1772000000000", "2026-02-25 06:13:20Z"),
        ("epoch_ms_at", "1772000000123", "2026-02-25 06:13:20.123Z"),
        ("epoch_ms_at", "1772000000", None),
        ("epoch_ms_at", "0", None),
        ("epoch_s_at", "1772000000", "2026-02-25 06:13:20Z"),
        ("epoch_s_at", "1772000000000", None),
        ("epoch_s_at", "soon", None),
        ("epoch_s_at", None, None),
    ],
)
def test_moments_since_1970(con, word, text, expected):
    assert value(con, word, text) == expected


@pytest.mark.parametrize(
    ("day", "clock", "expected"),
    [
        ("2026-02-28", "9:02", datetime(2026, 2, 28, 9, 2)),
        ("2026-02-28", "09：02：30", datetime(2026, 2, 28, 9, 2, 30)),
        ("2026-02-28", "次日 00:30", datetime(2026, 3, 1, 0, 30)),
        ("2026-02-28", "第二天0:30", datetime(2026, 3, 1, 0, 30)),
        ("2026-02-28", "24:00", datetime(2026, 3, 1)),
        ("2026-02-28", "18:00(补卡)", datetime(2026, 2, 28, 18)),
        ("2026-02-28", "09:00 正常", datetime(2026, 2, 28, 9)),
        ("2026-02-28", "9:75", None),
        ("2026-02-28", "未打卡", None),
        ("2026-02-28", None, None),
        (None, "9:02", None),
    ],
)
def test_clock_at(con, day, clock, expected):
    assert value(con, "clock_at", day, clock) == expected


def clock(text: str, note: str | None = None, is_next_day: bool = False) -> dict[str, Any]:
    return {"clock": text, "is_next_day": is_next_day, "note": note}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("08:11 16:21 18:00(补卡)", [clock("08:11"), clock("16:21"), clock("18:00", "补卡")]),
        ("8:11\n次日 0:21（外勤）", [clock("08:11"), clock("00:21", "外勤", True)]),
        ("00:30(次日)", [clock("00:30", "次日", True)]),
        ("正常班:正常\n(08:17,18:30)", [clock("08:17"), clock("18:30")]),
        ("09:00-12:00、13:00-18:00", [clock("09:00"), clock("12:00"), clock("13:00"), clock("18:00")]),
        ("2026-02-28 09:00:30", [clock("09:00")]),
        ("119:00 休息", []),
        (None, None),
    ],
)
def test_clocks_in(con, text, expected):
    assert value(con, "clocks_in", text) == expected


@pytest.mark.parametrize(
    ("text", "word", "expected"),
    [
        ("迟到30分钟", "迟到", 30),
        ("迟到1小时5分钟", "迟到", 65),
        ("正常；早退 149 分钟", "早退", 149),
        ("早退10分钟 迟到：90秒", "迟到", 1.5),
        ("缺卡1次", "缺卡", None),
        ("迟到30分钟", "早退", None),
        ("迟到", "迟到", None),
        (None, "迟到", None),
    ],
)
def test_minutes_of(con, text, word, expected):
    assert value(con, "minutes_of", text, word) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("7.5小时", 7.5),
        ("30分钟", 0.5),
        ("1小时30分钟", 1.5),
        ("出差10.0小时（2/5 08:00 - 2/5 18:00）", 10),
        ("12天", None),
        ("1天2小时", None),
        ("7.5", None),
        (None, None),
    ],
)
def test_hours_of(con, text, expected):
    assert value(con, "hours_of", text) == expected


@pytest.mark.parametrize(
    ("word", "text", "expected"),
    [
        ("status_word", "缺卡（09:00）", "缺卡"),
        ("status_word", "迟到30分钟", "迟到"),
        ("status_word", "失效 早退54分钟", "失效"),
        ("status_word", "30分钟", None),
        ("status_word", None, None),
        ("in_brackets", "缺卡（09:00）", "09:00"),
        ("in_brackets", "正常(补卡)", "补卡"),
        ("in_brackets", "正常()", None),
        ("in_brackets", "正常", None),
        ("unmasked", "沙洲街道****", None),
        ("unmasked", "１３＊＊", None),
        ("unmasked", "a*b", "a*b"),
        ("without_left_mark", "张三(已离职)", "张三"),
        ("without_left_mark", "张三 （离职）", "张三"),
        ("without_left_mark", "张三(东区)", "张三(东区)"),
        ("has_left_mark", "张三（离职）", True),
        ("has_left_mark", "张三", False),
        ("has_left_mark", None, None),
    ],
)
def test_marks(con, word, text, expected):
    assert value(con, word, text) == expected


def test_a_stable_id_depends_on_its_parts_alone(con):
    ((same, other, split, empty),) = con.execute(
        "select stable_id(['a', null, 'b']), stable_id(['a', 'b', null]), stable_id(['ab', null]), "
        "stable_id([null::varchar, null])"
    ).fetchall()
    assert same == hashlib.sha256(b"a\x1f\x1fb").hexdigest()[:20]
    assert len({same, other, split}) == 3
    assert empty is None


def test_an_account_names_its_system(con):
    assert value(con, "account_id", "acme", " LiMing\t") == "acme:LiMing"
    assert value(con, "account_id", "acme", " ") is None
    assert value(con, "account_id", "acme", None) is None


def test_words_can_be_nested_and_stand_over_windows(con):
    rows = con.execute(
        "select list_transform(clocks_in(t), lambda q: clock_at(day_of(d), q.clock)), "
        "day_of(first_value(d) over (order by d)), near_day(status_word('2/13'), day_of(d)) "
        "from (select '2026-02-28' as d, '9:00 18:00' as t)"
    ).fetchall()
    assert rows == [([datetime(2026, 2, 28, 9), datetime(2026, 2, 28, 18)], date(2026, 2, 28), None)]


def test_every_word_gives_null_for_null(con):
    for signature in profile_sql.macros():
        name, _, arguments = signature.rstrip(")").partition("(")
        nulls = ["null::varchar[]" if name == "stable_id" else "null::varchar"] * len(arguments.split(","))
        assert con.execute(f"select {name}({', '.join(nulls)})").fetchall() == [(None,)], signature
