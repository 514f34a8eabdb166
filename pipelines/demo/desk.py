"""The counter at which planted orders and requests are written up, complete in everything but the planted fault.

Belongs here: one order or request at a time, with its customer, contact history and paperwork.
Does not belong here: which fault is planted (`discounts` decides) or background volume (`trade`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from pipelines.demo.company import INTERACTION, ORDER, REQUEST, Company
from pipelines.demo.goods import Good
from pipelines.demo.handbook import DISCOUNT_FLOOR
from pipelines.demo.staff import Person
from pipelines.demo.world import BRANCHES, WINDOW_END

AHEAD = {b.code: timedelta(hours=b.hours_ahead) for b in BRANCHES}


@dataclass(frozen=True)
class Step:
    """One signature: who, in which step, when (group time)."""

    step_type: str
    signer: Person
    acted_at: datetime
    action: str = "approve"


@dataclass(frozen=True)
class SoldLine:
    good: Good
    quantity: int
    rate: float
    reason: str | None


@dataclass
class Desk:
    """Collects rows and hands them to the company at the end. All times are the seller's local time unless said."""

    company: Company
    people: list[Person]
    goods: list[Good]
    rng: np.random.Generator
    rows: dict[str, list[dict[str, Any]]] = field(init=False)
    late_rows: dict[str, list[dict[str, Any]]] = field(init=False)

    def __post_init__(self) -> None:
        self.rows = {k: [] for k in ("orders", "order_lines", "interactions", "approval_requests", "approval_steps")}
        self.late_rows = {"approval_requests": []}
        self.by_tag = {p.tag: p for p in self.people if p.tag}
        self.clients: dict[str, list[str]] = {}
        for branch, customer_id in self.company.rows(
            "select b.branch, c.customer_id from branch_customer b join customer c on c.c = b.c order by b.c"
        ):
            self.clients.setdefault(branch, []).append(customer_id)
        self.ordinary = [g for g in self.goods if g.tag is None]

    def choose(self, options: Sequence[Any]) -> Any:
        return options[int(self.rng.integers(len(options)))]

    def good(self, tag: str) -> Good:
        return next(g for g in self.goods if g.tag == tag)

    def good_on_sale(self, when: datetime) -> Good:
        return self.choose([g for g in self.ordinary if g.launched <= when])

    def good_off_season(self, when: datetime) -> Good:
        return self.choose([g for g in self.ordinary if g.off_from and g.off_from <= when])

    def good_in_season(self, when: datetime) -> Good:
        return self.choose([g for g in self.ordinary if g.launched <= when and not g.off_from])

    def quantity(self) -> int:
        return 5 + int(self.rng.integers(60))

    def floor(self, person: Person, when: datetime) -> float:
        held = [
            DISCOUNT_FLOOR.get(role, 1.0)
            for role, since, until in person.roles
            if since <= when and (until is None or when < until)
        ]
        return min(held, default=1.0)

    def sellers(self, role: str, when: datetime, branch: str | None = None) -> list[Person]:
        """People who serve customers at `when` and hold `role` and no other."""
        margin = timedelta(days=8)
        return [
            p
            for p in self.people
            if p.branch
            and (branch is None or p.branch == branch)
            and p.hire + margin <= when.date() < p.works_until - timedelta(days=2)
            and {r for r, since, until in p.roles if since <= when and (until is None or when < until)} == {role}
        ]

    def group_time(self, person: Person, local: datetime) -> datetime:
        return local - AHEAD.get(person.branch or "", timedelta())

    def order(
        self,
        seller: Person | None,
        when: datetime,
        lines: Sequence[SoldLine],
        *,
        branch: str | None = None,
        customer: str | None = None,
        status: str | None = None,
        quote_id: str | None = None,
        with_order_request: bool = True,
        with_talk: bool = True,
    ) -> str:
        """An order, by default with an earlier talk with the customer and the order's own approval."""
        order_id = self.company.take_id(ORDER)
        home = branch or (seller.branch if seller else None) or "B01"
        customer = customer or self.choose(self.clients[home])
        agent = seller or self.by_tag[f"{home}_rep"]
        self.rows["orders"].append({
            "order_id": order_id, "customer_id": customer, "employee_id": seller.employee_id if seller else None,
            "ordered_at": when, "channel": self.choose(["offline", "phone", "im", "fair"]), "list_amount": 0,
            "net_amount": 0, "quote_id": quote_id, "currency": "CNY",
            "status": status or ("shipped" if when.date() < WINDOW_END - timedelta(days=8) else "committed"),
        })  # fmt: skip
        for number, line in enumerate(lines, 1):
            self.rows["order_lines"].append({
                "order_id": order_id, "line_no": number, "product_id": line.good.product_id,
                "quantity": line.quantity, "list_price": line.good.list_price, "discount_rate": line.rate,
                "discount_reason": line.reason, "unit_cost": line.good.unit_cost, "currency": "CNY",
            })  # fmt: skip
        if with_talk:
            self.talk(customer, agent, when - timedelta(minutes=int(self.rng.integers(1500, 9000))))
        if with_order_request:
            manager = self.by_tag[f"{home}_sales_manager"]
            signer = self.by_tag["director_1"] if manager is agent else manager
            decided = self.group_time(agent, when) - timedelta(minutes=int(self.rng.integers(40, 900)))
            self.request("order", order_id, agent, [Step("sales_manager", signer, decided)])
        return order_id

    def talk(self, customer: str, person: Person, when: datetime, content: str = "确认订单数量与价格") -> None:
        """A follow-up with the customer by phone."""
        self.rows["interactions"].append({
            "interaction_id": self.company.take_id(INTERACTION), "customer_id": customer,
            "employee_id": person.employee_id, "channel": "phone", "occurred_at": when, "content": content,
            "next_step": "下周电话回访", "next_step_due": (when + timedelta(days=3)).date(),
        })  # fmt: skip

    def request(
        self,
        process_type: str,
        subject_id: str,
        applicant: Person,
        steps: Sequence[Step],
        *,
        value: float | None = None,
        requested: float | None = None,
        reason: str | None = None,
        status: str = "approved",
        submitted: datetime | None = None,
        decided: datetime | None = None,
        subject_type: str = "order",
        delivered_late: bool = False,
    ) -> str:
        """A request and its steps; times are group time. `decided` defaults to the last step's."""
        request_id = self.company.take_id(REQUEST)
        first = min((s.acted_at for s in steps), default=decided)
        last = max((s.acted_at for s in steps), default=decided)
        if first is None or last is None:
            raise ValueError("a request without steps needs the moment of its decision")
        start = submitted or first - timedelta(hours=3)
        ahead = AHEAD.get(applicant.branch or "", timedelta())
        is_decided = status in {"approved", "rejected"}
        row = {
            "request_id": request_id, "process_type": process_type, "applicant_id": applicant.employee_id,
            "submitted_at": start + ahead, "subject_type": subject_type, "subject_id": subject_id,
            "reason_code": reason, "reason": _REASON_TEXT.get(reason or ""), "requested_value": requested or value,
            "approved_value": value if status == "approved" else None, "status": status,
            "decided_at": (decided or last) + ahead if is_decided else None,
        }  # fmt: skip
        if delivered_late:
            self.late_rows["approval_requests"].append(row)
            row = {**row, "status": "pending", "approved_value": None, "decided_at": None}
        self.rows["approval_requests"].append(row)
        for number, step in enumerate(steps, 1):
            local = AHEAD.get(step.signer.branch or "", timedelta())
            received = max(start, step.acted_at - timedelta(minutes=30))
            self.rows["approval_steps"].append({
                "request_id": request_id, "step_no": number, "step_type": step.step_type,
                "approver_id": step.signer.employee_id, "action": step.action, "received_at": received + local,
                "acted_at": step.acted_at + local,
            })  # fmt: skip
        return request_id

    def proper_steps(self, last: datetime, reason: str | None = None) -> list[Step]:
        """All steps of a discount request in order, the last one at `last` (group time)."""
        director = self.by_tag[self.choose(["director_1", "director_2", "director_3"])]
        finance = self.by_tag[self.choose(["finance_1", "finance_2"])]
        steps = [
            Step("sales_director", director, last - timedelta(minutes=95)),
            Step("finance", finance, last),
        ]
        if reason == "off_season":
            merchandiser = self.by_tag[self.choose(["merchandiser_1", "merchandiser_2"])]
            steps.insert(0, Step("merchandise_confirm", merchandiser, last - timedelta(hours=5), "confirm"))
        return steps

    def hand_in(self) -> None:
        """Write everything collected to the company."""
        for dataset, rows in self.rows.items():
            self.company.add(dataset, rows)
            rows.clear()


_REASON_TEXT = {
    "off_season": "商品已过季，申请特价",
    "clearance": "尾货清仓",
    "volume": "客户批量采购",
    "complaint": "客诉补偿",
    "other": "其他",
}
