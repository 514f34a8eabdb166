"""Story 2: company customers used privately, among customers who were merely quiet.

Belongs here: the planted POACH cases with their truth, and the look-alikes with the reason why they are legal.
Does not belong here: field days (`attendance`), private gifts (`chats`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import numpy as np

from pipelines.demo.company import CHANGE, CONTRACT, QUOTE, RECEIPT, Company
from pipelines.demo.desk import Desk, SoldLine
from pipelines.demo.goods import Good
from pipelines.demo.staff import Person

STORY = "order_poaching"
DAY = timedelta(days=1)
END = datetime(2026, 6, 30, 15)


class Reserve:
    """Customers set aside for planted cases: nobody else deals with them, and their owner never changes."""

    def __init__(self, company: Company, rng: np.random.Generator) -> None:
        rows = company.rows(
            "select customer_id, branch, grade from customer where is_set_aside and not is_prospect order by c"
        )
        order = rng.permutation(len(rows))
        self.free = [rows[i] for i in order]

    def take(self, grades: str = "ABCD", branches: Sequence[str] | None = None) -> tuple[str, str]:
        """A customer (id, branch) that no other case uses."""
        for k, (customer, branch, grade) in enumerate(self.free):
            if grade in grades and (branches is None or branch in branches):
                del self.free[k]
                return customer, branch
        raise LookupError("no customer left to plant a case on")


class _Stage:
    def __init__(self, company: Company, people: list[Person], goods: list[Good], reserve: Reserve) -> None:
        self.company, self.reserve = company, reserve
        self.rng = company.rng("poaching")
        self.desk = Desk(company, people, goods, self.rng)

    def client(self, branches: Sequence[str] | None = None) -> tuple[str, Person]:
        """A set-aside customer and its owner."""
        customer, branch = self.reserve.take(branches=branches)
        return customer, self.desk.by_tag[f"{branch}_rep"]

    def moment(self, start: datetime, end: datetime) -> datetime:
        """A working moment between two days."""
        while True:
            day = start + DAY * int(self.rng.integers((end - start).days))
            if day.isoweekday() < 6:
                return day.replace(hour=10) + timedelta(minutes=int(self.rng.integers(360)))

    def status(self, customer: str, when: datetime, old: str, new: str, by: Person) -> None:
        """The customer's status changes, now and in the history."""
        self.company.add("customer_changes", [{
            "change_id": self.company.take_id(CHANGE), "customer_id": customer, "changed_at": when, "field": "status",
            "old_value": old, "new_value": new, "changed_by": by.employee_id,
        }])  # fmt: skip
        self.company.sql(
            "update customers set status = ?, status_changed_at = ? where customer_id = ?", [new, when, customer]
        )

    def pending(self, since: datetime, talks: Sequence[float], weekly_from: float | None = None) -> tuple[str, Person]:
        """A customer pending signature since `since`, spoken to after so many days, then weekly to the end."""
        customer, owner = self.client()
        self.status(customer, since, "quoting", "pending_signature", owner)
        for after in [0.01, *talks]:
            self.desk.talk(customer, owner, since + DAY * after, "跟进合同签署进度")
        while weekly_from is not None and since + DAY * weekly_from < END:
            self.desk.talk(customer, owner, since + DAY * weekly_from, "跟进合同签署进度")
            weekly_from += 6
        return customer, owner

    def hit(self, rule: str, subject: str, person: Person | None, when: datetime, note: str) -> None:
        self.company.violation(rule, subject, person.employee_id if person else None, when, STORY, note)

    def line(self, when: datetime) -> list[SoldLine]:
        return [SoldLine(self.desk.good_on_sale(when), self.desk.quantity(), 1.0, None)]


