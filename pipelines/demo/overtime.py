"""The company's own duties on hours: overtime near the statutory caps, weeks without a day off, pay for it.

Belongs here: who works beyond the roster and what is paid for it, the planted LAB-01, 02, 03 and 06 cases, and the
look-alikes. The truth follows by the letter from all hours worked and all pay.
Does not belong here: ordinary shifts and punches (`staff`, `attendance`), other pay (`finance`), contracts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

import numpy as np
import pyarrow as pa

from pipelines.demo.company import Company
from pipelines.demo.world import JAPANESE_HOLIDAYS, STATUTORY_HOLIDAYS

STORY = "own_duties"
DAY = timedelta(days=1)
# Whole months of ordinary work; those with the long holidays are left out.
MONTHS = ((2025, 8), (2025, 9), (2025, 11), (2025, 12), (2026, 1), (2026, 3), (2026, 4), (2026, 5))
HOLIDAYS_WORKED = (date(2026, 1, 1), date(2026, 5, 1))
FEWEST_DAYS = 17
# The law on paper: hours of overtime a month, hours of pay for an hour of overtime by kind of day.
MONTHLY_CAP = {"CN": 36, "JP": 45}
DAILY_CAP = {"CN": 3}
LAWFUL = {"CN": (1.5, 2.0, 3.0), "JP": (1.25, 1.35, 1.35)}
PAID_HOURS_OF_A_MONTH = {"CN": 21.75 * 8, "JP": 160.0}
COUNTED_FROM_MINUTES = 15  # longer than this, and then in full
PLAN_TYPES = {
    "k": pa.int64(), "before_seconds": pa.int64(), "after_seconds": pa.int64(), "is_out_forgotten": pa.bool_(),
}  # fmt: skip
EXTRA_TYPES = {
    "n": pa.int64(), "day": pa.date32(), "starts_at": pa.timestamp("us"), "ends_at": pa.timestamp("us"),
    "break_minutes": pa.int64(), "day_kind": pa.string(), "is_scheduled": pa.bool_(),
}  # fmt: skip
TERM_TYPES = {
    "n": pa.int64(), "month": pa.date32(), "work_rate": pa.float64(), "rest_rate": pa.float64(),
    "holiday_rate": pa.float64(),
}  # fmt: skip
LEAVE_TYPES = {"n": pa.int64(), "day": pa.date32(), "leave_type": pa.string()}


@dataclass(frozen=True)
class _Worker:
    n: int
    employee_id: str
    country: str
    family: str
    rostered: frozenset[date]
    present: frozenset[date]  # rostered and not on leave

    def is_free(self, day: date) -> bool:
        """An ordinary day off: not on the roster and no public holiday."""
        holidays = JAPANESE_HOLIDAYS if self.country == "JP" else STATUTORY_HOLIDAYS
        return day not in self.rostered and day not in holidays

    def works_five_from(self, first: date) -> bool:
        return first - DAY not in self.rostered and all(first + DAY * k in self.present for k in range(5))


@dataclass
class _Month:
    """One person's month, planned to the minute."""

    worker: _Worker
    first: date
    stays: dict[date, tuple[int, int]] = field(default_factory=dict)  # minutes before and after the shift
    forgotten: set[date] = field(default_factory=set)
    extra: list[dict[str, object]] = field(default_factory=list)
    rates: tuple[float, float, float] = (0, 0, 0)

    @property
    def days(self) -> list[date]:
        return sorted(d for d in self.worker.present if (d.year, d.month) == (self.first.year, self.first.month))

    @property
    def subject(self) -> str:
        return f"{self.worker.employee_id}/{self.first:%Y-%m}"

    def day_subject(self, day: date) -> str:
        return f"{self.worker.employee_id}/{day}"

    def blocks(self) -> list[date]:
        """First days of five days at work, then two ordinary days off in mid-month, then five days at work again.

        Mid-month, so that no weekend worked in the next or the last month can touch this one.
        """
        who = self.worker
        starts = [self.first.replace(day=d) for d in range(1, 18)]
        return [
            s
            for s in starts
            if who.works_five_from(s)
            and s.day + 5 >= 8
            and s.day + 6 <= 22
            and all(who.is_free(s + DAY * k) for k in (5, 6))
            and who.works_five_from(s + DAY * 7)
        ]

    def six_and_six(self) -> list[date]:
        """First days of two such blocks in a row: a sixth day at work after each leaves one day off in between."""
        found = self.blocks()
        return [first for first in found if first + DAY * 7 in found]

    def stay(self, day: date, before: int, after: int) -> None:
        self.stays[day] = (before, after)

    def come_in(
        self, day: date, minutes: int = 150, *, pause: int = 0, kind: str = "rest", listed: bool = False
    ) -> None:
        """Work on a day off from half past nine on, for so many minutes without the break."""
        start = datetime.combine(day, time(9, 30))
        self.extra.append({
            "n": self.worker.n, "day": day, "starts_at": start, "break_minutes": pause, "day_kind": kind,
            "ends_at": start + timedelta(minutes=minutes + pause), "is_scheduled": listed,
        })  # fmt: skip

    def spread(self, hours: float, most_a_day: float) -> None:
        """So many hours of overtime, in half hours; every third day partly before the shift."""
        left = round(hours * 2)
        for number, day in enumerate(self.days):
            halves = min(left, round(most_a_day * 2))
            left -= halves
            early = 2 if number % 3 == 1 and halves > 2 else 0
            self.stay(day, early * 30, (halves - early) * 30)
        if left:
            raise LookupError(f"{self.subject} is too short for {hours} hours of overtime")


