"""The countries' calendars against announced days, and the table that is written from them."""

from datetime import date

import duckdb
import pytest

from pipelines.warehouse.calendar import country_days, write_calendar


def kinds(country: str, year: int) -> dict[date, str]:
    return {day.calendar_date: day.day_kind for day in country_days(country, year, year)}


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        # Announcement of the State Council for 2025 (国办发明电〔2024〕12号): a day off is moved, a weekend is worked.
        (date(2025, 1, 26), "make_up_workday"),
        (date(2025, 1, 28), "public_holiday"),
        (date(2025, 2, 8), "make_up_workday"),
        (date(2025, 10, 8), "public_holiday"),
        (date(2025, 10, 11), "make_up_workday"),
        (date(2025, 10, 12), "weekend"),
        (date(2025, 10, 13), "workday"),
    ],
)
def test_moved_days_off_of_china(day, kind):
    assert kinds("CN", 2025)[day] == kind


def test_a_country_without_moved_days_has_none_and_every_day_of_the_year_is_there():
    of_japan = kinds("JP", 2026)
    assert len(of_japan) == 365
    assert set(of_japan.values()) == {"workday", "weekend", "public_holiday"}
    assert of_japan[date(2026, 5, 5)] == "public_holiday"


def test_an_unknown_country_has_no_calendar():
    assert country_days("XX", 2025, 2026) == []


def test_the_table_covers_the_countries_of_the_units_around_the_latest_delivery():
    with duckdb.connect() as con:
        con.execute("create schema landed; create schema landed_hr")
        con.execute(
            """create table landed.batches as
            select * from (values (timestamp '2026-07-01', true), (timestamp '2031-01-01', false))
                as t (delivered_at, is_active)"""
        )
        con.execute("create table landed_hr.org_units as select unnest(['CN', 'CN', 'SG', null, 'XX']) as country_code")
        write_calendar(con)
        rows = con.execute(
            """select country_code, min(calendar_date), max(calendar_date), count(*) = count(distinct calendar_date)
            from calendar.country_days group by country_code order by country_code"""
        ).fetchall()
    assert rows == [
        ("CN", date(2021, 1, 1), date(2027, 12, 31), True),
        ("SG", date(2021, 1, 1), date(2027, 12, 31), True),
    ]


def test_without_a_delivery_the_table_is_there_and_empty():
    with duckdb.connect() as con:
        con.execute("create schema landed; create schema landed_hr")
        con.execute("create table landed.batches (delivered_at timestamp, is_active boolean)")
        con.execute("create table landed_hr.org_units (country_code varchar)")
        write_calendar(con)
        assert con.execute("select count(*) from calendar.country_days").fetchall() == [(0,)]
