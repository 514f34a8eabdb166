"""Who works here, where, as what, since when and until when: org units, people, their history and their grants.

Belongs here: org_units, positions, employees, identities, employee_events, employment_contracts, permission_grants,
and the working tables that other subjects draw from: `emp`, `emp_span`, `role_span`, `seat_span`, `calendar`, `shift`.
Does not belong here: what these people do all day.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

import numpy as np
import pyarrow as pa

from pipelines.demo import names
from pipelines.demo.company import GRANT, Company
from pipelines.demo.handbook import CUSTOMER_ROLES, DISCOUNT_FLOOR, POSITIONS
from pipelines.demo.world import (
    BRANCHES,
    COMPANY_NAME,
    GROUP_ID,
    HISTORY_START,
    JAPANESE_HOLIDAYS,
    LONG_BREAKS,
    OFFICE,
    STATUTORY_HOLIDAYS,
    WINDOW_END,
    WINDOW_START,
    day_activity,
    days,
)

CS_LEAVING, SALES_LEAVING, OTHER_LEAVING = 0.38, 0.20, 0.10
FAR_FUTURE = date(2099, 1, 1)
HEAD_OFFICE = {
    "GRP-GMO": "总经理办公室",
    "GRP-HR": "人力资源部",
    "GRP-FIN": "财务部",
    "GRP-LEG": "法务部",
    "GRP-IT": "信息技术部",
    "GRP-MER": "商品部",
    "GRP-SAL": "销售管理部",
    "GRP-AUD": "审计监察部",
    "GRP-LOG": "物流中心",
}
# Scripted careers on which discounts turn legal or illegal from one moment to the next.
DIRECTOR_STEPPED_DOWN = datetime(2026, 1, 15, 9)
DIRECTOR_PROMOTED = datetime(2025, 11, 10, 9)
REP_PROMOTED = {
    "B01": datetime(2025, 10, 13, 9),
    "B03": datetime(2026, 2, 2, 9),
    "B05": datetime(2026, 4, 20, 9),
}
ACTING_MANAGER_BRANCH = "B02"
ACTING_MANAGER = (datetime(2026, 2, 2, 9), datetime(2026, 4, 1, 9))


@dataclass
class Seat:
    """A place in the organisation, held by one person after another."""

    org_unit_id: str
    position_id: str
    leaving_rate: float
    branch: str | None = None
    tag: str | None = None  # a seat that other subjects ask for by name; its holder never leaves
    leaves: date | None = None  # a scripted departure, without a successor


@dataclass
class Person:
    seat: int
    hire: date
    notice: date | None
    last: date | None
    dismissed: bool = False
    tag: str | None = None
    branch: str | None = None
    number: int = -1
    employee_id: str = ""
    # (from, org unit, position, event type) and (role, from, to)
    history: list[tuple[date, str, str, str]] = field(default_factory=list)
    roles: list[tuple[str, datetime, datetime | None]] = field(default_factory=list)

    @property
    def works_until(self) -> date:
        """First day without customer work: from notice on a leaver only hands over."""
        if self.notice:
            return self.notice
        return self.last or FAR_FUTURE


def build(company: Company) -> list[Person]:
    """Create the organisation and everybody in it."""
    _org_units(company)
    company.add(
        "positions",
        (
            {"position_id": p.position_id, "position_name": p.name, "job_family": p.family, "job_level": p.level}
            for p in POSITIONS.values()
        ),
    )
    seats = _seats(company)
    people = _people(company, seats)
    _careers(company, seats, people)
    _write(company, people)
    _seat_spans(company, seats, people)
    _calendar(company)
    _shifts(company)
    return people


def tagged(people: list[Person], tag: str) -> Person:
    return next(p for p in people if p.tag == tag)


def _team_count(company: Company, kind: str, share: float) -> int:
    return max(1, round(company.world.scale * 850 * share * (0.45 if kind == "CS" else 0.35) / 13))


def _org_units(company: Company) -> None:
    group = {"country_code": "CN", "timezone": "Asia/Shanghai", "latitude": OFFICE[0], "longitude": OFFICE[1]}
    rows = [
        {"org_unit_id": GROUP_ID, "org_unit_name": COMPANY_NAME, "org_unit_type": "group", "region": "浙江省", **group}
    ]
    for unit, name in HEAD_OFFICE.items():
        rows.append(
            {"org_unit_id": unit, "org_unit_name": name, "org_unit_type": "department",
             "parent_org_unit_id": GROUP_ID, "region": "浙江省", **group}
        )  # fmt: skip
    for b in BRANCHES:
        place = {
            "country_code": b.country_code, "timezone": b.timezone, "region": b.province,
            "latitude": b.latitude, "longitude": b.longitude,
        }  # fmt: skip
        units = [(b.code, b.name, GROUP_ID, "branch")]
        for kind, title in (("CS", "客服部"), ("SA", "销售部"), ("AD", "综合部")):
            units.append((f"{b.code}-{kind}", b.city + title, b.code, "department"))
            if kind != "AD":
                for team in range(1, _team_count(company, kind, b.staff_share) + 1):
                    short = "客服" if kind == "CS" else "销售"
                    units.append((f"{b.code}-{kind}-{team}", f"{b.city}{short}{team}组", f"{b.code}-{kind}", "team"))
        rows += [
            {"org_unit_id": u, "org_unit_name": n, "parent_org_unit_id": p, "org_unit_type": t, **place}
            for u, n, p, t in units
        ]
    company.add("org_units", rows)


def _seats(company: Company) -> list[Seat]:
    sized = company.world.sized
    seats = [
        Seat("GRP-GMO", "P71", 0, tag="ceo"),
        Seat("GRP-SAL", "P13", 0, tag="director_1"),
        Seat("GRP-SAL", "P13", 0, tag="director_2"),
        Seat("GRP-SAL", "P13", 0, tag="director_3"),
        Seat("GRP-SAL", "P13", 0, tag="director_down"),
        Seat("GRP-SAL", "P12", 0, tag="director_up"),
        Seat("GRP-MER", "P21", 0, tag="merchandiser_1"),
        Seat("GRP-MER", "P21", 0, tag="merchandiser_2"),
        Seat("GRP-FIN", "P32", 0, tag="finance_1"),
        Seat("GRP-FIN", "P31", 0, tag="finance_2"),
        Seat("GRP-LEG", "P41", 0, tag="legal_1"),
        Seat("GRP-LEG", "P41", 0, tag="legal_2"),
        Seat("GRP-HR", "P52", 0, tag="hr_1"),
        Seat("GRP-HR", "P51", 0, tag="hr_2"),
        Seat("GRP-IT", "P61", 0, tag="it_1"),
        Seat("GRP-IT", "P61", 0, tag="it_2"),
        Seat("GRP-AUD", "P72", 0, tag="auditor_1"),
    ]
    for unit, position, number in (
        ("GRP-MER", "P21", 22), ("GRP-FIN", "P31", 20), ("GRP-LEG", "P41", 6), ("GRP-HR", "P51", 20),
        ("GRP-IT", "P62", 18), ("GRP-AUD", "P72", 2), ("GRP-LOG", "P81", 45),
    ):  # fmt: skip
        seats += [Seat(unit, position, OTHER_LEAVING) for _ in range(sized(number, 1))]
    for b in BRANCHES:
        staff = 850 * company.world.scale * b.staff_share
        seats.append(Seat(b.code, "P71", 0, b.code, f"{b.code}_gm"))
        seats.append(Seat(f"{b.code}-CS", "P03", 0, b.code, f"{b.code}_cs_manager"))
        seats.append(Seat(f"{b.code}-SA", "P12", 0, b.code, f"{b.code}_sales_manager"))
        agents, reps = max(4, round(staff * 0.45)), max(3, round(staff * 0.35))
        teams = _team_count(company, "CS", b.staff_share)
        for i in range(agents):
            tag = f"{b.code}_agent" if i == 0 else None
            position = "P02" if i % 5 == 4 else "P01"
            rate = 0 if tag else CS_LEAVING
            seats.append(Seat(f"{b.code}-CS-{i % teams + 1}", position, rate, b.code, tag))
        seats += [Seat(f"{b.code}-CS", "P03", 0.08, b.code) for _ in range(round(agents / 16))]
        teams = _team_count(company, "SA", b.staff_share)
        for i in range(reps):
            tag = {0: f"{b.code}_rep", 1: f"{b.code}_rep_2"}.get(i)
            rate = 0 if tag else SALES_LEAVING
            seats.append(Seat(f"{b.code}-SA-{i % teams + 1}", "P11", rate, b.code, tag))
        seats += [Seat(f"{b.code}-SA", "P12", 0.06, b.code) for _ in range(round(reps / 14))]
        # Two departures in every branch within the window, so that there are leavers at any scale.
        number = BRANCHES.index(b)
        for offset, unit, position in ((0, f"{b.code}-SA-1", "P11"), (11, f"{b.code}-CS-1", "P01")):
            last = date(2025, 10, 13) + timedelta(days=23 * number + offset)
            seats.append(Seat(unit, position, 0, b.code, leaves=_weekday(last)))
        for i in range(round(staff * 0.13)):
            seats.append(Seat(f"{b.code}-AD", "P81" if i % 2 else "P82", OTHER_LEAVING, b.code))
    return seats


def _people(company: Company, seats: list[Seat]) -> list[Person]:
    rng = company.rng("people")
    people: list[Person] = []
    horizon = WINDOW_END + timedelta(days=28)
    for index, seat in enumerate(seats):
        if seat.tag:
            hire = HISTORY_START - timedelta(days=int(rng.integers(200, 2500)))
            people.append(Person(index, _weekday(hire), None, None, tag=seat.tag, branch=seat.branch))
            continue
        if seat.leaves:
            hire = _weekday(HISTORY_START - timedelta(days=int(rng.integers(30, 700))))
            people.append(Person(index, hire, seat.leaves - timedelta(days=30), seat.leaves, branch=seat.branch))
            continue
        tenure = min(3600.0, 30 + rng.exponential(365 / seat.leaving_rate * 0.8))
        hire = _weekday(HISTORY_START - timedelta(days=int(tenure)))
        leave = HISTORY_START + timedelta(days=20 + int(rng.exponential(365 / seat.leaving_rate)))
        while True:
            if leave > horizon:
                people.append(Person(index, hire, None, None, branch=seat.branch))
                break
            dismissed = bool(rng.random() < 0.12)
            notice = None if dismissed else leave - timedelta(days=30 if (leave - hire).days > 200 else 7)
            if notice and notice > WINDOW_END:
                people.append(Person(index, hire, None, None, branch=seat.branch))
                break
            if dismissed and leave > WINDOW_END:
                leave = WINDOW_END - timedelta(days=2)
            people.append(Person(index, hire, notice, leave, dismissed, branch=seat.branch))
            hire = _weekday(leave + timedelta(days=int(rng.integers(4, 35))))
            if hire > WINDOW_END - timedelta(days=5):
                break
            leave = hire + timedelta(days=40 + int(rng.exponential(365 / seat.leaving_rate)))
    people.sort(key=lambda p: (p.hire, p.seat))
    for number, person in enumerate(people):
        person.number = number
        person.employee_id = f"YX{10000 + number}"
    return people


def term_end(start: date, years: int = 3) -> date:
    """Last day of an ordinary contract: the end of the month, so that it is never shorter than its full years."""
    year = start.year + years
    return date(year, start.month, monthrange(year, start.month)[1])


def _weekday(day: date) -> date:
    return day + timedelta(days=(7 - day.weekday()) % 7) if day.weekday() >= 5 else day


def _careers(company: Company, seats: list[Seat], people: list[Person]) -> None:
    """Who was transferred or promoted, and the roles that follow from it."""
    rng = company.rng("careers")
    for person in people:
        seat = seats[person.seat]
        position = seat.position_id
        person.history.append((person.hire, seat.org_unit_id, position, "hire"))
        end = person.notice or person.last or WINDOW_END
        span = (end - person.hire).days
        draw, moment = rng.random(), rng.random()
        when = _weekday(person.hire + timedelta(days=120 + int(moment * max(1, span - 160))))
        is_free = person.tag is None and span > 400 and when < end - timedelta(days=30)
        if is_free and position == "P01" and draw < 0.10:
            person.history.append((when, seat.org_unit_id, "P02", "promotion"))
        elif is_free and position in {"P01", "P02", "P11"} and draw < 0.17:
            person.history.append((when, _other_team(company, seat), position, "transfer"))
        elif is_free and position == "P01" and draw < 0.20 and person.branch != "B08":
            other = [b for b in BRANCHES if b.code not in {person.branch, "B08"}][int(draw * 1e6) % 6]
            person.history.append((when, f"{other.code}-CS-1", position, "transfer"))
        role = POSITIONS[position].role
        start = datetime.combine(person.hire, time(9))
        stop = _role_end(person, role)
        if role:
            person.roles.append((role, start, stop))
    _scripted_careers(people)


def _other_team(company: Company, seat: Seat) -> str:
    kind = "CS" if "-CS-" in seat.org_unit_id else "SA"
    branch = next(b for b in BRANCHES if b.code == seat.branch)
    teams = _team_count(company, kind, branch.staff_share)
    number = int(seat.org_unit_id.rsplit("-", 1)[1])
    return f"{seat.branch}-{kind}-{number % teams + 1}" if teams > 1 else f"{seat.branch}-{kind}"


def _role_end(person: Person, role: str | None) -> datetime | None:
    if person.notice and role in CUSTOMER_ROLES:
        return datetime.combine(person.notice, time(18))
    if person.last:
        return datetime.combine(person.last, time(19))
    return None


def _scripted_careers(people: list[Person]) -> None:
    def change(person: Person, when: datetime, position: str, event: str) -> None:
        unit = person.history[-1][1]
        role, start, _ = person.roles.pop()
        person.roles.append((role, start, when))
        person.roles.append((POSITIONS[position].role or "", when, None))
        person.history.append((when.date(), unit, position, event))

    change(tagged(people, "director_down"), DIRECTOR_STEPPED_DOWN, "P12", "position_change")
    change(tagged(people, "director_up"), DIRECTOR_PROMOTED, "P13", "promotion")
    for branch, when in REP_PROMOTED.items():
        change(tagged(people, f"{branch}_rep_2"), when, "P12", "promotion")
    acting = tagged(people, f"{ACTING_MANAGER_BRANCH}_cs_manager")
    acting.roles.append(("sales_manager", *ACTING_MANAGER))


def _manager(people_by_tag: dict[str, Person], unit: str, person: Person) -> str | None:
    if person.tag == "ceo":
        return None
    if person.branch is None:
        return people_by_tag["ceo"].employee_id
    branch = unit.split("-")[0]
    boss = people_by_tag[f"{branch}_gm"]
    if "-CS" in unit:
        boss = people_by_tag[f"{branch}_cs_manager"]
    elif "-SA" in unit:
        boss = people_by_tag[f"{branch}_sales_manager"]
    if boss is person:
        boss = people_by_tag[f"{branch}_gm"]
    return people_by_tag["ceo"].employee_id if boss is person else boss.employee_id


def _write(company: Company, people: list[Person]) -> None:
    rng = company.rng("identity")
    by_tag = {p.tag: p for p in people if p.tag}
    employees, events, contracts, grants, identities = [], [], [], [], []
    emp: dict[str, list] = {k: [] for k in EMP_TYPES}
    span: dict[str, list] = {k: [] for k in SPAN_TYPES}
    role_span: dict[str, list] = {k: [] for k in ROLE_TYPES}
    it_admin = by_tag["it_1"].employee_id
    namesakes = {"director_1": "王建国", "B01_rep": "王建国", "finance_1": "李静", "B02_rep": "李静"}
    for p in people:
        is_female = bool(rng.random() < 0.58)
        given = names.GIVEN_FEMALE if is_female else names.GIVEN_MALE
        full_name = names.SURNAMES[int(rng.integers(len(names.SURNAMES)))] + given[int(rng.integers(len(given)))]
        full_name = namesakes.get(p.tag or "", full_name)
        age_at_hire = int(rng.integers(20, 38)) * 365 + int(rng.integers(365))
        _, unit, position, _ = p.history[-1]
        info = POSITIONS[position]
        probation = p.hire + timedelta(days=90 if info.level <= 2 else 180)
        # Within the month that China allows; Japan wants the working conditions in writing at hire.
        taken = timedelta(days=int(rng.integers(0, 20)))
        signed = p.hire - taken if p.branch == "B08" else p.hire + taken
        terms = [(p.hire, term_end(p.hire))]
        while terms[-1][1] < min(p.last or WINDOW_END, WINDOW_END):
            start = terms[-1][1] + timedelta(days=1)
            terms.append((start, term_end(start)))
        is_left = bool(p.last and p.last <= WINDOW_END)
        status = "left" if is_left else "notice" if p.notice else "active"
        regime = "flexible" if info.level >= 6 else "standard"
        phone = f"1{('39', '58', '77', '86')[int(rng.integers(4))]}{int(rng.integers(10**8)):08d}"
        employees.append({
            "employee_id": p.employee_id, "full_name": full_name, "gender": "女" if is_female else "男",
            "birth_date": p.hire - timedelta(days=age_at_hire), "hire_date": p.hire, "probation_end_date": probation,
            "contract_signed_date": signed, "contract_end_date": terms[-1][1], "org_unit_id": unit,
            "position_id": position, "manager_id": _manager(by_tag, unit, p), "employment_status": status,
            "resignation_notice_date": p.notice, "last_working_date": p.last,
            "termination_reason": None if not p.last else "辞退" if p.dismissed else _REASONS[int(rng.integers(5))],
            "phone": phone, "email": f"{p.employee_id.lower()}@yunxiu.example", "im_account": f"yx_{p.employee_id[2:]}",
            "work_regime": regime, "weekly_hours": 40,
        })  # fmt: skip
        for k, (when, org, pos, kind) in enumerate(p.history):
            events.append(_event(p, k, kind, when, org, pos, _manager(by_tag, org, p)))
        if p.notice:
            events.append(_event(p, 8, "resignation_notice", p.notice, None, None, None))
        if is_left:
            events.append(_event(p, 9, "termination", p.last, None, None, None))
        for number, (start, end) in enumerate(terms, 1):
            contracts.append({
                "contract_no": f"LD{p.employee_id[2:]}-{number}", "employee_id": p.employee_id,
                "contract_type": "fixed", "start_date": start,
                "signed_date": signed if number == 1 else start - timedelta(days=10),
                "end_date": end, "probation_end_date": probation if number == 1 else None,
            })  # fmt: skip
        for role, since, until in p.roles:
            grants.append({
                "grant_id": company.take_id(GRANT), "employee_id": p.employee_id, "role_code": role,
                "granted_at": since, "revoked_at": until, "granted_by": it_admin,
            })  # fmt: skip
            _append(role_span, (p.number, role, since, until, DISCOUNT_FLOOR.get(role, 1.0)))
        joined = datetime.combine(p.hire, time(9))
        left = datetime.combine(p.last, time(19)) if is_left and p.last else None
        for system, account in (("im", f"yx_{p.employee_id[2:]}"), ("attendance", p.employee_id[2:]),
                                ("oa", f"{p.employee_id.lower()}@yunxiu.example")):  # fmt: skip
            identities.append({"system": system, "account": account, "valid_from": joined,
                               "employee_id": p.employee_id, "valid_to": left})  # fmt: skip
        off, shift = _rhythm(rng, info.family, position)
        ends = [*(h[0] for h in p.history[1:]), FAR_FUTURE]
        for (since, org, pos, _), until in zip(p.history, ends, strict=True):
            held = POSITIONS[pos]
            _append(span, (p.number, since, until, org, _branch_of(org), pos, held.family, held.role))
        ahead = 1 if p.branch == "B08" else 0
        pay = round(info.base_pay * (0.9 + 0.3 * rng.random()) * (1.25 if ahead else 1.0), -1)
        _append(emp, (p.number, p.employee_id, full_name, _branch_of(unit), unit, position, info.family, info.role,
                      p.hire, p.works_until, p.last or FAR_FUTURE, off[0], off[1], shift, ahead, pay,
                      p.tag))  # fmt: skip
    for dataset, rows in (("employees", employees), ("employee_events", events), ("employment_contracts", contracts),
                          ("permission_grants", grants), ("identities", identities)):  # fmt: skip
        company.add(dataset, rows)
    company.table("emp", emp, EMP_TYPES)
    company.table("emp_span", span, SPAN_TYPES)
    company.table("role_span", role_span, ROLE_TYPES)


_REASONS = ("个人发展", "家庭原因", "薪酬原因", "通勤距离", "继续深造")
EMP_TYPES = {
    "n": pa.int64(), "employee_id": pa.string(), "full_name": pa.string(), "branch": pa.string(),
    "org_unit_id": pa.string(), "position_id": pa.string(), "family": pa.string(), "role": pa.string(),
    "hire_date": pa.date32(), "works_until": pa.date32(), "last_day": pa.date32(), "off1": pa.int64(),
    "off2": pa.int64(), "shift": pa.string(), "hours_ahead": pa.int64(), "base_pay": pa.float64(), "tag": pa.string(),
}  # fmt: skip
SPAN_TYPES = {
    "n": pa.int64(), "from_day": pa.date32(), "to_day": pa.date32(), "org_unit_id": pa.string(),
    "branch": pa.string(), "position_id": pa.string(), "family": pa.string(), "role": pa.string(),
}  # fmt: skip
ROLE_TYPES = {
    "n": pa.int64(), "role": pa.string(), "since": pa.timestamp("us"), "until": pa.timestamp("us"),
    "floor": pa.float64(),
}  # fmt: skip


def _append(columns: dict[str, list], values: tuple) -> None:
    for column, value in zip(columns.values(), values, strict=True):
        column.append(value)


def _event(
    p: Person, k: int, kind: str, when: date | None, org: str | None, position: str | None, manager: str | None
) -> dict[str, object]:
    return {
        "event_id": f"YD{p.employee_id[2:]}{k}", "employee_id": p.employee_id, "event_type": kind,
        "effective_date": when, "org_unit_id": org, "position_id": position, "manager_id": manager,
    }  # fmt: skip


def _branch_of(org_unit_id: str) -> str:
    head = org_unit_id.split("-")[0]
    return "HQ" if head == GROUP_ID else head


def _rhythm(rng: np.random.Generator, family: str, position: str) -> tuple[tuple[int, int], str]:
    """The two fixed days off (ISO weekdays) and the shift of one person."""
    draw, when = int(rng.integers(7)), rng.random()
    if family != "customer_service" or position == "P03":
        return (6, 7), "day"
    shift = "early" if when < 0.34 else "middle" if when < 0.6 else "late"
    return (draw + 1, (draw + 1) % 7 + 1), shift


def _seat_spans(company: Company, seats: list[Seat], people: list[Person]) -> None:
    """Who looks after the customers of each sales seat, with the branch's sales manager standing in for leavers."""
    by_tag = {p.tag: p for p in people if p.tag}
    columns: dict[str, list] = {k: [] for k in SEAT_TYPES}
    occupants: dict[int, list[Person]] = {}
    for p in people:
        occupants.setdefault(p.seat, []).append(p)
    for index, seat in enumerate(seats):
        if seat.position_id != "P11":
            continue
        cover = by_tag[f"{seat.branch}_sales_manager"].number
        cursor = datetime(2000, 1, 1)
        for p in sorted(occupants[index], key=lambda p: p.hire):
            begins = datetime.combine(p.hire + timedelta(days=10), time(9, 30))
            ends = datetime.combine(p.works_until, time(17)) if p.works_until < FAR_FUTURE else None
            if ends and ends <= begins:
                continue
            if cursor > datetime(2000, 1, 1):
                _append(columns, (index, seat.branch, cover, cursor, begins, "handover"))
                _append(columns, (index, seat.branch, p.number, begins, ends, "rebalance"))
            else:
                _append(columns, (index, seat.branch, p.number, cursor, ends, "assigned"))
            if ends is None:
                break
            cursor = ends
        else:
            _append(columns, (index, seat.branch, cover, cursor, None, "handover"))
    company.table("seat_span", columns, SEAT_TYPES)