class _Rota:
    """Hands out people's months, each for one case only, and keeps what is planned in them."""

    def __init__(self, company: Company) -> None:
        self.company, self.rng = company, company.rng("overtime")
        self.planned: list[_Month] = []
        self.leave: list[tuple[int, date, str]] = []
        self.refused: list[tuple[int, date, str]] = []
        workers = _workers(company)
        free = [(w, date(year, month, 1)) for w in workers for year, month in MONTHS]
        self.free = [free[i] for i in self.rng.permutation(len(free))]

    def take(
        self, country: str = "CN", fits: Callable[[_Month], bool] = lambda month: True, families: str = ""
    ) -> _Month:
        """A month that suits the case; what is worked beyond the roster in it is paid as the law asks."""
        for index, (worker, first) in enumerate(self.free):
            month = _Month(worker, first, rates=LAWFUL[country])
            if worker.country != country or (families and worker.family not in families.split()):
                continue
            if len(month.days) >= FEWEST_DAYS and fits(month):
                del self.free[index]
                self.planned.append(month)
                return month
        raise LookupError("nobody left to plant overtime on")

    def day(self, month: _Month) -> date:
        """Some day of the month that is not its first or last at work."""
        return month.days[1 + int(self.rng.integers(len(month.days) - 2))]

    def like(self, rule: str, subject: str, kind: str, note: str) -> None:
        self.company.look_alike(rule, subject, kind, note)


def _workers(company: Company) -> list[_Worker]:
    """Standard regime, employed the whole window, home before midnight. HR is on call at weekends and left out."""
    people = company.rows("""
        select n, employee_id, case when branch = 'B08' then 'JP' else 'CN' end, family from emp
        where family not in ('hr', 'management') and position_id <> 'P13' and (family <> 'sales' or branch = 'B08')
            and shift <> 'late' and hire_date < date '2025-06-01' and last_day > date '2026-12-31'
            and n not in (select n from long_day_worker)
        order by branch <> 'B08', hash(employee_id || 'overtime') limit 240
    """)
    rostered: dict[int, set[date]] = {n: set() for n, *_ in people}
    present: dict[int, set[date]] = {n: set() for n, *_ in people}
    wanted = ", ".join(str(n) for n in rostered)
    for n, day, is_on_leave in company.rows(
        f"select n, day, is_on_leave from shift where in_window and n in ({wanted}) order by n, day"
    ):
        rostered[n].add(day)
        if not is_on_leave:
            present[n].add(day)
    return [_Worker(n, *who, frozenset(rostered[n]), frozenset(present[n])) for n, *who in people]


