"""Truth of the company's own duties, judged again by the letter over the files: hours, days off, contracts, pay, log.

Hours are read from punches and schedules one person at a time, as a labour inspector would with a pencil.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import pytest

from tests.unit.demo.delivery import Delivery

DAY = timedelta(days=1)
QUARTER = timedelta(minutes=15)
PUBLIC_HOLIDAYS = {
    "CN": "2025-10-01 2025-10-02 2025-10-03 2025-10-06 2026-01-01 2026-02-16 2026-02-17 2026-02-18 2026-02-19 "
    "2026-04-05 2026-05-01 2026-05-02 2026-06-19",
    "JP": "2025-07-21 2025-08-11 2025-09-15 2025-09-23 2025-10-13 2025-11-03 2025-11-23 2025-11-24 2026-01-01 "
    "2026-01-12 2026-02-11 2026-02-23 2026-03-20 2026-04-29 2026-05-03 2026-05-04 2026-05-05 2026-05-06",
}
RATES = {
    ("CN", "working day"): 1.5, ("CN", "rest day"): 2, ("CN", "holiday"): 3,
    ("JP", "working day"): 1.25, ("JP", "rest day"): 1.35, ("JP", "holiday"): 1.35,
}  # fmt: skip
FORMS = {"LAB-01": 4, "LAB-02": 2, "LAB-03": 2, "LAB-04": 5, "LAB-05": 5, "LAB-06": 7, "PERM-04": 8}
LOOK_ALIKES = {
    "LAB-01": {"exactly_36_hours", "just_below", "lingering", "below_the_japanese_cap", "above_36_in_japan",
               "flexible_regime", "comprehensive_regime", "forgotten_out_punch"},
    "LAB-02": {"exactly_three_hours", "three_hours_on_both_sides", "a_few_minutes_before", "no_daily_cap_in_japan",
               "flexible_regime", "comprehensive_regime", "night_shift", "forgotten_out_punch"},
    "LAB-03": {"six_and_six", "seven_days_in_two_weeks", "night_shift", "on_call"},
    "LAB-04": {"on_the_day_of_hire_in_japan", "on_the_last_allowed_day", "roster_shows_the_renewal"},
    "LAB-05": {"two_months_on_a_year", "two_months_on_a_year_to_the_day", "half_a_year_on_three_years",
               "half_a_year_without_an_end", "a_month_on_half_a_year", "no_probation_on_two_months"},
    "LAB-06": {"paid_in_full", "paid_in_full_in_japan", "ten_minutes_a_day", "a_quarter_of_an_hour",
               "time_off_in_lieu", "day_off_paid_in_full", "holiday_paid_in_full", "flexible_regime",
               "comprehensive_regime", "night_shift", "on_call", "forgotten_out_punch"},
    "PERM-04": {"delivered_twice", "begins_later", "failed_operation"},
}  # fmt: skip


@dataclass
class _Sheet:
    """One person's year: presences, shifts, and what follows from them."""

    employee_id: str
    country: str
    regime: str
    punches: list[tuple[datetime, str]] = field(default_factory=list)
    shifts: list[tuple[date, datetime, datetime, float, str]] = field(default_factory=list)

    def overtime(self) -> dict[date, tuple[str, timedelta]]:
        """By day of the shift, or of coming in: kind of day and overtime."""
        found: dict[date, tuple[str, timedelta]] = {}
        working = [s for s in self.shifts if s[4] == "work"]
        breaks = {day: pause for day, _, _, pause, kind in self.shifts if kind != "work"}
        by_day = {day: (start, end) for day, start, end, _, _ in working}
        stays = sorted(self.punches)
        for (came, direction), (went, then) in zip(stays, stays[1:], strict=False):
            if (direction, then) != ("in", "out"):
                continue
            day = next(
                (
                    d
                    for d in (came.date(), came.date() - DAY)
                    if d in by_day and came < by_day[d][1] and went > by_day[d][0]
                ),
                None,
            )
            if day is None:
                is_holiday = str(came.date()) in PUBLIC_HOLIDAYS[self.country]
                pause = timedelta(minutes=breaks.get(came.date(), 0))
                found[came.date()] = ("holiday" if is_holiday else "rest day", went - came - pause)
                continue
            assert day not in found, "two presences in one shift"
            start, end = by_day[day]
            sides = [side for side in (start - came, went - end) if side > QUARTER]
            found[day] = ("working day", sum(sides, timedelta()))
        return {day: what for day, what in found.items() if what[1]}

    def runs(self) -> dict[date, int]:
        """First day and length of every run of days with a punch."""
        days = {at.date() for at, _ in self.punches}
        lengths: dict[date, int] = {}
        first = date.min
        for day in sorted(days):
            first = first if day - DAY in days else day
            lengths[first] = (day - first).days + 1
        return lengths


