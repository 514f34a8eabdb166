"""Story 4, the other half: service errors whose cause the records tell, and errors that only seem to tell one.

Belongs here: the planted errors with the trainings, articles, readings and tickets around them, and their truth, which
is stated case by case from what was planted. Does not belong here: what follows for every other error (`cause_truth`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from pipelines.demo.company import TICKET, Company
from pipelines.demo.desk import AHEAD
from pipelines.demo.staff import Person

KNOWLEDGE, SYSTEM, PROCESS, NEGLIGENCE = "knowledge_gap", "system_not_synced", "process_flaw", "negligence"
UNDECIDABLE = "undecidable"
STEPS = ("受理", "报价", "下单", "发货", "售后")
CARELESS = "疏忽"
# Each case of a kind has a time of its own, so far from the next that neither is of the other's period.
FIRST_CASE, BETWEEN_CASES, MOST_CASES = datetime(2025, 11, 5, 10), timedelta(days=24), 8
# So early that the records of who read what do not reach back as far as the policy looks.
EARLY_CASE = datetime(2025, 8, 12, 10)
DAY = timedelta(days=1)


@dataclass
class _Records:
    """Collects what the systems hold around the planted errors, and what each error is an example of."""

    company: Company
    rng: np.random.Generator
    pool: list[Person]
    rows: dict[str, list[dict[str, Any]]] = field(init=False)
    truth: list[tuple[str, str, str]] = field(default_factory=list)
    taken: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.rows = {
            k: [] for k in ("service_errors", "tickets", "training_records", "knowledge_articles", "knowledge_access")
        }
        self.clients: dict[str, list[str]] = {}
        for branch, customer_id in self.company.rows(
            "select b.branch, c.customer_id from branch_customer b join customer c on c.c = b.c order by b.c"
        ):
            self.clients.setdefault(branch, []).append(customer_id)
        self.articles = self.company.rows("select count(distinct article_id) from knowledge_articles")[0][0]

    def somebody(self, category: str) -> Person:
        """Somebody who has met the category in no other case, so that no record of one speaks in another."""
        number = self.taken[category]
        self.taken[category] += 1
        if number >= len(self.pool):
            raise ValueError(f"too few agents for the errors of {category}")
        return self.pool[(number + sum(category.encode())) % len(self.pool)]

    def article(self, category: str, *versions: tuple[datetime, datetime | None]) -> str:
        """An article by when each version was written and when it reached the agents, in the group's time."""
        article_id = f"ZS{self.articles:04d}"
        self.articles += 1
        for number, (updated_at, synced_at) in enumerate(versions, 1):
            self.rows["knowledge_articles"].append({
                "article_id": article_id, "version": number, "category": category, "updated_at": updated_at,
                "synced_at": synced_at,
            })  # fmt: skip
        return article_id

    def old_article(self, category: str) -> str:
        written = datetime(2025, 2, 3, 10)
        return self.article(category, (written, written + timedelta(minutes=5)))

    def training(
        self, person: Person, topic: str, assigned: datetime, due: datetime, completed: datetime | None, score: int,
        *, is_conduct: bool = False,
    ) -> None:  # fmt: skip
        self.rows["training_records"].append({
            "training_id": f"PX9{len(self.rows['training_records']):06d}", "employee_id": person.employee_id,
            "course_code": "CMP-RED" if is_conduct else "SKL-TOP",
            "course_name": "廉洁与红包红线" if is_conduct else "业务专题培训",
            "category": "compliance" if is_conduct else "skill", "topic": topic, "assigned_at": assigned,
            "due_at": due, "completed_at": completed, "score": score if completed else None,
        })  # fmt: skip

    def trained(
        self, person: Person, topic: str, when: datetime, *, score: int = 88, is_conduct: bool = False
    ) -> None:  # fmt: skip
        """A course that was done in time, well before the error."""
        assigned, due, completed = when - 100 * DAY, when - 79 * DAY, when - 90 * DAY
        self.training(person, topic, assigned, due, completed, score, is_conduct=is_conduct)

    def reading(self, person: Person, article_id: str, when: datetime) -> None:
        self.rows["knowledge_access"].append({
            "access_id": f"FW9{len(self.rows['knowledge_access']):09d}", "employee_id": person.employee_id,
            "article_id": article_id, "accessed_at": when,
        })  # fmt: skip

    def ticket(self, person: Person, category: str, opened: datetime) -> str:
        ticket_id = self.company.take_id(TICKET)
        clients = self.clients[person.branch or ""]
        self.rows["tickets"].append({
            "ticket_id": ticket_id, "employee_id": person.employee_id, "category": category,
            "customer_id": clients[int(self.rng.integers(len(clients)))], "opened_at": opened,
            "first_response_at": opened + timedelta(seconds=15 + int(self.rng.integers(80))),
            "resolved_at": opened + timedelta(hours=2), "satisfaction": 4 + int(self.rng.integers(2)),
            "is_complaint": False,
        })  # fmt: skip
        return ticket_id

    def tickets(self, person: Person, category: str, before: datetime, count: int) -> None:
        """Tickets that the person handled in the two months before the error."""
        for number in range(count):
            self.ticket(person, category, before - 4 * DAY - number * 2 * DAY + timedelta(minutes=11 * number))

    def error(
        self, person: Person, category: str, step: str, when: datetime, cause: str, kind: str,
        *, reported: str | None = None, handled_by: Person | None = None,
    ) -> None:  # fmt: skip
        number = len(self.rows["service_errors"])
        error_id = f"CW8{number:06d}"
        is_costly = number % 4 == 1
        self.rows["service_errors"].append({
            "error_id": error_id, "employee_id": person.employee_id, "category": category, "process_step": step,
            "ticket_id": self.ticket(handled_by or person, category, when - timedelta(minutes=40)),
            "occurred_at": when, "loss_amount": float(self.rng.integers(*((1000, 9000) if is_costly else (40, 900)))),
            "reported_cause": reported, "currency": "CNY",
        })  # fmt: skip
        self.truth.append((cause, kind, error_id))

    def hand_in(self) -> None:
        for dataset, rows in self.rows.items():
            self.company.add(dataset, rows)
        self.company.con.executemany(
            "insert into truth_causes select error_id, employee_id, occurred_at, ?, ? from service_errors "
            "where error_id = ?",
            self.truth,
        )