def plan(company: Company) -> None:
    """Decide who works beyond the roster and how it is paid. Goes before anything that happens during a shift."""
    _long_days(company)
    rota = _Rota(company)
    for case, at_scale_one, minimum in _CASES:
        for _ in range(company.world.sized(at_scale_one, minimum)):
            case(rota)
    _managers_without_hours(company, rota)
    _night_shifts(company, rota)
    _write(company, rota)


# --- LAB-01: the month ------------------------------------------------------------------------------------------------


def _month_of(
    hours: float, most_a_day: float = 2.5, country: str = "CN", kind: str | None = None
) -> Callable[[_Rota], None]:
    def case(rota: _Rota) -> None:
        month = rota.take(country)
        month.spread(hours, most_a_day)
        if kind:
            rota.like("LAB-01", month.subject, kind, f"{hours} hours of overtime in {country}")

    return case


def _month_with_weekends(rota: _Rota) -> None:
    month = rota.take(fits=lambda m: bool(m.six_and_six()))
    month.spread(31.5, 2.5)
    first = month.six_and_six()[0]
    month.come_in(first + DAY * 5)
    month.come_in(first + DAY * 12)


def _lingering(rota: _Rota) -> None:
    """Twelve minutes before and after, every day: with them the month would be above the cap."""
    month = rota.take()
    month.spread(33, 3)
    for day in month.days:
        if month.stays[day] == (0, 0):
            month.stay(day, 12, 12)
    for day in month.days[:8]:
        before, after = month.stays[day]
        month.stay(day, before or 14, after or 14)
    rota.like("LAB-01", month.subject, "lingering", "33 hours, the rest is a few minutes a day around the shift")


# --- LAB-02: the day --------------------------------------------------------------------------------------------------


def _day_of(before: int, after: int, country: str = "CN", kind: str | None = None) -> Callable[[_Rota], None]:
    def case(rota: _Rota) -> None:
        month = rota.take(country)
        day = rota.day(month)
        month.stay(day, before, after)
        if kind:
            rota.like("LAB-02", month.day_subject(day), kind, f"{before} minutes before and {after} after, {country}")

    return case


# --- LAB-03: days in a row --------------------------------------------------------------------------------------------


def _seven_days(country: str) -> Callable[[_Rota], None]:
    """Five days, the two days off, then a day of leave."""

    def case(rota: _Rota) -> None:
        month = rota.take(country, lambda m: bool(m.blocks()))
        first = month.blocks()[0]
        month.come_in(first + DAY * 5)
        month.come_in(first + DAY * 6)
        rota.leave.append((month.worker.n, first + DAY * 7, "annual"))
        if country == "JP":
            note = "each of the two weeks that it touches has its day off"
            rota.like("LAB-03", month.day_subject(first), "seven_days_in_two_weeks", note)

    return case


def _twelve_days(rota: _Rota) -> None:
    month = rota.take(fits=lambda m: bool(m.blocks()))
    first = month.blocks()[0]
    month.come_in(first + DAY * 5)
    month.come_in(first + DAY * 6)


def _six_days(country: str) -> Callable[[_Rota], None]:
    """Six days, one day off, six days."""

    def case(rota: _Rota) -> None:
        month = rota.take(country, lambda m: bool(m.six_and_six()))
        first = month.six_and_six()[0]
        month.come_in(first + DAY * 5)
        month.come_in(first + DAY * 12)
        rota.like("LAB-03", month.day_subject(first), "six_and_six", "a day off after every six days")

    return case


# --- LAB-06: pay ------------------------------------------------------------------------------------------------------


def _weekdays_paid(
    rate: float, minutes: int, number: int, country: str = "CN", kind: str | None = None, before: int = 0
) -> Callable[[_Rota], None]:
    def case(rota: _Rota) -> None:
        month = rota.take(country)
        month.rates = (rate, *LAWFUL[country][1:])
        for day in month.days[:number]:
            month.stay(day, before, minutes)
        if kind:
            rota.like("LAB-06", month.subject, kind, f"{minutes} minutes on {number} days, paid {rate:.0%}")

    return case