@pytest.fixture(scope="session")
def sheets(delivery: Delivery) -> list[_Sheet]:
    found = {
        employee_id: _Sheet(employee_id, country, regime)
        for employee_id, country, regime in delivery.rows(
            "select e.employee_id, u.country_code, e.work_regime from employees e "
            "join org_units u on u.org_unit_id = e.org_unit_id"
        )
    }
    for employee_id, at, direction in delivery.rows(
        "select employee_id, punched_at, direction from punches where direction in ('in', 'out')"
    ):
        found[employee_id].punches.append((at, direction))
    for employee_id, *shift in delivery.rows(
        "select employee_id, shift_date, shift_start, shift_end, break_minutes::double, shift_type from schedules"
    ):
        found[employee_id].shifts.append(tuple(shift))
    return list(found.values())


def _planted(delivery: Delivery, rule: str) -> list[str]:
    return sorted(r[0] for r in delivery.rows(f"select subject_id from truth_violations where rule_id = '{rule}'"))


def _by_month(sheet: _Sheet) -> dict[str, dict[str, float]]:
    hours: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for day, (kind, length) in sheet.overtime().items():
        hours[f"{day:%Y-%m}"][kind] += length.total_seconds() / 3600
    return hours


def test_months_above_the_cap_are_the_planted_ones(delivery: Delivery, sheets: list[_Sheet]) -> None:
    cap = {"CN": 36, "JP": 45}
    found = [
        f"{s.employee_id}/{month}"
        for s in sheets
        if s.regime == "standard"
        for month, hours in _by_month(s).items()
        if round(sum(hours.values()), 6) > cap[s.country]
    ]
    assert sorted(found) == _planted(delivery, "LAB-01")


def test_days_above_the_cap_are_the_planted_ones(delivery: Delivery, sheets: list[_Sheet]) -> None:
    found = [
        f"{s.employee_id}/{day}"
        for s in sheets
        if s.regime == "standard" and s.country == "CN"
        for day, (_, length) in s.overtime().items()
        if length > timedelta(hours=3)
    ]
    assert sorted(found) == _planted(delivery, "LAB-02")


def test_weeks_without_a_day_off_are_the_planted_ones(delivery: Delivery, sheets: list[_Sheet]) -> None:
    longest = {"CN": 6, "JP": 12}
    found = [
        f"{s.employee_id}/{first}" for s in sheets for first, length in s.runs().items() if length > longest[s.country]
    ]
    assert sorted(found) == _planted(delivery, "LAB-03")


def test_underpaid_overtime_is_the_planted_one(delivery: Delivery, sheets: list[_Sheet]) -> None:
    """Whoever else works overtime is paid for it by the regular pay of that month."""
    paid = {
        (employee_id, period): (base, overtime)
        for employee_id, period, base, overtime in delivery.rows(
            "select employee_id, period, base_pay, overtime_pay from payroll where payment_type = 'regular'"
        )
    }
    in_lieu = set(
        delivery.rows(
            "select employee_id, strftime(starts_at, '%Y-%m') from leaves "
            "where leave_type = '调休' and status = 'approved'"
        )
    )
    found = []
    for sheet in (s for s in sheets if s.regime == "standard"):
        for month, hours in _by_month(sheet).items():
            key = (sheet.employee_id, month)
            base, overtime = paid[key]
            hour = float(base) / (21.75 * 8 if sheet.country == "CN" else 160)
            due = sum(
                RATES[sheet.country, kind] * number * hour
                for kind, number in hours.items()
                if not (kind == "rest day" and sheet.country == "CN" and key in in_lieu)
            )
            if float(overtime) < due - 0.005:
                found.append("/".join(key))
    assert sorted(found) == _planted(delivery, "LAB-06")


def test_night_and_forgotten_punches_are_really_there(delivery: Delivery, sheets: list[_Sheet]) -> None:
    nights = [s for sheet in sheets for s in sheet.shifts if s[4] == "work" and s[1].date() < s[2].date()]
    assert len(nights) >= 5
    unpaired = sum(
        1 for sheet in sheets for a, b in zip(sorted(sheet.punches), sorted(sheet.punches)[1:], strict=False)
        if a[1] == b[1]
    )  # fmt: skip
    assert unpaired >= 2