def group_time(person: Person, when: datetime) -> datetime:
    """The moment of the person's own clock as the group's systems write it."""
    return when - AHEAD[person.branch or ""]


def plant(company: Company, pool: list[Person]) -> None:
    """Plant errors of each cause, and look-alikes, among agents of `pool` who stay for the whole year."""
    rng = company.rng("causes")
    book = _Records(company, rng, [pool[i] for i in rng.permutation(len(pool))])
    sized = company.world.sized
    many, some = min(sized(5, 2), MOST_CASES), min(sized(3, 1), MOST_CASES)
    for plan, count in (
        (_knowledge_gaps, many), (_systems_behind, many), (_flawed_steps, min(sized(2, 1), 3)), (_negligence, many),
        (_seemingly_taught, some), (_seemingly_behind, some), (_seemingly_careless, some), (_seemingly_many, 1),
    ):  # fmt: skip
        plan(book, [FIRST_CASE + number * BETWEEN_CASES for number in range(count)])
    book.hand_in()


def _each(book: _Records, category: str, step: str, moments: list[datetime], plan: Callable[..., None]) -> None:
    """One case after another, each of somebody else and at some minute of that working day."""
    for moment in moments:
        plan(book.somebody(category), category, step, moment + timedelta(minutes=int(book.rng.integers(420))))


def _knowledge_gaps(book: _Records, moments: list[datetime]) -> None:
    def never_trained(person: Person, category: str, step: str, when: datetime) -> None:
        book.error(person, category, step, when, KNOWLEDGE, "never_trained", reported="不了解规则")

    def past_due(person: Person, category: str, step: str, when: datetime) -> None:
        """Trained in the end, but only after it was due and after the error."""
        book.training(person, category, when - 31 * DAY, when - 10 * DAY, when + 5 * DAY, 81)
        book.error(person, category, step, when, KNOWLEDGE, "training_past_due", reported=CARELESS)

    def failed(person: Person, category: str, step: str, when: datetime) -> None:
        book.trained(person, category, when, score=45)
        book.error(person, category, step, when, KNOWLEDGE, "training_failed")

    def not_yet(person: Person, category: str, step: str, when: datetime) -> None:
        book.training(person, category, when - 5 * DAY, when + 16 * DAY, when + 10 * DAY, 84)
        book.error(person, category, step, when, KNOWLEDGE, "training_not_due_yet", reported=CARELESS)

    def outdated(person: Person, category: str, step: str, when: datetime) -> None:
        written = group_time(person, when) - 20 * DAY
        article = book.article(
            category, (datetime(2025, 3, 3, 10), datetime(2025, 3, 3, 11)), (written, written + timedelta(minutes=9))
        )
        book.reading(person, article, when - 33 * DAY)
        book.error(person, category, step, when, KNOWLEDGE, "read_an_older_version", reported="业务不熟")

    for category in ("exchange", "membership"):
        book.old_article(category)
    _each(book, "exchange", STEPS[0], moments, never_trained)
    _each(book, "exchange", STEPS[1], moments, past_due)
    _each(book, "membership", STEPS[2], moments, failed)
    _each(book, "membership", STEPS[3], moments, not_yet)
    _each(book, "washing_advice", STEPS[4], moments, outdated)