def plant(company: Company, people: list[Person], goods: list[Good], reserve: Reserve) -> None:
    """Plant every POACH case and look-alike. Private receipts of other stories are counted here too."""
    stage = _Stage(company, people, goods, reserve)
    for case, at_scale_one, minimum in _CASES:
        for _ in range(company.world.sized(at_scale_one, minimum)):
            case(stage)
    stage.desk.hand_in()
    company.sql(f"""
        insert into truth_violations
        select 'POACH-04', receipt_id, payee_employee_id, received_at, '{STORY}', 'paid to a private account', 'n.a.',
            'open'
        from receipts where payee_type = 'private'
    """)


# --- POACH-01: no approval ------------------------------------------------------------------------------------------


def _order_without_approval(request_status: str | None) -> Callable[[_Stage], None]:
    def case(s: _Stage) -> None:
        when = s.moment(datetime(2025, 8, 1), datetime(2026, 6, 20))
        seller = s.desk.choose(s.desk.sellers("sales_rep", when))
        order = s.desk.order(seller, when, s.line(when), with_order_request=False)
        if request_status:
            at = s.desk.group_time(seller, when) - timedelta(hours=3)
            s.desk.request("order", order, seller, [], status=request_status, decided=at)
        s.hit("POACH-01", order, seller, when, f"order request: {request_status or 'none'}")

    return case


def _contract_without_approval(s: _Stage) -> None:
    when = s.moment(datetime(2025, 8, 1), datetime(2026, 6, 20))
    customer, owner = s.client()
    contract = s.company.take_id(CONTRACT)
    s.desk.talk(customer, owner, when - DAY)
    s.company.add("contracts", [{
        "contract_id": contract, "customer_id": customer, "employee_id": owner.employee_id, "signed_at": when,
        "amount": 80000, "currency": "CNY",
    }])  # fmt: skip
    s.hit("POACH-01", contract, owner, when, "contract signed without any request")


def _not_yet_binding(status: str) -> Callable[[_Stage], None]:
    def case(s: _Stage) -> None:
        when = s.moment(datetime(2025, 8, 1), datetime(2026, 6, 20))
        seller = s.desk.choose(s.desk.sellers("sales_rep", when))
        order = s.desk.order(seller, when, s.line(when), status=status, with_order_request=False)
        s.company.look_alike("POACH-01", order, f"{status}_order", "neither committed nor shipped")

    return case


def _under_a_contract(s: _Stage) -> None:
    orders = s.company.rows("select order_id from orders where contract_id is not null order by order_id")
    s.company.look_alike("POACH-01", s.desk.choose(orders)[0], "under_approved_contract", "the contract was approved")


# --- POACH-02: an order out of nowhere --------------------------------------------------------------------------------


def _order_out_of_nowhere(last_talk_days: int | None) -> Callable[[_Stage], None]:
    def case(s: _Stage) -> None:
        customer, owner = s.client()
        when = s.moment(datetime(2025, 12, 1), datetime(2026, 6, 20))
        if last_talk_days:
            s.desk.talk(customer, owner, when - DAY * last_talk_days)
        order = s.desk.order(owner, when, s.line(when), customer=customer, with_talk=False)
        s.hit("POACH-02", order, owner, when, f"last contact: {last_talk_days or 'never'} days before")

    return case


def _order_after_some_contact(kind: str) -> Callable[[_Stage], None]:
    def case(s: _Stage) -> None:
        customer, owner = s.client()
        when = s.moment(datetime(2025, 12, 1), datetime(2026, 6, 20))
        quote = None
        if kind == "talk_85_days_before":
            s.desk.talk(customer, owner, when - DAY * 85)
        elif kind == "talk_by_a_colleague":
            manager = s.desk.by_tag[f"{owner.branch}_sales_manager"]
            s.desk.talk(customer, manager, when - DAY * 30)
        else:
            quote = s.company.take_id(QUOTE)
            s.company.add("quotes", [{
                "quote_id": quote, "customer_id": customer, "employee_id": owner.employee_id,
                "quoted_at": when - DAY * 12, "amount": 9000, "discount_rate": 1.0, "currency": "CNY",
                "valid_until": (when + DAY * 18).date(),
            }])  # fmt: skip
        order = s.desk.order(owner, when, s.line(when), customer=customer, quote_id=quote, with_talk=False)
        s.company.look_alike("POACH-02", order, kind, "little contact, but some")

    return case