def _day_off_paid(
    rate: float, country: str = "CN", kind: str | None = None, lieu: str | None = None
) -> Callable[[_Rota], None]:
    """Half a day off worked; `lieu`: what became of the request for time off instead."""

    def case(rota: _Rota) -> None:
        month = rota.take(country, lambda m: bool(m.blocks()))
        first = month.blocks()[0]
        month.rates = (LAWFUL[country][0], rate, LAWFUL[country][2])
        month.come_in(first + DAY * 5, 180, pause=30, listed=True)
        if lieu == "taken":
            rota.leave.append((month.worker.n, first + DAY * 8, "调休"))
        elif lieu == "refused":
            rota.refused.append((month.worker.n, first + DAY * 8, "调休"))
        if kind:
            rota.like("LAB-06", month.subject, kind, f"three hours of a day off, paid {rate:.0%}, time off: {lieu}")

    return case


def _holiday_paid(rate: float, kind: str | None = None) -> Callable[[_Rota], None]:
    def case(rota: _Rota) -> None:
        worked = {d.replace(day=1): d for d in HOLIDAYS_WORKED}
        month = rota.take(fits=lambda m: m.first in worked)
        month.rates = (*LAWFUL["CN"][:2], rate)
        month.come_in(worked[month.first], 180, kind="holiday")
        if kind:
            rota.like("LAB-06", month.subject, kind, f"three hours of a public holiday, paid {rate:.0%}")

    return case


def _forgotten_punch(rota: _Rota) -> None:
    """No punch on the way out, once in mid-week and once before the days off."""
    month = rota.take(fits=lambda m: bool(m.blocks()))
    month.rates = (0, 0, 0)
    first = month.blocks()[0]
    month.forgotten |= {first + DAY, first + DAY * 4}
    for day in sorted(month.forgotten):
        rota.like("LAB-02", month.day_subject(day), "forgotten_out_punch", "the way out is not on record")
    rota.like("LAB-01", month.subject, "forgotten_out_punch", "the way out is missing twice")
    rota.like("LAB-06", month.subject, "forgotten_out_punch", "the way out is missing twice")


# --- other regimes and rosters ----------------------------------------------------------------------------------------


def _long_days(company: Company) -> None:
    """Staff of the comprehensive regime: two days of twelve hours, then three days off, below any period's norm."""
    company.sql(f"""
        create table long_day_worker as
        select n, employee_id, branch, org_unit_id from emp
        where family in ('other', 'customer_service') and branch <> 'B08' and tag is null
            and hire_date < date '2025-06-01' and last_day > date '2026-12-31'
            and n in (select n from emp_span group by n having count(*) = 1)
        order by position_id <> 'P81', hash(employee_id || 'long days') limit {company.world.sized(6, 2)}
    """)
    company.sql("""
        update employees set work_regime = 'comprehensive'
        where employee_id in (select employee_id from long_day_worker)
    """)
    company.sql("delete from shift where in_window and n in (select n from long_day_worker)")
    company.sql("""
        insert into shift by name
        select s.n * 100000 + (c.day - date '2020-01-01') as k, s.n, c.day, c.weekday, true as in_window,
            s.org_unit_id, s.branch, s.family, s.role, e.shift, c.activity,
            c.day + interval 510 minute as starts_at, c.day + interval 1290 minute as ends_at, 60 as break_minutes,
            true as serves_customers, false as is_on_leave
        from emp_span s
        join long_day_worker w on w.n = s.n
        join emp e on e.n = s.n
        join calendar c on c.in_window and not c.is_statutory and (c.day - date '2020-01-01' + s.n) % 5 < 2
    """)
    company.sql("""
        insert into truth_look_alikes
        with month as (
            select w.employee_id, date_trunc('month', s.day) as month, min(s.day) as first
            from shift s join long_day_worker w on w.n = s.n where s.in_window group by all
        )
        select unnest(['LAB-01', 'LAB-06']), employee_id || '/' || strftime(month, '%Y-%m'), 'comprehensive_regime',
            'days of twelve hours, fewer hours in all than the norm of the period'
        from month where month(month) in (11, 3)
        union all
        select 'LAB-02', employee_id || '/' || first, 'comprehensive_regime', 'a rostered day of twelve hours'
        from month where month(month) in (11, 3)
    """)