def _systems_behind(book: _Records, moments: list[datetime]) -> None:
    """The person knew the old rule; the new one had not reached the service desk."""

    def case(person: Person, category: str, step: str, when: datetime, synced: timedelta | None, kind: str) -> None:
        now = group_time(person, when)
        written = now - timedelta(days=2, minutes=int(book.rng.integers(1200)))
        article = book.article(
            category, (datetime(2025, 3, 3, 10), datetime(2025, 3, 3, 11)), (written, now + synced if synced else None)
        )
        book.trained(person, category, when)
        book.reading(person, article, when - 12 * DAY)
        book.error(person, category, step, when, SYSTEM, kind, reported=CARELESS if synced else "系统未同步")

    _each(book, "presale", STEPS[0], moments, lambda *a: case(*a, synced=3 * DAY, kind="not_yet_synced"))
    _each(book, "presale", STEPS[1], moments, lambda *a: case(*a, synced=None, kind="never_synced"))


def _flawed_steps(book: _Records, moments: list[datetime]) -> None:
    """Everybody who handles the matter fails at the same step, though all were taught."""
    for category, step, size, kind in (
        ("gift_card", "退款核对", 5, "many_persons"), ("trade_in", "旧件估价", 4, "just_enough_persons")
    ):  # fmt: skip
        article = book.old_article(category)
        for moment in moments:
            book.taken[category] = 0
            for number in range(size):
                person, when = book.somebody(category), moment + number * 2 * DAY
                if moment == moments[0]:
                    book.trained(person, category, when)
                book.reading(person, article, when - 9 * DAY)
                book.error(person, category, step, when, PROCESS, kind, reported=CARELESS if number else "流程不清")


def _negligence(book: _Records, moments: list[datetime]) -> None:
    def knew(person: Person, category: str, article: str, when: datetime) -> None:
        book.trained(person, category, when)
        book.reading(person, article, when - 8 * DAY)
        book.tickets(person, category, when, 2)

    def knew_better(person: Person, category: str, step: str, when: datetime) -> None:
        knew(person, category, coupons, when)
        book.error(person, category, step, when, NEGLIGENCE, "trained_and_read", reported="流程不清")

    def once_more(person: Person, category: str, step: str, when: datetime) -> None:
        knew(person, category, warnings, when)
        book.error(person, category, step, when, NEGLIGENCE, "trained_and_read", reported=CARELESS)
        book.error(person, category, step, when + 11 * DAY, NEGLIGENCE, "again_though_trained", reported=CARELESS)

    def old_hand(person: Person, category: str, step: str, when: datetime) -> None:
        book.trained(person, category, when)
        book.tickets(person, category, when, 20)
        book.error(person, category, step, when, NEGLIGENCE, "trained_and_experienced", reported="粗心")

    coupons, warnings = book.old_article("coupon"), book.old_article("repair")
    book.old_article("installation")
    _each(book, "coupon", STEPS[2], moments, knew_better)
    _each(book, "repair", STEPS[3], moments, once_more)
    _each(book, "installation", STEPS[4], moments, old_hand)