# --- POACH-03: stalled ---------------------------------------------------------------------------------------------


def _stalled_to_this_day(s: _Stage) -> None:
    since = s.moment(datetime(2026, 5, 4), datetime(2026, 6, 10))
    customer, owner = s.pending(since, [2] if s.rng.random() < 0.5 else [])
    s.hit("POACH-03", customer, owner, since, "pending, no contact since")


def _stalled_once(s: _Stage) -> None:
    since = s.moment(datetime(2026, 2, 24), datetime(2026, 4, 20))
    customer, owner = s.pending(since, [], weekly_from=20 + float(s.rng.random()) * 10)
    s.hit("POACH-03", customer, owner, since, "a stall of weeks, contact again since")


def _stalled_twice(s: _Stage) -> None:
    since = s.moment(datetime(2026, 1, 5), datetime(2026, 3, 10))
    customer, owner = s.pending(since, [20, 26, 32], weekly_from=56)
    s.hit("POACH-03", customer, owner, since, "first stall of two")
    s.hit("POACH-03", customer, owner, since + DAY * 32, "second stall of two")


def _not_stalled(kind: str) -> Callable[[_Stage], None]:
    def case(s: _Stage) -> None:
        since = s.moment(datetime(2026, 3, 2), datetime(2026, 5, 20))
        if kind == "contact_every_week":
            customer, _ = s.pending(since, [], weekly_from=6)
        elif kind == "a_gap_of_almost_two_weeks":
            customer, _ = s.pending(since, [], weekly_from=13.7)
        elif kind == "pending_for_nine_days":
            customer, _ = s.pending(s.moment(datetime(2026, 6, 20), datetime(2026, 6, 23)), [])
        elif kind == "contact_by_the_manager":
            customer, owner = s.pending(since, [9], weekly_from=26)
            s.desk.talk(customer, s.desk.by_tag[f"{owner.branch}_sales_manager"], since + DAY * 18, "经理陪同跟进")
        else:
            customer, owner = s.client()
            s.status(customer, since, "following", "quoting", owner)
            s.desk.talk(customer, owner, since + DAY * 0.01)
        s.company.look_alike("POACH-03", customer, kind, "not pending, or not silent for that long")

    return case


# --- POACH-04 and 05 ------------------------------------------------------------------------------------------------


def _private_receipt(s: _Stage) -> None:
    customer, owner = s.client()
    when = s.moment(datetime(2025, 8, 1), datetime(2026, 6, 20))
    s.company.add("receipts", [_receipt(s, customer, when, "private", owner)])


def _company_receipt(kind: str) -> Callable[[_Stage], None]:
    def case(s: _Stage) -> None:
        customer, _ = s.client()
        when = s.moment(datetime(2025, 8, 1), datetime(2026, 6, 20))
        row = _receipt(s, customer, when, "company", None)
        row |= {
            "company_wallet": {"payee_account": "pay@yunxiu.example", "method": "支付宝", "memo": "企业支付宝"},
            "paid_by_a_person": {"memo": "店主个人代付货款", "method": "银行卡"},
            "cash_at_the_counter": {"payee_account": "CASH-01", "method": "现金", "memo": "门市现金，当日缴存"},
        }[kind]
        s.company.add("receipts", [row])
        s.company.look_alike("POACH-04", str(row["receipt_id"]), kind, "the payee is the company")

    return case


def _receipt(s: _Stage, customer: str, when: datetime, payee: str, person: Person | None) -> dict[str, object]:
    return {
        "receipt_id": s.company.take_id(RECEIPT), "customer_id": customer, "received_at": when,
        "amount": float(s.rng.integers(20, 400) * 100), "payee_type": payee,
        "payee_account": f"62220{int(s.rng.integers(10**9)):09d}" if person else "33010101040012345",
        "payee_employee_id": person.employee_id if person else None, "method": "银行卡", "memo": "货款",
        "currency": "CNY",
    }  # fmt: skip