def _managers_without_hours(company: Company, rota: _Rota) -> None:
    """General managers have no fixed hours; nobody counts or pays their evenings."""
    managers = company.rows(
        "select n, employee_id from emp where tag like 'B%_gm' and branch <> 'B08' order by hash(employee_id) limit ?",
        [company.world.sized(5, 2)],
    )
    for index, (n, employee_id) in enumerate(managers):
        year, number = MONTHS[index % len(MONTHS)]
        days = company.rows(
            "select day, is_on_leave from shift where n = ? and year(day) = ? and month(day) = ? order by day",
            [n, year, number],
        )
        present = frozenset(d for d, is_on_leave in days if not is_on_leave)
        worker = _Worker(n, employee_id, "CN", "management", frozenset(d for d, _ in days), present)
        month = _Month(worker, date(year, number, 1))
        for day in month.days[:12]:
            month.stay(day, 0, 240)
        rota.planned.append(month)
        for rule in ("LAB-01", "LAB-06"):
            rota.like(rule, month.subject, "flexible_regime", "48 evening hours of a manager without fixed hours")
        rota.like("LAB-02", month.day_subject(month.days[0]), "flexible_regime", "a manager without fixed hours")


def _night_shifts(company: Company, rota: _Rota) -> None:
    """A week of nights: the last one ends on the morning of a day off, which is no work on a day off."""
    for _ in range(company.world.sized(6, 1)):
        month = rota.take(families="it other finance legal merchandising", fits=lambda m: bool(m.blocks()))
        first = month.blocks()[0]
        company.sql(
            "update shift set starts_at = day + interval 22 hour, ends_at = day + interval 30 hour, break_minutes = 30 "
            "where n = ? and day between ? and ?",
            [month.worker.n, first, first + DAY * 4],
        )
        month.rates = (0, 0, 0)
        rota.like("LAB-02", month.day_subject(first), "night_shift", "a shift from 22:00 to 06:00")
        rota.like("LAB-03", month.day_subject(first), "night_shift", "five nights touch six days")
        rota.like("LAB-06", month.subject, "night_shift", "the last night ends on a day off")


# --- writing it down --------------------------------------------------------------------------------------------------


def _write(company: Company, rota: _Rota) -> None:
    """The working tables that attendance and pay follow."""
    planned: list[tuple] = []
    extra: list[tuple] = []
    terms: list[tuple] = []
    for month in rota.planned:
        who = month.worker
        leave = {day for n, day, _ in rota.leave if n == who.n}
        minutes = _few_seconds(rota.rng, len(month.days))
        for day, (early, late) in zip(month.days, minutes, strict=True):
            if day in leave:
                continue
            before, after = month.stays.get(day, (0, 0))
            k = who.n * 100_000 + (day - date(2020, 1, 1)).days
            planned.append((k, before * 60 or early, after * 60 or late, day in month.forgotten))
        extra += [tuple(row[name] for name in EXTRA_TYPES) for row in month.extra]
        terms.append((who.n, month.first, *month.rates))
    for name, rows, types in (
        ("planned_hours", planned, PLAN_TYPES), ("extra_work", extra, EXTRA_TYPES),
        ("overtime_terms", terms, TERM_TYPES), ("planned_leave", rota.leave, LEAVE_TYPES),
        ("refused_leave", rota.refused, LEAVE_TYPES),
    ):  # fmt: skip
        company.table(name, {column: [row[i] for row in rows] for i, column in enumerate(types)}, types)
    company.sql("update shift s set is_on_leave = true from planned_leave p where p.n = s.n and p.day = s.day")


