"""Story 5: what leavers keep, take and leave behind, and customers who show that they are at risk.

Belongs here: the planted EXIT and CUST cases with their truth, and the look-alikes.
Does not belong here: the clean leaving of everybody else (`staff`, `finance`), exports of people who stay (`access`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

import pyarrow as pa

from pipelines.demo.company import CHANGE, INTERACTION, Company
from pipelines.demo.poaching import Reserve
from pipelines.demo.staff import Person, tagged

STORY = "departure"
DAY = timedelta(days=1)
OPERATION_TYPES = {
    "i": pa.int64(), "employee_id": pa.string(), "system": pa.string(), "action": pa.string(),
    "object_type": pa.string(), "occurred_at": pa.timestamp("us"), "record_count": pa.int64(), "success": pa.bool_(),
}  # fmt: skip


class Operations:
    """Planted lines of the operation log, numbered among the ordinary ones."""

    def __init__(self) -> None:
        self.columns: dict[str, list] = {name: [] for name in OPERATION_TYPES}
        self._taken: dict[tuple[int, date], int] = {}

    def add(
        self,
        person: Person,
        when: datetime,
        system: str,
        action: str,
        object_type: str | None = None,
        records: int | None = None,
        success: bool = True,
    ) -> str:
        """Add one line; returns its event id."""
        slot = self._taken.get((person.number, when.date()), 4)
        self._taken[person.number, when.date()] = slot + 1
        if slot > 7:
            raise ValueError("too many planted operations of one person on one day")
        i = (person.number * 100_000 + (when.date() - date(2020, 1, 1)).days) * 8 + slot
        values = (i, person.employee_id, system, action, object_type, when, records, success)
        for column, value in zip(self.columns.values(), values, strict=True):
            column.append(value)
        return event_id(i)


def event_id(i: int) -> str:
    return f"CZ{i:011d}"


def plant(company: Company, people: list[Person], reserve: Reserve, operations: Operations) -> None:
    """Plant everything that must be there before the log and the payroll are written."""
    leavers = _Leavers(company, people)
    _log_in_after_leaving(company, leavers, operations)
    _keep_permissions(company, leavers)
    _export_before_leaving(company, people, leavers, operations)
    _keep_customers(company, people, leavers, reserve)
    _fail_to_hand_over(company, people, leavers, reserve)
    _customers_at_risk(company, people, reserve)


def plant_unpaid_wages(company: Company) -> None:
    """Some final wages are months late or missing."""
    company.sql(f"""
        create table unpaid as
        select p.employee_id, p.period, e.last_day,
            row_number() over (order by hash(p.employee_id), p.employee_id) as rank
        from payroll p join emp e on e.employee_id = p.employee_id
        where p.payment_type = 'final' and e.last_day between date '2025-07-15' and date '2026-04-15'
        qualify rank <= {company.world.sized(8, 2)}
    """)
    company.sql("""
        update payroll p set paid_at = case when u.rank % 2 = 0 then p.paid_at + interval 65 day end
        from unpaid u where u.employee_id = p.employee_id and u.period = p.period and p.payment_type = 'final'
    """)
    company.sql(f"""
        insert into truth_violations
        select 'EXIT-06', employee_id, employee_id, last_day, '{STORY}',
            case when rank % 2 = 0 then 'paid 65 days late' else 'never paid' end, 'n.a.', 'open'
        from unpaid
    """)
    company.sql("""
        insert into truth_look_alikes
        (select 'EXIT-06', p.employee_id, 'paid_on_the_last_day', 'paid before the day was over' from payroll p
        where p.payment_type = 'final' and p.employee_id not in (select employee_id from unpaid)
            and p.period between '2025-07' and '2026-04' order by p.employee_id limit 20)
    """)


class _Leavers:
    """People who left within the window, each used for one case only."""

    def __init__(self, company: Company, people: list[Person]) -> None:
        rng = company.rng("departures")
        self.rng = rng
        found = [
            p for p in people
            if p.last and p.notice and date(2025, 9, 10) <= p.last <= date(2026, 5, 20) and p.roles
            and (p.last - p.notice).days >= 29
        ]  # fmt: skip
        self.free = [found[i] for i in rng.permutation(len(found))]

    def take(self, roles: Iterable[str] = ("cs_agent", "sales_rep", "cs_manager", "sales_manager")) -> Person | None:
        wanted = set(roles)
        for k, person in enumerate(self.free):
            if person.roles[-1][0] in wanted:
                return self.free.pop(k)
        return None

    def some(self, number: int, *roles: str) -> list[Person]:
        """Up to `number` of them, and at least one where there is any."""
        taken = [p for p in (self.take(roles) if roles else self.take() for _ in range(number)) if p]
        if not taken:
            raise LookupError("nobody left to plant a departure on")
        return taken


def _at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute))


def _log_in_after_leaving(company: Company, leavers: _Leavers, operations: Operations) -> None:
    for person in leavers.some(company.world.sized(8, 1)):
        last = person.last or date.max
        for k in range(1 + int(leavers.rng.integers(3))):
            when = _at(last + DAY * (1 + 3 * k), 20, int(leavers.rng.integers(59)))
            event = operations.add(person, when, "CRM", "login")
            company.violation("EXIT-01", event, person.employee_id, when, STORY, "logged in after the last day")
        event = operations.add(person, _at(last, 18, 20), "CRM", "login")
        company.look_alike("EXIT-01", event, "on_the_last_day", "the last day still counts")
        event = operations.add(person, _at(last + DAY, 9, 5), "CRM", "login", success=False)
        company.look_alike("EXIT-01", event, "refused_login", "access was frozen, the attempt failed")


def _keep_permissions(company: Company, leavers: _Leavers) -> None:
    def move(person: Person, until: datetime | None) -> list[tuple[str, str]]:
        company.sql(
            "update permission_grants set revoked_at = ? where employee_id = ? and role_code = ?",
            [until, person.employee_id, person.roles[-1][0]],
        )
        return company.rows(
            "select grant_id, role_code from permission_grants where employee_id = ? and role_code = ?",
            [person.employee_id, person.roles[-1][0]],
        )

    for k, person in enumerate(leavers.some(company.world.sized(9, 2))):
        last = person.last or date.max
        until = {0: None, 1: _at(last + DAY * 4, 10), 2: _at(last, 19)}[k % 3]
        note = {0: "never revoked", 1: "revoked days after leaving", 2: "customer role kept during notice"}[k % 3]
        for grant, _ in move(person, until):
            company.violation("EXIT-02", grant, None, _at(last, 19), STORY, note)
    rows = company.rows("""
        select g.grant_id, e.employee_id from permission_grants g join employees e on e.employee_id = g.employee_id
        where e.resignation_notice_date between date '2025-08-01' and date '2026-05-31'
            and g.revoked_at = e.resignation_notice_date + interval 18 hour order by g.grant_id limit 30
    """)
    for grant, _ in rows:
        company.look_alike("EXIT-02", grant, "revoked_the_same_day", "revoked on the evening of the notice")
    rows = company.rows("""
        select g.grant_id, e.employee_id from permission_grants g join employees e on e.employee_id = g.employee_id
        where e.resignation_notice_date is not null and g.role_code in ('finance', 'hr', 'merchandiser', 'legal')
            and g.revoked_at = e.last_working_date + interval 19 hour order by g.grant_id limit 10
    """)
    for grant, _ in rows:
        company.look_alike("EXIT-02", grant, "no_customer_role", "kept during notice, revoked on the last evening")


def _export_before_leaving(company: Company, people: list[Person], leavers: _Leavers, operations: Operations) -> None:
    """A salesperson may not export customers at all, so each export is a case of its own beside the hoard."""

    def export(person: Person, first: date, rows_a_day: int) -> None:
        for k in range(3):
            when = _at(first + DAY * (4 * k), 16, int(leavers.rng.integers(59)))
            event = operations.add(person, when, "CRM", "export", "customer", rows_a_day)
            company.violation("PERM-01", event, person.employee_id, when, STORY, "a sales_rep may not export customers")

    for person in leavers.some(company.world.sized(7, 1), "sales_rep"):
        notice = person.notice or date.max
        export(person, notice - DAY * 16, 320)
        note = "960 rows in the weeks before notice"
        company.violation("EXIT-03", person.employee_id, person.employee_id, _at(notice, 0), STORY, note)
    for person in leavers.some(company.world.sized(5, 1), "sales_rep"):
        export(person, (person.notice or date.max) - DAY * 16, 110)
        company.look_alike("EXIT-03", person.employee_id, "a_few_rows", "330 rows only")
    manager = tagged(people, "B01_sales_manager")
    for k in range(3):
        operations.add(manager, datetime(2026, 3, 3 + 4 * k, 16, 5), "CRM", "export", "customer", 310)
    company.look_alike("EXIT-03", manager.employee_id, "nobody_leaves", "a manager who stays prepares a campaign")


def _own(company: Company, customer: str, spans: list[tuple[Person, datetime, datetime | None, str]]) -> None:
    """Replace the ownership history of a set-aside customer."""
    company.sql("delete from customer_ownership where customer_id = ?", [customer])
    company.add("customer_ownership", [
        {"customer_id": customer, "valid_from": since, "employee_id": person.employee_id, "valid_to": until,
         "reason": reason}
        for person, since, until, reason in spans
    ])  # fmt: skip
    company.sql("update customers set owner_id = ? where customer_id = ?", [spans[-1][0].employee_id, customer])


def _keep_customers(company: Company, people: list[Person], leavers: _Leavers, reserve: Reserve) -> None:
    sized = company.world.sized
    talks: list[tuple[str, Person, datetime]] = []
    for kind, number in (("handed over late", sized(6, 1)), ("never handed over", sized(5, 1)), (None, sized(5, 1))):
        for person in leavers.some(number, "sales_rep"):
            customer, _ = reserve.take()
            last, since = person.last or date.max, _at(person.hire + DAY * 20, 9)
            manager = tagged(people, f"{person.branch}_sales_manager")
            if kind == "never handed over":
                _own(company, customer, [(person, since, None, "assigned")])
            else:
                until = _at(last + DAY * 12, 10) if kind else _at(last, 16)
                _own(company, customer, [(person, since, until, "assigned"), (manager, until, None, "handover")])
                talks.append((customer, manager, until + DAY * 3))
            if kind:
                company.violation("EXIT-04", customer, manager.employee_id, _at(last, 23, 59), STORY, kind)
            else:
                company.look_alike("EXIT-04", customer, "handed_over_on_the_last_day", "before the day was over")
    _talk(company, talks)
    rows = company.rows("""
        select distinct customer_id from customer_ownership where reason = 'handover' and customer_id not in (
            select subject_id from truth_violations where rule_id = 'EXIT-04') order by 1 limit 20
    """)
    for (customer,) in rows:
        company.look_alike("EXIT-04", customer, "handed_over_at_notice", "handed over weeks before")


def _fail_to_hand_over(company: Company, people: list[Person], leavers: _Leavers, reserve: Reserve) -> None:
    sized = company.world.sized
    talks: list[tuple[str, Person, datetime]] = []
    for kind, number in (("never", sized(5, 1)), ("late", sized(5, 1)), ("colleague", sized(3, 1)),
                         ("in_the_second_week", sized(5, 1))):  # fmt: skip
        for person in leavers.some(number, "sales_rep", "cs_agent", "sales_manager", "cs_manager"):
            customer, _ = reserve.take()
            until = _at(person.notice or date.max, 15)
            heir = tagged(people, f"{person.branch}_rep")
            _own(company, customer, [(person, _at(person.hire + DAY * 20, 9), until, "assigned"),
                                     (heir, until, None, "handover")])  # fmt: skip
            if kind in {"late", "in_the_second_week"}:
                talks.append((customer, heir, until + (DAY * 21 if kind == "late" else DAY * 12.5)))
            elif kind == "colleague":
                talks.append((customer, tagged(people, f"{person.branch}_sales_manager"), until + DAY * 5))
            if kind == "in_the_second_week":
                company.look_alike("EXIT-05", customer, kind, "the new owner called after twelve days")
            else:
                company.violation("EXIT-05", customer, heir.employee_id, until + DAY * 14, STORY, f"follow-up: {kind}")
    _talk(company, talks)


def _talk(company: Company, talks: list[tuple[str, Person, datetime]]) -> None:
    company.add("interactions", [
        {"interaction_id": company.take_id(INTERACTION), "customer_id": customer, "employee_id": person.employee_id,
         "channel": "phone", "occurred_at": when, "content": "交接后回访", "next_step": "下周电话回访",
         "next_step_due": (when + DAY * 7).date()}
        for customer, person, when in talks
    ])  # fmt: skip


def _customers_at_risk(company: Company, people: list[Person], reserve: Reserve) -> None:
    """Contacts that change twice in a month, scores that fall; and changes that mean nothing."""
    rng = company.rng("at_risk")
    rows: list[dict[str, object]] = []

    def change(customer: str, branch: str, when: datetime, field: str, old: str, new: str) -> None:
        rows.append({
            "change_id": company.take_id(CHANGE), "customer_id": customer, "changed_at": when, "field": field,
            "old_value": old, "new_value": new, "changed_by": tagged(people, f"{branch}_rep").employee_id,
        })  # fmt: skip

    def moment() -> datetime:
        return datetime(2025, 9, 1, 10) + DAY * int(rng.integers(140))

    def grade(customer: str, value: str) -> None:
        company.sql("update customers set grade = ? where customer_id = ?", [value, customer])

    sized = company.world.sized
    for kind, count in (("hit", sized(6, 1)), ("two_months_apart", sized(4, 1)), ("small_customer", sized(4, 1))):
        for _ in range(count):
            customer, branch = reserve.take()
            when = moment()
            grade(customer, "C" if kind == "small_customer" else "A")
            change(customer, branch, when, "contact_name", "王经理", "李主管")
            later = DAY * (60 if kind == "two_months_apart" else 18)
            change(customer, branch, when + later, "contact_phone", "13600000001", "13600000002")
            if kind == "hit":
                company.violation("CUST-01", customer, None, when + later, STORY, "two contact changes in 18 days")
            else:
                company.look_alike("CUST-01", customer, kind, "not twice within 30 days, or not an A or B customer")
    for kind, count in (("hit", sized(6, 1)), ("over_half_a_year", sized(4, 1)), ("small_customer", sized(4, 1)),
                        ("fell_and_rose", sized(4, 1))):  # fmt: skip
        for _ in range(count):
            customer, branch = reserve.take()
            when = moment()
            grade(customer, "D" if kind == "small_customer" else "B")
            second = DAY * (150 if kind == "over_half_a_year" else 40)
            change(customer, branch, when, "score", "80", "72")
            last = "75" if kind == "fell_and_rose" else "60"
            change(customer, branch, when + second, "score", "72", last)
            company.sql("update customers set score = ? where customer_id = ?", [float(last), customer])
            if kind == "hit":
                company.violation("CUST-02", customer, None, when + second, STORY, "20 points in 40 days")
            else:
                company.look_alike("CUST-02", customer, kind, "not 15 points within 90 days, or not an A or B customer")
    company.add("customer_changes", rows)
