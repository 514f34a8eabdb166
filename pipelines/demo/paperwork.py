"""The company's own duties on paper: contracts signed too late or never, probation longer than the contract allows.

Belongs here: the planted LAB-04 and LAB-05 cases with their truth, and the look-alikes.
Does not belong here: everybody else's contracts, which are signed in time (`staff`), hours and pay (`overtime`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from pipelines.demo.company import Company
from pipelines.demo.staff import term_end
from pipelines.demo.world import WINDOW_END

STORY = "own_duties"
DAY = timedelta(days=1)


@dataclass(frozen=True)
class _Term:
    """A first contract: its length, and how long its probation lasts beyond so many whole months."""

    kind: str
    months: int | None  # None = open-ended
    probation_months: int | None
    probation_days: int = 0
    is_hit: bool = False
    ends_on_the_anniversary: bool = True  # else the day before, as contracts are usually written

    @property
    def note(self) -> str:
        length = f"{self.months} months" if self.months else "no end"
        if self.probation_months is None:
            return f"contract of {length}, no probation"
        return f"contract of {length}, probation of {self.probation_months} months and {self.probation_days} days"


_TERMS = (
    (_Term("half a year on a year", 12, 6, is_hit=True), 6),
    (_Term("two days too long", 12, 2, 2, is_hit=True), 6),
    (_Term("three months on two years", 24, 3, is_hit=True), 4),
    (_Term("two months on eleven", 11, 2, is_hit=True), 4),
    (_Term("two weeks on two months", 2, 0, 14, is_hit=True), 4),
    (_Term("two_months_on_a_year", 12, 2), 6),
    (_Term("two_months_on_a_year_to_the_day", 12, 2, ends_on_the_anniversary=False), 4),
    (_Term("half_a_year_on_three_years", 36, 6), 4),
    (_Term("half_a_year_without_an_end", None, 6), 4),
    (_Term("a_month_on_half_a_year", 6, 1), 4),
    (_Term("no_probation_on_two_months", 2, None), 3),
)
# How late the first contract was signed, in months and days after hire; None = never.
_LATE = (
    ("never signed, no contract on record", None, 5),
    ("never signed, though a contract is on record", None, 4),
    ("signed a month and a day after hire", (1, 1), 6),
    ("signed five months after hire", (5, 0), 5),
)


def plant(company: Company) -> None:
    """Change the contracts of a few people; each takes part in one case only."""
    rng = company.rng("paperwork")
    people = company.records("""
        select e.employee_id, e.hire_date, e.branch from emp e
        where e.last_day > date '2026-12-31' and day(e.hire_date) <= 28 and e.hire_date < date '2026-02-01'
        order by e.tag is not null, hash(e.employee_id || 'paperwork')
    """)
    japan = [p for p in people if p["branch"] == "B08"]
    china = [p for p in people if p["branch"] != "B08"]
    sized = company.world.sized
    for kind, delay, at_scale_one in _LATE:
        for _ in range(sized(at_scale_one, 1)):
            person = china.pop(0)
            _sign(company, person, delay, is_on_record="no contract" not in kind)
            _hit(company, "LAB-04", person, months_after(person["hire_date"], 1), kind)
    for _ in range(sized(3, 1)):
        person = japan.pop(0)
        _sign(company, person, (0, 5))
        _hit(company, "LAB-04", person, person["hire_date"], "conditions in writing five days after hire in Japan")
        person = japan.pop(0)
        _sign(company, person, (0, 0))
        _like(company, "LAB-04", person, "on_the_day_of_hire_in_japan", "in writing on the first day")
    for _ in range(sized(6, 1)):
        person = china.pop(0)
        _sign(company, person, (1, 0))
        _like(company, "LAB-04", person, "on_the_last_allowed_day", "signed a month after hire")
    _roster_shows_the_renewal(company, china, sized(5, 1))
    _not_due_yet(company)
    for term, at_scale_one in _TERMS:
        for _ in range(sized(at_scale_one, 1)):
            person = china.pop(int(rng.integers(min(4, len(china)))))
            _employ(company, person, term)
            if term.is_hit:
                _hit(company, "LAB-05", person, person["hire_date"], f"{term.kind}: {term.note}")
            else:
                _like(company, "LAB-05", person, term.kind, term.note)


def months_after(day: date, months: int) -> date:
    """The same day of a later month; only for days that every month has."""
    return date(day.year + (day.month - 1 + months) // 12, (day.month - 1 + months) % 12 + 1, day.day)


def _hit(company: Company, rule: str, person: dict[str, Any], when: date, note: str) -> None:
    company.violation(rule, person["employee_id"], None, datetime.combine(when, time()), STORY, note)


def _like(company: Company, rule: str, person: dict[str, Any], kind: str, note: str) -> None:
    company.look_alike(rule, person["employee_id"], kind, note)


def _sign(company: Company, person: dict[str, Any], delay: tuple[int, int] | None, is_on_record: bool = True) -> None:
    """The day on which the first contract was signed, on the roster and in the contract file."""
    signed = None if delay is None else months_after(person["hire_date"], delay[0]) + DAY * delay[1]
    company.sql("update employees set contract_signed_date = ? where employee_id = ?", [signed, person["employee_id"]])
    if not is_on_record:
        company.sql("delete from employment_contracts where employee_id = ?", [person["employee_id"]])
    company.sql(
        "update employment_contracts set signed_date = ? where employee_id = ? and (start_date = ? or ?)",
        [signed, person["employee_id"], person["hire_date"], signed is None],
    )


def _roster_shows_the_renewal(company: Company, china: list[dict[str, Any]], number: int) -> None:
    """The roster keeps the last signature, years after hire; the contract file has the first one, in time."""
    renewed = {
        employee_id
        for (employee_id,) in company.rows(
            "select employee_id from employment_contracts group by 1 having count(*) > 1"
        )
    }
    chosen = [p for p in china if p["employee_id"] in renewed][:number]
    if not chosen:
        raise LookupError("nobody has a second contract")
    for person in chosen:
        china.remove(person)
        company.sql(
            "update employees set contract_signed_date = (select max(signed_date) from employment_contracts "
            "where employee_id = ?) where employee_id = ?",
            [person["employee_id"]] * 2,
        )
        _like(company, "LAB-04", person, "roster_shows_the_renewal", "the first contract was signed in time")


def _not_due_yet(company: Company) -> None:
    """Who began in June has not signed by the end of June."""
    recent = company.records(
        "select employee_id, hire_date from emp where hire_date >= date '2026-06-04' and branch <> 'B08' "
        "and last_day > date '2026-12-31' order by employee_id limit 6"
    )
    for person in recent:
        _sign(company, person, None)
        _like(company, "LAB-04", person, "not_due_yet", "less than a month after hire")


def _employ(company: Company, person: dict[str, Any], term: _Term) -> None:
    """A first contract on these terms, then ordinary ones to the present."""
    hired, employee_id = person["hire_date"], person["employee_id"]
    (signed,) = company.rows("select contract_signed_date from employees where employee_id = ?", [employee_id])[0]
    end = None if term.months is None else months_after(hired, term.months)
    if end and not term.ends_on_the_anniversary:
        end -= DAY
    probation = None
    if term.probation_months is not None:
        probation = months_after(hired, term.probation_months) + DAY * (term.probation_days - 1)
    terms = [(hired, end, probation, signed)]
    while end and end < WINDOW_END:
        start = end + DAY
        end = term_end(start)
        terms.append((start, end, None, start - DAY * 10))
    company.sql("delete from employment_contracts where employee_id = ?", [employee_id])
    company.add("employment_contracts", [
        {"contract_no": f"LD{employee_id[2:]}-{number}", "employee_id": employee_id,
         "contract_type": "fixed" if until else "open", "start_date": start, "end_date": until,
         "probation_end_date": trial, "signed_date": on}
        for number, (start, until, trial, on) in enumerate(terms, 1)
    ])  # fmt: skip
    company.sql(
        "update employees set probation_end_date = ?, contract_end_date = ? where employee_id = ?",
        [probation, terms[-1][1], employee_id],
    )