def _few_seconds(rng: np.random.Generator, days: int) -> list[list[int]]:
    """A little before and a little after the shift, as on any day."""
    return rng.integers(1, 290, size=(days, 2)).tolist()


def measure(company: Company) -> None:
    """Overtime of each day of the window, from the roster and the punches: what pay and truth both start from."""
    side = f"interval {COUNTED_FROM_MINUTES} minute"
    company.sql(f"""
        create table overtime_day as
        select n, employee_id, case when branch = 'B08' then 'JP' else 'CN' end as country, day,
            date_trunc('month', day)::date as month, day_kind,
            case when is_out_forgotten then 0
                when day_kind <> 'work' then date_diff('second', came_at, went_at) - break_minutes * 60
                else case when starts_at - came_at > {side} then date_diff('second', came_at, starts_at) else 0 end
                    + case when went_at - ends_at > {side} then date_diff('second', ends_at, went_at) else 0 end
                end as seconds
        from attended where in_window
    """)


def judge(company: Company) -> None:
    """Name every case that the delivery holds, once pay is known."""
    caps = " ".join(f"when '{country}' then {hours * 3600}" for country, hours in MONTHLY_CAP.items())
    daily = " ".join(f"when '{country}' then {hours * 3600}" for country, hours in DAILY_CAP.items())
    hours = " ".join(f"when '{country}' then {hours}" for country, hours in PAID_HOURS_OF_A_MONTH.items())
    rates = " ".join(
        f"when '{country}/{kind}' then {rate}"
        for country, by_kind in LAWFUL.items()
        for kind, rate in zip(("work", "rest", "holiday"), by_kind, strict=True)
    )
    company.sql("""
        create table counted_overtime as
        select d.* from overtime_day d join employees x on x.employee_id = d.employee_id
        where x.work_regime = 'standard' and d.seconds > 0
    """)
    company.sql(f"""
        insert into truth_violations
        select 'LAB-01', employee_id || '/' || strftime(month, '%Y-%m'), null, last_day(month), '{STORY}',
            round(sum(seconds) / 3600, 2) || ' hours of overtime in the month', 'n.a.', 'open'
        from counted_overtime group by employee_id, month, country having sum(seconds) > case country {caps} end
        union all
        select 'LAB-02', employee_id || '/' || day, null, day, '{STORY}',
            round(seconds / 3600, 2) || ' hours of overtime on the day', 'n.a.', 'open'
        from counted_overtime where seconds > case country {daily} end
    """)
    company.sql(f"""
        insert into truth_violations
        with worked as (
            select employee_id, branch, day from attended where in_window
            union
            select employee_id, branch, went_at::date from attended where in_window and not is_out_forgotten
        ),
        numbered as (
            select *, day - row_number() over (partition by employee_id order by day)::int as island from worked
        )
        select 'LAB-03', employee_id || '/' || min(day), null, min(day), '{STORY}', count(*) || ' days in a row',
            'n.a.', 'open'
        from numbered group by employee_id, island
        having count(*) > case when any_value(branch) = 'B08' then 12 else 6 end
    """)
    company.sql(f"""
        insert into truth_violations
        with lieu as (
            select distinct employee_id, date_trunc('month', starts_at)::date as month from leaves
            where leave_type = '调休' and status = 'approved'
        ),
        earned as (
            select o.employee_id, o.month, p.overtime_pay,
                sum(case when o.day_kind = 'rest' and o.country = 'CN' and l.employee_id is not null then 0
                    else o.seconds / 3600 * case o.country || '/' || o.day_kind {rates} end end)
                    * any_value(p.base_pay / case o.country {hours} end) as due
            from counted_overtime o
            join payroll p on p.employee_id = o.employee_id and p.period = strftime(o.month, '%Y-%m')
                and p.payment_type = 'regular'
            left join lieu l on l.employee_id = o.employee_id and l.month = o.month
            group by o.employee_id, o.month, p.overtime_pay
        )
        select 'LAB-06', employee_id || '/' || strftime(month, '%Y-%m'), null, last_day(month), '{STORY}',
            overtime_pay || ' paid, ' || round(due, 2) || ' due', 'n.a.', 'open'
        from earned where overtime_pay < due - 0.005
    """)
    _on_call(company)


