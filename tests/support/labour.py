"""A company in five countries whose people stand on both sides of each limit of labour law.

Belongs here: the smallest files that put one person at a limit and the next one just beyond it, also around the days
on which the law changed. A person's number says country, rule and side: `CN-1-at` keeps LAB-01, `CN-1-over` breaks it.
Does not belong here: what the rules must answer to it (tests/integration/test_labour_law.py).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

COUNTRIES = {
    "CN": ("Asia/Shanghai", "CNY"),
    "JP": ("Asia/Tokyo", "JPY"),
    "DE": ("Europe/Berlin", "EUR"),
    "SG": ("Asia/Singapore", "SGD"),
    "GB": ("Europe/London", "GBP"),
}


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def days_from(first: str, count: int) -> list[dt.date]:
    return [day(first) + dt.timedelta(days=n) for n in range(count)]


def weekdays(first: str, last: str, upto: int = 5) -> list[dt.date]:
    """Monday to the `upto`th day of each week from `first` to `last`."""
    span = (day(last) - day(first)).days + 1
    return [d for d in days_from(first, span) if d.isoweekday() <= upto]


@dataclass
class LabourCompany:
    """Collects the rows of the files as the cases are told."""

    employees: list[str] = field(default_factory=list)
    schedules: list[str] = field(default_factory=list)
    punches: list[str] = field(default_factory=list)
    payroll: list[str] = field(default_factory=list)
    leaves: list[str] = field(default_factory=list)

    def person(
        self,
        person: str,
        hired: str = "2005-01-03",
        signed: str | None = "",
        probation_end: str = "",
        contract_end: str = "",
        last_day: str = "",
        regime: str = "",
    ) -> str:
        """An employee of the country that the number begins with; signed on the day of hire unless told otherwise."""
        signed_date = hired if signed == "" else signed or ""
        status = "left" if last_day else "active"
        self.employees.append(
            f"{person},{person},{hired},{probation_end},{signed_date},{contract_end},{person[:2]},P1,{status},{last_day},{regime}"
        )
        return person

    def work(
        self, person: str, dates: Iterable[dt.date], hours: float = 8, extra_minutes: int = 0, kind: str = "work"
    ) -> None:
        """Days from nine o'clock: `hours` of shift, an hour's break in six or more of them, then the extra time."""
        break_minutes = 60 if hours >= 6 else 0
        for date in dates:
            start = dt.datetime.combine(date, dt.time(9))
            end = start + dt.timedelta(minutes=hours * 60 + break_minutes)
            left = end + dt.timedelta(minutes=extra_minutes)
            self.schedules.append(f"{person},{date},{start},{end},{break_minutes},{kind}")
            self.punches.append(f"{person}/{date}/in,{person},{start},in")
            self.punches.append(f"{person}/{date}/out,{person},{left},out")

    def pay(
        self, person: str, period: str, base: float, overtime: float = 0, kind: str = "regular", paid_at: str = ""
    ) -> None:
        currency = COUNTRIES[person[:2]][1]
        self.payroll.append(f"{person},{period},{kind},{base},{overtime},{base + overtime},{paid_at},{currency}")

    def files(self) -> dict[str, str]:
        units = "\n".join(f"{code},{code},G,branch,{code},{zone}" for code, (zone, _) in COUNTRIES.items())
        return {
            "hr/org_units.csv": "org_unit_id,org_unit_name,parent_org_unit_id,org_unit_type,country_code,timezone\n"
            f"G,Group,,group,CN,Asia/Shanghai\n{units}\n",
            "hr/positions.csv": "position_id,position_name,job_family\nP1,Clerk,customer_service\n",
            "hr/employees.csv": _file(
                "employee_id,full_name,hire_date,probation_end_date,contract_signed_date,contract_end_date,org_unit_id,"
                "position_id,employment_status,last_working_date,work_regime",
                self.employees,
            ),
            "attendance/schedules.csv": _file(
                "employee_id,shift_date,shift_start,shift_end,break_minutes,shift_type", self.schedules
            ),
            "attendance/punches.csv": _file("punch_id,employee_id,punched_at,direction", self.punches),
            "attendance/leaves.csv": _file("leave_id,employee_id,leave_type,starts_at,ends_at,status", self.leaves),
            "finance/payroll.csv": _file(
                "employee_id,period,payment_type,base_pay,overtime_pay,net_pay,paid_at,currency", self.payroll
            ),
        }


def _file(header: str, rows: Iterable[str]) -> str:
    return "\n".join([header, *rows]) + "\n"


def _month_caps(company: LabourCompany) -> None:
    for side, more in (("at", 0), ("over", 20)):
        person = company.person(f"CN-1-{side}")
        company.work(person, weekdays("2026-03-02", "2026-03-17"), extra_minutes=180)
        company.work(person, [day("2026-03-18")], extra_minutes=more)
        person = company.person(f"JP-1-{side}")
        company.work(person, weekdays("2026-06-01", "2026-06-19"), extra_minutes=180)
        company.work(person, [day("2026-06-22")], extra_minutes=more)
        # Nine hours are a day, 44 a week: three a day and one a week, and two of a Saturday.
        person = company.person(f"SG-1-{side}")
        company.work(person, weekdays("2026-03-02", "2026-03-31"), extra_minutes=240)
        company.work(person, [day("2026-03-07")], hours=2)
        if more:
            company.work(person, [day("2026-03-14")], hours=1)
        company.pay(person, "2026-03", 2600, overtime=5000)
    # Caps for small Japanese employers began on 1 April 2020.
    company.work(company.person("JP-1-change"), weekdays("2020-03-02", "2020-04-28"), extra_minutes=180)


def _averages(company: LabourCompany) -> None:
    for side, more in (("at", 0), ("over", 60)):
        person = company.person(f"DE-1-{side}")
        for date in weekdays("2026-01-05", "2026-06-20", upto=6):
            company.work(person, [date], extra_minutes=more if date.isoweekday() == 1 else 0)
        person = company.person(f"GB-1-{side}")
        company.work(person, weekdays("2026-01-05", "2026-05-01"), extra_minutes=96 + more)


def _days(company: LabourCompany) -> None:
    for country, extra in (("CN", 180), ("DE", 120), ("SG", 240), ("JP", 420), ("GB", 420)):
        for side, more in (("at", 0), ("over", 1)):
            person = company.person(f"{country}-2-{side}")
            company.work(person, [day("2026-03-04")], extra_minutes=extra + more)
            company.pay(person, "2026-03", 2600, overtime=5000)
    # Part 4 of the Employment Act protected up to 2,500 dollars before April 2019, 2,600 since.
    person = company.person("SG-2-change")
    for date in ("2019-03-06", "2019-04-03"):
        company.work(person, [day(date)], extra_minutes=241)
        company.pay(person, date[:7], 2550, overtime=5000)
    person = company.person("SG-2-executive")
    company.work(person, [day("2026-03-04")], extra_minutes=300)
    company.pay(person, "2026-03", 5200)
    company.work(company.person("SG-2-unpaid"), [day("2026-03-04")], extra_minutes=300)


def _runs(company: LabourCompany) -> None:
    for country, most in (("CN", 6), ("JP", 12), ("DE", 12), ("SG", 12), ("GB", 12)):
        for side, more in (("at", 0), ("over", 1)):
            person = company.person(f"{country}-3-{side}")
            company.work(person, days_from("2026-03-02", most + more), hours=2)
            company.pay(person, "2026-03", 2000, overtime=5000)


def _contracts(company: LabourCompany) -> None:
    for person, hired, signed in (
        ("CN-4-at", "2026-01-01", "2026-02-01"),
        ("CN-4-over", "2026-01-01", "2026-02-02"),
        ("CN-4-none", "2026-01-01", None),
        ("CN-4-before-the-law", "2007-12-31", None),
        ("CN-4-first-day-of-the-law", "2008-01-01", "2008-02-02"),
        ("JP-4-at", "2026-01-05", "2026-01-05"),
        ("JP-4-over", "2026-01-05", "2026-01-06"),
        ("DE-4-old-law", "2022-07-31", "2022-08-31"),
        ("DE-4-old-law-over", "2022-07-31", "2022-09-01"),
        ("DE-4-at", "2022-08-01", "2022-08-01"),
        ("DE-4-over", "2022-08-01", "2022-08-02"),
        ("SG-4-old-law", "2016-03-31", None),
        ("SG-4-at", "2016-04-01", "2016-04-15"),
        ("SG-4-over", "2016-04-01", "2016-04-16"),
        ("GB-4-old-law", "2020-04-05", "2020-06-05"),
        ("GB-4-old-law-over", "2020-04-05", "2020-06-06"),
        ("GB-4-at", "2020-04-06", "2020-04-06"),
        ("GB-4-over", "2020-04-06", "2020-04-07"),
        ("CN-4-renewal", "2015-01-05", "2024-01-05"),
    ):
        company.person(person, hired=hired, signed=signed)


def _probations(company: LabourCompany) -> None:
    for person, hired, probation_end, contract_end in (
        ("CN-5-two-months-at", "2026-01-01", "2026-01-01", "2026-03-15"),
        ("CN-5-two-months-over", "2026-01-01", "2026-01-02", "2026-03-15"),
        ("CN-5-half-year-at", "2026-01-01", "2026-02-01", "2026-06-30"),
        ("CN-5-half-year-over", "2026-01-01", "2026-02-02", "2026-06-30"),
        ("CN-5-year-at", "2026-01-01", "2026-03-01", "2026-12-31"),
        ("CN-5-year-over", "2026-01-01", "2026-03-02", "2026-12-31"),
        ("CN-5-three-years-at", "2026-01-01", "2026-07-01", "2028-12-31"),
        ("CN-5-three-years-over", "2026-01-01", "2026-07-02", "2028-12-31"),
        ("CN-5-old-law", "2007-12-31", "2008-06-30", "2008-12-30"),
        ("CN-5-new-law", "2008-01-01", "2008-06-30", "2008-12-31"),
        ("DE-5-at", "2026-01-01", "2026-07-01", ""),
        ("DE-5-over", "2026-01-01", "2026-07-02", ""),
        ("JP-5-none", "2026-01-01", "2027-01-01", ""),
        ("SG-5-none", "2026-01-01", "2027-01-01", ""),
        ("GB-5-none", "2026-01-01", "2027-01-01", ""),
    ):
        company.person(person, hired=hired, probation_end=probation_end, contract_end=contract_end)


def _overtime_pay(company: LabourCompany) -> None:
    # Ten hours at 100 an hour, one and a half times in China; one per cent is tolerated.
    for side, paid in (("at", 1485), ("over", 1484)):
        person = company.person(f"CN-6-{side}")
        company.work(person, weekdays("2026-03-02", "2026-03-06"), extra_minutes=120)
        company.pay(person, "2026-03", 17400, overtime=paid)
    # A rest day is paid twice, unless it was given back.
    for side, paid in (("rest-day-at", 1600), ("rest-day-over", 1500), ("rest-day-lieu", 0)):
        person = company.person(f"CN-6-{side}")
        company.work(person, weekdays("2026-03-02", "2026-03-06"))
        company.work(person, [day("2026-03-07")], kind="rest")
        company.pay(person, "2026-03", 17400, overtime=paid)
    company.leaves.append("L1,CN-6-rest-day-lieu,调休,2026-03-20 09:00:00,2026-03-20 18:00:00,approved")
    # The eve of the Spring Festival became a statutory holiday in 2025.
    for period, date in (("2024-02", "2024-02-09"), ("2025-01", "2025-01-28")):
        person = company.person(f"CN-6-eve-{period[:4]}")
        company.work(person, [day(date)], kind="rest")
        company.pay(person, period, 17400, overtime=1600)
    # Beyond sixty hours half as much again, for small Japanese employers since April 2023.
    person = company.person("JP-6-change")
    company.work(person, weekdays("2023-03-01", "2023-03-28"), extra_minutes=210)
    company.work(person, weekdays("2023-04-03", "2023-04-28"), extra_minutes=210)
    for period in ("2023-03", "2023-04"):
        company.pay(person, period, 173810, overtime=87500)
    for side, paid in (("at", 12500), ("over", 12000)):
        person = company.person(f"JP-6-{side}")
        company.work(person, weekdays("2026-06-01", "2026-06-05"), extra_minutes=120)
        company.pay(person, "2026-06", 173810, overtime=paid)
    for side, paid in (("at", 150), ("over", 148)):
        person = company.person(f"SG-6-{side}")
        company.work(person, weekdays("2026-03-02", "2026-03-06"), hours=9, extra_minutes=108)
        company.pay(person, "2026-03", 1906.70, overtime=paid)
    for country in ("DE", "GB"):
        person = company.person(f"{country}-6-none")
        company.work(person, weekdays("2026-03-02", "2026-03-06"), extra_minutes=120)
        company.pay(person, "2026-03", 2600, overtime=0)


def _leavers(company: LabourCompany) -> None:
    for person, last_day, paid_at in (
        ("CN-7-at", "2026-03-27", "2026-03-27 17:00:00"),
        ("CN-7-over", "2026-03-27", "2026-03-28 09:00:00"),
        ("CN-7-none", "2026-03-27", None),
        ("JP-7-at", "2026-03-27", "2026-04-03 09:00:00"),
        ("JP-7-over", "2026-03-27", "2026-04-04 09:00:00"),
        ("JP-7-late", "2026-03-27", "2026-05-01 09:00:00"),
        ("DE-7-at", "2026-03-13", "2026-04-01 09:00:00"),
        ("DE-7-over", "2026-03-13", "2026-04-02 09:00:00"),
        ("SG-7-at", "2026-03-20", "2026-03-27 09:00:00"),
        ("SG-7-over", "2026-03-20", "2026-03-28 09:00:00"),
        ("GB-7-none", "2026-03-20", "2026-06-20 09:00:00"),
    ):
        company.person(person, last_day=last_day)
        if paid_at:
            company.pay(person, "2026-03", 2000, kind="final", paid_at=paid_at)


CASES: tuple[Callable[[LabourCompany], None], ...] = (
    _month_caps,
    _averages,
    _days,
    _runs,
    _contracts,
    _probations,
    _overtime_pay,
    _leavers,
)


def labour_company() -> dict[str, str]:
    """All cases in canonical files."""
    company = LabourCompany()
    for tell in CASES:
        tell(company)
    # Finance reaches beyond every deadline.
    company.pay(company.person("CN-0-later"), "2026-06", 2000, paid_at="2026-06-30 09:00:00")
    return company.files()
