"""Story 4: errors that cost money, the same mistake three times, slow answers, training left undone.

Belongs here: the planted SVC cases and their look-alikes. Their truth follows by the letter from all rows delivered.
Does not belong here: ordinary service (`service`), and errors that are planted for their cause (`causes`).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from pipelines.demo.company import TICKET, Company
from pipelines.demo.staff import Person

STORY = "service_errors"
MONTHS = [(2025, m) for m in range(8, 13)] + [(2026, m) for m in range(1, 6)]


def plant(company: Company, people: list[Person]) -> list[Person]:
    """Plant every SVC case and look-alike; returns the agents whose tickets are no example of anything."""
    rng = company.rng("mistakes")
    agents = [
        p for p in people
        if p.tag is None and p.branch and p.roles and p.roles[0][0] == "cs_agent"
        and p.hire < datetime(2025, 6, 1).date() and not p.last and not p.notice
    ]  # fmt: skip
    order = rng.permutation(len(agents))
    queue = [agents[i] for i in order]
    _errors(company, rng, queue)
    watched = _tickets(company, rng, queue)
    _training(company)
    return [p for p in agents if p.employee_id not in watched]


def _workdays(rng: Any, year: int, month: int) -> datetime:
    return datetime(year, month, 1 + int(rng.integers(27)), 11) + timedelta(minutes=int(rng.integers(300)))


def _errors(company: Company, rng: Any, queue: list[Person]) -> None:
    rows: list[dict[str, Any]] = []

    def error(person: Person, when: datetime, category: str, loss: float, grade: str = "minor") -> str:
        error_id = f"CW9{len(rows):06d}"
        rows.append({
            "error_id": error_id, "employee_id": person.employee_id, "category": category, "process_step": "售后",
            "occurred_at": when, "loss_amount": loss, "grade": grade, "reported_cause": "疏忽", "currency": "CNY",
        })  # fmt: skip
        return error_id

    def someone() -> tuple[Person, datetime]:
        year, month = MONTHS[int(rng.integers(len(MONTHS)))]
        return queue[int(rng.integers(len(queue)))], _workdays(rng, year, month)

    sized = company.world.sized
    for losses, grade, count in (((1000, 4999), "minor", sized(14, 2)), ((5000, 30000), "gross", sized(8, 1))):
        for _ in range(count):
            person, when = someone()
            error(person, when, "price", float(rng.integers(*losses)), grade)
    error(*someone(), "price", 1000.0)
    for _ in range(sized(8, 1)):
        company.look_alike("SVC-01", error(*someone(), "price", 999.0), "just_below", "999 lost")
        company.look_alike("SVC-01", error(*someone(), "price", 0.0), "no_loss", "nothing was lost")
    # Each person of the queue takes part in one pattern only, in a category that ordinary service never errs in.
    for gaps, hit_kind in (((9, 21), None), ((9, 44), "three_in_six_weeks"), ((11,), "twice_only")):
        for _ in range(sized(8, 1)):
            person, when = queue.pop(), _workdays(rng, *MONTHS[int(rng.integers(3, 8))])
            for gap in (0, *gaps):
                error(person, when + timedelta(days=gap), "warranty", 60.0)
            if hit_kind:
                company.look_alike("SVC-02", f"{person.employee_id}/warranty", hit_kind, "not three within 30 days")
    for _ in range(sized(8, 1)):
        person, when = queue.pop(), _workdays(rng, *MONTHS[int(rng.integers(3, 8))])
        for k, category in enumerate(("warranty", "packaging", "address")):
            error(person, when + timedelta(days=3 * k), category, 45.0)
        company.look_alike("SVC-02", f"{person.employee_id}/warranty", "different_categories", "not the same mistake")
    company.add("service_errors", rows)


def _tickets(company: Company, rng: Any, queue: list[Person]) -> set[str]:
    """Months with many tickets: slow ones, and ones at the limit; returns whose months they are."""
    clients: dict[str, list[str]] = {}
    for branch, customer in company.rows(
        "select b.branch, c.customer_id from branch_customer b join customer c on c.c = b.c order by b.c"
    ):
        clients.setdefault(branch, []).append(customer)
    rows: list[dict[str, Any]] = []
    watched: set[str] = set()
    for kind, count in (("slow", company.world.sized(8, 2)), ("a_fifth", company.world.sized(6, 1)),
                        ("few_tickets", company.world.sized(6, 1))):  # fmt: skip
        for _ in range(count):
            person = queue.pop()
            watched.add(person.employee_id)
            year, month = MONTHS[int(rng.integers(len(MONTHS)))]
            total, slow = {"slow": (50, 16), "a_fifth": (50, 0), "few_tickets": (12, 9)}[kind]
            there = company.rows(
                "select count(*), count(*) filter (first_response_at > opened_at + interval 120 second) from tickets "
                "where employee_id = ? and strftime(opened_at, '%Y-%m') = ?",
                [person.employee_id, f"{year}-{month:02d}"],
            )[0]
            if kind == "a_fifth":  # exactly one in five, whatever was there before
                total = 50 - there[0]
                slow = 10 - there[1]
            elif kind == "few_tickets":
                total = max(0, min(total, 29 - there[0]))
                slow = min(slow, total)
            for k in range(total):
                opened = _workdays(rng, year, month)
                waited = 180 + 20 * k if k < slow else 20 + k
                rows.append({
                    "ticket_id": company.take_id(TICKET), "employee_id": person.employee_id, "category": "refund",
                    "customer_id": clients[person.branch or ""][int(rng.integers(len(clients[person.branch or ""])))],
                    "opened_at": opened, "first_response_at": opened + timedelta(seconds=waited),
                    "resolved_at": opened + timedelta(hours=5), "satisfaction": 3 if k < slow else 5,
                    "is_complaint": False,
                })  # fmt: skip
            if kind != "slow":
                subject = f"{person.employee_id}/{year}-{month:02d}"
                company.look_alike("SVC-03", subject, kind, "at the limit, or too few tickets to judge")
    company.add("tickets", rows)
    return watched


def _training(company: Company) -> None:
    """Some finish late, some never; the rest is in time or not due yet."""
    late, never = company.world.sized(14, 2), company.world.sized(10, 2)
    company.sql(f"""
        update training_records t
        set completed_at = case when r.rank <= {late} then t.due_at + to_hours(5 + r.rank) end,
            score = case when r.rank <= {late} then 61 end
        from (
            select training_id, row_number() over (order by hash(training_id), training_id) as rank
            from training_records
            where completed_at is not null and due_at between timestamp '2025-07-10' and timestamp '2026-06-10'
                and employee_id in (select employee_id from emp where last_day > date '2026-12-31')
        ) r
        where r.training_id = t.training_id and r.rank <= {late + never}
    """)
    company.sql(f"""
        update training_records t set completed_at = t.due_at - interval 1 minute
        from (
            select training_id, row_number() over (order by hash(training_id || 'near'), training_id) as rank
            from training_records where completed_at < due_at and due_at < timestamp '2026-06-10'
        ) r
        where r.training_id = t.training_id and r.rank <= {company.world.sized(10, 2)}
    """)
    company.sql("""
        insert into truth_look_alikes
        select 'SVC-04', training_id, 'in_the_last_minute', 'finished one minute before it was due'
        from training_records where completed_at = due_at - interval 1 minute
    """)
    company.sql("""
        insert into truth_look_alikes
        (select 'SVC-04', training_id, 'not_due_yet', 'open, but due after the export' from training_records
        where completed_at is null and due_at > timestamp '2026-07-01' order by training_id limit 20)
    """)


def judge(company: Company) -> None:
    """Write down what breaks a rule, once nothing more happens in service."""
    company.sql(f"""
        insert into truth_violations
        select 'SVC-01', error_id, employee_id, occurred_at, '{STORY}', 'loss of ' || loss_amount, 'n.a.', 'open'
        from service_errors where loss_amount >= 1000
        union all
        select 'SVC-02', a.employee_id || '/' || a.category, a.employee_id, max(c.occurred_at), '{STORY}',
            'three of a kind within 30 days', 'n.a.', 'open'
        from service_errors a
        join service_errors b on b.employee_id = a.employee_id and b.category = a.category
            and b.occurred_at > a.occurred_at
        join service_errors c on c.employee_id = a.employee_id and c.category = a.category
            and c.occurred_at > b.occurred_at and c.occurred_at <= a.occurred_at + interval 30 day
        group by a.employee_id, a.category
        union all
        select 'SVC-03', employee_id || '/' || strftime(opened_at, '%Y-%m'), employee_id, max(opened_at), '{STORY}',
            count(*) filter (first_response_at > opened_at + interval 120 second) || ' late of ' || count(*), 'n.a.',
            'open'
        from tickets where employee_id is not null
        group by employee_id, strftime(opened_at, '%Y-%m')
        having count(*) >= 30
            and count(*) filter (first_response_at > opened_at + interval 120 second) > 0.2 * count(*)
        union all
        select 'SVC-04', training_id, employee_id, due_at, '{STORY}', 'past due', 'n.a.', 'open'
        from training_records
        where coalesce(completed_at, timestamp '2026-06-30 18:00:00') > due_at
    """)