SEAT_TYPES = {
    "seat": pa.int64(), "branch": pa.string(), "n": pa.int64(), "since": pa.timestamp("us"),
    "until": pa.timestamp("us"), "reason": pa.string(),
}  # fmt: skip


def _calendar(company: Company) -> None:
    all_days = days(HISTORY_START, WINDOW_END)
    company.table(
        "calendar",
        {
            "day": all_days,
            "weekday": [d.isoweekday() for d in all_days],
            "is_statutory": [d in STATUTORY_HOLIDAYS for d in all_days],
            "is_japanese_holiday": [d in JAPANESE_HOLIDAYS for d in all_days],
            "is_break": [any(a <= d <= b for a, b in LONG_BREAKS) or d in STATUTORY_HOLIDAYS for d in all_days],
            "activity": [day_activity(d) for d in all_days],
            "in_window": [d >= WINDOW_START for d in all_days],
        },
        {
            "day": pa.date32(), "weekday": pa.int64(), "is_statutory": pa.bool_(),
            "is_japanese_holiday": pa.bool_(), "is_break": pa.bool_(), "activity": pa.float64(),
            "in_window": pa.bool_(),
        },
    )  # fmt: skip


def _shifts(company: Company) -> None:
    """One row per person and working day, over the whole history."""
    company.sql("""
        create table shift as
        with hours(shift, starts, ends, break_minutes) as (
            values ('day', 540, 1080, 60), ('early', 540, 1050, 30), ('middle', 690, 1200, 30), ('late', 840, 1350, 30)
        )
        select
            (s.n * 100000 + (c.day - date '2020-01-01'))::bigint as k,
            s.n, c.day, c.weekday, c.in_window, s.org_unit_id, s.branch, s.family, s.role, e.shift, c.activity,
            c.day + to_minutes(h.starts) as starts_at,
            c.day + to_minutes(h.ends) as ends_at,
            h.break_minutes,
            c.day < e.works_until and c.day >= e.hire_date + 7 as serves_customers,
            c.in_window and rnd(s.n * 100000 + (c.day - date '2020-01-01'), 'leave') < 0.025
                and c.day < e.works_until and e.tag is null as is_on_leave
        from emp_span s
        join emp e on e.n = s.n
        join hours h on h.shift = e.shift
        join calendar c on c.day >= s.from_day and c.day < s.to_day and c.day <= e.last_day
        where c.weekday not in (e.off1, e.off2)
            and not (case when s.branch = 'B08' then c.is_japanese_holiday when e.shift = 'day' then c.is_break
                else c.is_statutory end)
    """)
