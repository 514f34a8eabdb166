"""Access beyond the role: operations that no role allows, roles that must not meet, exports out of all proportion.

Belongs here: the planted PERM cases of people who stay, and the look-alikes.
Does not belong here: leavers (`departures`), ordinary work in the systems (`operations`).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from pipelines.demo.company import GRANT, Company
from pipelines.demo.departures import Operations
from pipelines.demo.staff import ACTING_MANAGER, ACTING_MANAGER_BRANCH, Person, tagged

STORY = "access"

# Who reached for what (system, action, object type, rows) without any right to.
FORBIDDEN = (
    ("cs_agent", "CRM", "export", "customer", 60),
    ("cs_agent", "CRM", "create", "order", None),
    ("sales_rep", "HRIS", "view", "payroll", None),
    ("sales_rep", "CRM", "delete", "customer", None),
    ("finance", "CRM", "create", "order", None),
    ("merchandiser", "CRM", "view", "customer", None),
    ("hr", "CRM", "create", "contract", None),
    ("legal", "HRIS", "update", "employee", None),
    ("it_admin", "CRM", "view", "customer", None),
)
PAIRS = (("sales_rep", "finance"), ("cs_manager", "merchandiser"), ("hr", "it_admin"))


def plant(company: Company, people: list[Person], operations: Operations) -> None:
    """Plant every PERM case and look-alike."""
    rng = company.rng("access")

    def staff(role: str) -> list[Person]:
        return [
            p for p in people
            if p.roles and p.roles[0][0] == role and len(p.roles) == 1 and not p.last and p.hire.year < 2025
            and p.branch != "B08"
        ]  # fmt: skip

    def moment() -> datetime:
        return datetime(2025, 9, 1, 14) + timedelta(days=int(rng.integers(280)), minutes=int(rng.integers(180)))

    def someone(role: str) -> Person:
        found = staff(role)
        return found[int(rng.integers(len(found)))]

    for role, system, action, object_type, records in FORBIDDEN:
        for _ in range(company.world.sized(5, 1)):
            person, when = someone(role), moment()
            event = operations.add(person, when, system, action, object_type, records)
            note = f"{role} may not {action} {object_type}"
            company.violation("PERM-01", event, person.employee_id, when, STORY, note)
    acting = tagged(people, f"{ACTING_MANAGER_BRANCH}_cs_manager")
    when = ACTING_MANAGER[0] + timedelta(days=9, hours=5)
    event = operations.add(acting, when, "CRM", "export", "customer", 40)
    company.look_alike("PERM-01", event, "second_role", "acting sales manager at that time")
    for _ in range(company.world.sized(4, 1)):
        event = operations.add(someone("sales_rep"), moment(), "CRM", "update", "campaign")
        company.look_alike("PERM-01", event, "unknown_object", "the matrix does not know it: needs review")
        event = operations.add(someone("merchandiser"), moment(), "CRM", "approve", "discount")
        company.look_alike("PERM-01", event, "allowed_approval", "merchandisers confirm discounts")
    _pairs(company)
    _hoards(company, people, operations)


def _pairs(company: Company) -> None:
    """Grants that should never meet in one person, and pairs that may."""
    admin = company.rows("select employee_id from emp where tag = 'it_1'")[0][0]
    rows: list[dict[str, object]] = []

    def grant(person: str, role: str, since: datetime, until: datetime | None) -> None:
        rows.append({
            "grant_id": company.take_id(GRANT), "employee_id": person, "role_code": role, "granted_at": since,
            "revoked_at": until, "granted_by": admin,
        })  # fmt: skip

    def holders(role: str) -> list[tuple[str]]:
        """Holders of that one role. Nobody who ever signed a request: a second role could make a bad signature good."""
        return company.rows(
            "select e.employee_id from emp e join role_span r on r.n = e.n where r.role = ? and r.until is null "
            "and e.hire_date < date '2025-01-01' and e.hours_ahead = 0 "
            "and e.n in (select n from role_span group by n having count(*) = 1) "
            "and (r.role = 'hr' or e.employee_id not in (select approver_id from approval_steps)) "
            "order by hash(e.employee_id || 'pair')",
            [role],
        )

    used: set[str] = set()
    for first, second in PAIRS:
        for k, (person,) in enumerate(holders(first)[: company.world.sized(4, 1)]):
            used.add(person)
            since = datetime(2025, 10, 13, 9) + timedelta(days=20 * k)
            grant(person, second, since, since + timedelta(days=60) if k % 2 else None)
            pair = "+".join(sorted((first, second)))
            company.violation("PERM-02", f"{person}/{pair}", person, since, STORY, "roles that must not be combined")
    free = [p for (p,) in holders("sales_rep") if p not in used]
    for person in free[: company.world.sized(4, 1)]:
        grant(person, "cs_agent", datetime(2025, 12, 1, 9), None)
        company.look_alike("PERM-02", f"{person}/cs_agent+sales_rep", "harmless_pair", "these two may be combined")
    developers = company.rows(
        "select employee_id from emp where position_id = 'P62' and last_day > date '2026-12-31' "
        "and hire_date < date '2025-06-01' order by employee_id limit 3"
    )
    for (person,) in developers:
        handover = datetime(2025, 12, 15, 9)
        grant(person, "it_admin", datetime(2025, 8, 4, 9), handover)
        grant(person, "auditor", handover, datetime(2026, 3, 2, 9))
        company.look_alike("PERM-02", f"{person}/auditor+it_admin", "one_after_the_other", "never both at once")
    company.add("permission_grants", rows)


def _hoards(company: Company, people: list[Person], operations: Operations) -> None:
    """One day's export far above the person's habit, by people who may export."""
    for k in range(company.world.sized(8, 2)):
        tag, system, object_type = (
            ("hr_1", "HRIS", "employee"), ("finance_1", "HRIS", "payroll"), ("B03_sales_manager", "CRM", "customer")
        )[k % 3]  # fmt: skip
        person, when = tagged(people, tag), datetime(2025, 11, 4, 15, 10) + timedelta(days=21 * k)
        operations.add(person, when, system, "export", object_type, 1500 + 100 * k)
        subject = f"{person.employee_id}/{when:%Y-%m-%d}"
        company.violation("PERM-03", subject, person.employee_id, when, STORY, f"{1500 + 100 * k} rows in one day")
    for k, tag in enumerate(("hr_2", "finance_2", "B05_sales_manager")):
        person = tagged(people, tag)
        system, object_type = (("HRIS", "employee"), ("HRIS", "payroll"), ("CRM", "customer"))[k]
        when = datetime(2026, 1, 13 + k, 15)
        operations.add(person, when, system, "export", object_type, 340)
        company.look_alike(
            "PERM-03", f"{person.employee_id}/{when:%Y-%m-%d}", "below_500", "unusual, but below 500 rows"
        )