def test_long_days_stay_below_the_norm_of_their_period(sheets: list[_Sheet]) -> None:
    """Whether that period is the month or the quarter: no reading makes the comprehensive regime a case."""
    long = [s for s in sheets if s.regime == "comprehensive"]
    assert long
    for sheet in long:
        hours: dict[str, float] = defaultdict(float)
        for day, start, end, pause, _ in sheet.shifts:
            hours[f"{day:%Y-%m}"] += (end - start).total_seconds() / 3600 - pause / 60
        assert max((s[2] - s[1]).total_seconds() for s in sheet.shifts) > 12 * 3600
        assert max(hours.values()) < 160


def test_contracts_are_signed_late_exactly_where_planted(delivery: Delivery) -> None:
    rows = delivery.rows("""
        select e.employee_id, e.hire_date, u.country_code, e.contract_signed_date,
            (select count(*) from employment_contracts c where c.employee_id = e.employee_id),
            (select min(signed_date) from employment_contracts c where c.employee_id = e.employee_id)
        from employees e join org_units u on u.org_unit_id = e.org_unit_id
    """)
    found = []
    for employee_id, hired, country, on_roster, contracts, in_file in rows:
        due = hired if country == "JP" else _months_after(hired, 1)
        signed = in_file if contracts else on_roster
        if due < date(2026, 7, 1) and (signed is None or signed > due):
            found.append(employee_id)
    assert sorted(found) == _planted(delivery, "LAB-04")


def _months_after(day: date, months: int) -> date:
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    last = (date(year + month // 12, month % 12 + 1, 1) - DAY).day
    return date(year, month, min(day.day, last))


@pytest.mark.parametrize("last_day_counts", [True, False])
def test_probation_is_too_long_exactly_where_planted(delivery: Delivery, last_day_counts: bool) -> None:
    """Whether a contract's last day belongs to it decides one case only, and that one is written as law counts it."""
    found = []
    for employee_id, start, end, probation in delivery.rows("""
        select c.employee_id, c.start_date, c.end_date, c.probation_end_date from employment_contracts c
        join employees e on e.employee_id = c.employee_id join org_units u on u.org_unit_id = e.org_unit_id
        where u.country_code = 'CN' and c.probation_end_date is not null
    """):
        after = end + (DAY if last_day_counts else 0 * DAY) if end else date.max
        cap = next(
            allowed for length, allowed in ((36, 6), (12, 2), (3, 1), (0, 0)) if after >= _months_after(start, length)
        )
        if probation + (DAY if last_day_counts else 0 * DAY) > _months_after(start, cap):
            found.append(employee_id)
    to_the_day = {
        r[0]
        for r in delivery.rows(
            "select subject_id from truth_look_alikes where kind = 'two_months_on_a_year_to_the_day'"
        )
    }
    if not last_day_counts:
        assert to_the_day <= set(found)
        found = [f for f in found if f not in to_the_day]
    assert sorted(found) == _planted(delivery, "LAB-05")


def test_log_is_broken_exactly_where_planted(delivery: Delivery) -> None:
    """A number missing between two others, one that two lines bear, a line that came again with other content."""
    found = {
        r[0]
        for r in delivery.rows("""
            with first_delivery as (
                select distinct system, sequence_no::int as number, event_id from text_operation_log
            ),
            placed as (
                select system, number, lag(number) over (partition by system order by number) as before
                from first_delivery
            )
            select system || '/' || (before + 1) from placed where number > before + 1
            union all
            select system || '/' || number from placed where number = before
        """)
    }
    columns = (
        "event_id, sequence_no, employee_id, system, action, object_type, object_id, occurred_at, record_count, "
        "success, ip_address, before_value, after_value"
    )
    found |= {
        r[0]
        for r in delivery.rows(f"""
            select any_value(system) || '/' || any_value(sequence_no)
            from (select distinct {columns} from text_operation_log) group by event_id having count(*) > 1
        """)
    }
    assert sorted(found) == _planted(delivery, "PERM-04")


def test_log_of_some_systems_begins_later(delivery: Delivery) -> None:
    first = dict(delivery.rows("select system, min(sequence_no) from operation_log group by 1"))
    assert first["CRM"] == 1 and min(first["ERP"], first["HRIS"]) > 1


@pytest.mark.parametrize("rule", FORMS)
def test_each_duty_has_every_form_of_case_and_look_alike(delivery: Delivery, rule: str) -> None:
    planted = _planted(delivery, rule)
    assert len(planted) == len(set(planted)) >= FORMS[rule]
    alike = delivery.rows(f"select subject_id, kind from truth_look_alikes where rule_id = '{rule}'")
    assert {kind for _, kind in alike} >= LOOK_ALIKES[rule]
    assert not {subject for subject, _ in alike} & set(planted)