def _on_call(company: Company) -> None:
    """Weekends on call between two weeks of work, without being called: no work, no overtime."""
    company.sql(f"""
        insert into truth_look_alikes
        with weekend as (
            select employee_id, shift_date as saturday from schedules a
            where shift_type = 'on_call' and isodow(shift_date) = 6 and exists (
                select 1 from schedules b where b.employee_id = a.employee_id and b.shift_date = a.shift_date + 1)
                and (select count(*) from attended t where t.employee_id = a.employee_id
                    and t.day between a.shift_date - 5 and a.shift_date + 6) = 10
            order by hash(employee_id || shift_date), employee_id limit {company.world.sized(8, 1)}
        )
        select 'LAB-03', employee_id || '/' || (saturday - 5), 'on_call', 'on call at the weekend, not called'
        from weekend
    """)
    company.sql(f"""
        insert into truth_look_alikes
        select distinct 'LAB-06', employee_id || '/' || strftime(shift_date, '%Y-%m'), 'on_call',
            'on call at weekends, not called'
        from schedules where shift_type = 'on_call'
        order by all limit {company.world.sized(8, 1)}
    """)


_CASES: tuple[tuple[Callable[[_Rota], None], int, int], ...] = (
    (_holiday_paid(2.0), 5, 1),
    (_holiday_paid(3.0, "holiday_paid_in_full"), 5, 1),
    (_six_days("JP"), 3, 1),
    (_seven_days("JP"), 3, 1),
    (_day_off_paid(1.0, "JP"), 3, 1),
    (_month_of(45.5, 3.5, "JP"), 3, 1),
    (_month_of(44.5, 3.5, "JP", "below_the_japanese_cap"), 3, 1),
    (_month_of(38, 3, "JP", "above_36_in_japan"), 3, 1),
    (_day_of(0, 230, "JP", "no_daily_cap_in_japan"), 4, 1),
    (_weekdays_paid(1.0, 90, 8, "JP"), 3, 1),
    (_weekdays_paid(1.25, 90, 8, "JP", "paid_in_full_in_japan"), 3, 1),
    (_month_of(36.5), 8, 1),
    (_month_of(48, 3), 6, 1),
    (_month_with_weekends, 6, 1),
    (_month_of(36, kind="exactly_36_hours"), 6, 1),
    (_month_of(35.5, kind="just_below"), 6, 1),
    (_lingering, 6, 1),
    (_day_of(0, 190), 10, 1),
    (_day_of(120, 80), 8, 1),
    (_day_of(0, 180, kind="exactly_three_hours"), 8, 1),
    (_day_of(90, 90, kind="three_hours_on_both_sides"), 6, 1),
    (_day_of(14, 170, kind="a_few_minutes_before"), 6, 1),
    (_seven_days("CN"), 8, 1),
    (_twelve_days, 6, 1),
    (_six_days("CN"), 10, 1),
    (_weekdays_paid(1.0, 90, 8), 10, 1),
    (_weekdays_paid(0, 20, 15), 6, 1),
    (_weekdays_paid(1.5, 90, 8, kind="paid_in_full"), 8, 1),
    (_weekdays_paid(0, 10, 17, kind="ten_minutes_a_day"), 6, 1),
    (_weekdays_paid(0, 15, 17, kind="a_quarter_of_an_hour", before=15), 6, 1),
    (_day_off_paid(1.5), 8, 1),
    (_day_off_paid(0, lieu="refused"), 5, 1),
    (_day_off_paid(0, kind="time_off_in_lieu", lieu="taken"), 8, 1),
    (_day_off_paid(2.0, kind="day_off_paid_in_full"), 6, 1),
    (_forgotten_punch, 6, 1),
)
