"""The countries' calendars as a table: which days are working days, days off, public holidays and make-up working days.

Belongs here: asking the holidays library. Does not belong here: which statutory days are paid at which rate (the
policy table `public_holidays`, which follows the labour law), and what the days are used for.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import duckdb

from pipelines.sql import insert_rows

SCHEMA = "calendar"
YEARS_BACK, YEARS_AHEAD = 5, 1
_DDL = f"""
create schema if not exists {SCHEMA};
create or replace table {SCHEMA}.country_days (
    country_code varchar, calendar_date date, day_kind varchar, holiday_name varchar
);
"""


@dataclass(frozen=True)
class CountryDay:
    """One day of one country. day_kind: workday, weekend, public_holiday or make_up_workday."""

    country_code: str
    calendar_date: date
    day_kind: str
    holiday_name: str | None


def country_days(country_code: str, first_year: int, last_year: int) -> list[CountryDay]:
    """All days of these years; empty for a country that the library does not know.

    A make-up working day is a day of the weekend on which everybody works because a day off was moved (调休). It is
    known from the announcement of its year on; before, such a day counts as weekend.
    """
    import holidays

    if country_code not in holidays.list_supported_countries():
        return []
    calendar = holidays.country_holidays(country_code, years=range(first_year, last_year + 1))
    return [_country_day(country_code, day, calendar) for day in _days(first_year, last_year)]


def _days(first_year: int, last_year: int) -> Iterable[date]:
    day = date(first_year, 1, 1)
    while day.year <= last_year:
        yield day
        day += timedelta(days=1)


def _country_day(country_code: str, day: date, calendar) -> CountryDay:
    name = calendar.get(day)
    if name is not None:
        return CountryDay(country_code, day, "public_holiday", name)
    if day in calendar.weekend_workdays:
        return CountryDay(country_code, day, "make_up_workday", None)
    return CountryDay(country_code, day, "weekend" if day.weekday() in calendar.weekend else "workday", None)


def write_calendar(con: duckdb.DuckDBPyConnection) -> None:
    """Write the calendar of every country that a landed org unit names, for the years around the latest delivery."""
    con.execute(_DDL)
    [(latest,)] = con.execute("select max(delivered_at) from landed.batches where is_active").fetchall()
    countries = con.execute(
        "select distinct country_code from landed_hr.org_units where country_code is not null order by 1"
    ).fetchall()
    if latest is None:
        return
    rows = [
        (day.country_code, day.calendar_date, day.day_kind, day.holiday_name)
        for (country,) in countries
        for day in country_days(country, latest.year - YEARS_BACK, latest.year + YEARS_AHEAD)
    ]
    insert_rows(con, f"{SCHEMA}.country_days", rows)