def _seemingly_taught(book: _Records, moments: list[datetime]) -> None:
    """Training that came afterwards, that teaches something else, or that nobody can know of."""

    def afterwards(person: Person, category: str, step: str, when: datetime) -> None:
        book.training(person, category, when + 3 * DAY, when + 24 * DAY, when + 9 * DAY, 90)
        book.reading(person, customs, when - 8 * DAY)
        book.tickets(person, category, when, 2)
        book.error(person, category, step, when, UNDECIDABLE, "trained_after_the_error", reported=CARELESS)

    def of_conduct(person: Person, category: str, step: str, when: datetime) -> None:
        book.trained(person, category, when, is_conduct=True)
        book.tickets(person, category, when, 2)
        book.error(person, category, step, when, UNDECIDABLE, "only_a_compliance_course", reported="不了解规则")

    def early(person: Person, category: str, step: str, when: datetime) -> None:
        book.trained(person, category, when, is_conduct=True)
        book.error(person, category, step, when, UNDECIDABLE, "records_too_young", reported="不了解规则")

    customs = book.old_article("customs")
    for category in ("gift_wrap", "self_pickup"):
        book.old_article(category)
    _each(book, "customs", STEPS[0], moments, afterwards)
    _each(book, "gift_wrap", STEPS[1], moments, of_conduct)
    _each(book, "self_pickup", STEPS[2], [EARLY_CASE + n * DAY for n in range(len(moments))], early)


def _seemingly_behind(book: _Records, moments: list[datetime]) -> None:
    """Articles that changed too late, too early, or in time: of somebody who was taught and did not read them."""
    first = (datetime(2025, 3, 3, 10), datetime(2025, 3, 3, 11))

    def case(
        person: Person,
        category: str,
        step: str,
        when: datetime,
        written: timedelta,
        synced: timedelta | None,
        kind: str,
    ) -> None:
        now = group_time(person, when)
        book.article(category, first, (now + written, now + synced if synced else None))
        book.trained(person, category, when)
        book.tickets(person, category, when, 2)
        book.error(person, category, step, when, UNDECIDABLE, kind, reported="系统未同步")

    hour, minute = timedelta(hours=1), timedelta(minutes=1)
    for category, step, written, synced, kind in (
        ("size_guide", STEPS[0], 2 * DAY, 5 * DAY, "updated_after_the_error"),
        ("care_label", STEPS[1], -hour, -minute, "synced_just_before"),
        ("delivery_slot", STEPS[2], -15 * DAY, None, "updated_long_before"),
    ):
        _each(
            book, category, step, moments,
            lambda *a, w=written, s=synced, k=kind: case(*a, written=w, synced=s, kind=k),
        )  # fmt: skip


def _seemingly_careless(book: _Records, moments: list[datetime]) -> None:
    """Reported as careless, and the records do not say so."""

    def only_reported(person: Person, category: str, step: str, when: datetime) -> None:
        book.trained(person, category, when)
        book.tickets(person, category, when, 2)
        book.error(person, category, step, when, UNDECIDABLE, "only_reported", reported=CARELESS)

    def nearly_an_old_hand(person: Person, category: str, step: str, when: datetime) -> None:
        book.trained(person, category, when)
        book.tickets(person, category, when, 19)
        book.error(person, category, step, when, UNDECIDABLE, "not_experienced_enough", reported=CARELESS)

    def of_another(person: Person, category: str, step: str, when: datetime) -> None:
        book.trained(person, category, when)
        book.reading(person, matches, when - 8 * DAY)
        book.tickets(person, category, when, 20)
        other = next(p for p in book.pool if p is not person)
        book.error(
            person, category, step, when, UNDECIDABLE, "ticket_of_another", reported=CARELESS, handled_by=other
        )  # fmt: skip

    matches = book.old_article("price_match")
    for category in ("loyalty_points", "alteration"):
        book.old_article(category)
    _each(book, "loyalty_points", STEPS[0], moments, only_reported)
    _each(book, "alteration", STEPS[1], moments, nearly_an_old_hand)
    _each(book, "price_match", STEPS[2], moments, of_another)


def _seemingly_many(book: _Records, moments: list[datetime]) -> None:
    """One person short of many; and many at a time when the article was behind as well."""
    book.old_article("bulk_order")
    for number in range(3):
        person, when = book.somebody("bulk_order"), moments[0] + number * 2 * DAY
        book.trained(person, "bulk_order", when)
        book.tickets(person, "bulk_order", when, 2)
        book.error(person, "bulk_order", "拆单", when, UNDECIDABLE, "one_person_short", reported="流程不清")
    written = moments[0] - 2 * DAY
    book.article("recall", (datetime(2025, 3, 3, 10), datetime(2025, 3, 3, 11)), (written, written + 9 * DAY))
    for number in range(4):
        person, when = book.somebody("recall"), moments[0] + number * DAY
        book.trained(person, "recall", when)
        book.error(person, "recall", "召回登记", when, UNDECIDABLE, "system_or_process", reported=CARELESS)