def _busy_elsewhere(s: _Stage, owner: Person, since: datetime, until: datetime) -> None:
    """The owner talks to six others in the first two weeks, and to six more in the last one."""
    others = s.desk.clients[owner.branch or ""]
    for k in range(6):
        s.desk.talk(s.desk.choose(others), owner, since + DAY * (2 + 2 * k), "日常维护")
        s.desk.talk(s.desk.choose(others), owner, until - DAY * (6 - k) + timedelta(minutes=30), "日常维护")


def _lost_after_a_stall(s: _Stage) -> None:
    since = s.moment(datetime(2025, 9, 1), datetime(2026, 5, 20))
    customer, owner = s.pending(since, [])
    lost = since + DAY * 22
    s.status(customer, lost, "pending_signature", "lost", owner)
    _busy_elsewhere(s, owner, since, lost)
    s.hit("POACH-03", customer, owner, since, "no contact until it was lost")
    s.hit("POACH-05", customer, owner, lost, "lost after a stall, while the owner was busy with others")


def _ended_otherwise(kind: str) -> Callable[[_Stage], None]:
    def case(s: _Stage) -> None:
        since = s.moment(datetime(2025, 9, 1), datetime(2026, 3, 20))
        if kind == "lost_without_a_stall":
            customer, owner = s.pending(since, [5, 10, 15])
            until, new = since + DAY * 20, "lost"
        elif kind == "signed_after_a_stall":
            customer, owner = s.pending(since, [])
            until, new = since + DAY * 22, "signed"
            s.hit("POACH-03", customer, owner, since, "no contact until it was signed")
        else:
            customer, owner = s.pending(since, [20, 26, 32, 38, 44, 50, 56, 62, 68])
            until, new = since + DAY * 70, "lost"
            s.hit("POACH-03", customer, owner, since, "a stall, then weekly contact")
        s.status(customer, until, "pending_signature", new, owner)
        _busy_elsewhere(s, owner, since, until)
        s.company.look_alike("POACH-05", customer, kind, "no loss soon after a stall")

    return case


_CASES: tuple[tuple[Callable[[_Stage], None], int, int], ...] = (
    (_order_without_approval(None), 20, 1),
    (_order_without_approval("pending"), 6, 1),
    (_order_without_approval("rejected"), 6, 1),
    (_contract_without_approval, 6, 1),
    (_not_yet_binding("draft"), 8, 1),
    (_not_yet_binding("cancelled"), 8, 1),
    (_under_a_contract, 8, 1),
    (_order_out_of_nowhere(None), 8, 1),
    (_order_out_of_nowhere(100), 6, 1),
    (_order_after_some_contact("talk_85_days_before"), 5, 1),
    (_order_after_some_contact("talk_by_a_colleague"), 5, 1),
    (_order_after_some_contact("quote_only"), 5, 1),
    (_stalled_to_this_day, 8, 1),
    (_stalled_once, 6, 1),
    (_stalled_twice, 4, 1),
    (_not_stalled("contact_every_week"), 5, 1),
    (_not_stalled("a_gap_of_almost_two_weeks"), 4, 1),
    (_not_stalled("pending_for_nine_days"), 4, 1),
    (_not_stalled("contact_by_the_manager"), 4, 1),
    (_not_stalled("quoting_and_silent"), 4, 1),
    (_private_receipt, 12, 2),
    (_company_receipt("company_wallet"), 4, 1),
    (_company_receipt("paid_by_a_person"), 4, 1),
    (_company_receipt("cash_at_the_counter"), 4, 1),
    (_lost_after_a_stall, 8, 1),
    (_ended_otherwise("lost_without_a_stall"), 5, 1),
    (_ended_otherwise("signed_after_a_stall"), 5, 1),
    (_ended_otherwise("lost_long_after"), 5, 1),
)
