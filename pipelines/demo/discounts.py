"""Story 1: discounts that nobody was entitled to give, among honest ones that look the same.

Belongs here: the planted DISC cases with their truth, and the look-alikes with the reason why they are legal.
Does not belong here: how an order is written up (`desk`), or any rule's SQL.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np

from pipelines.demo.company import Company
from pipelines.demo.desk import Desk, SoldLine, Step
from pipelines.demo.goods import SCARCE_GOODS, Good
from pipelines.demo.staff import (
    ACTING_MANAGER,
    ACTING_MANAGER_BRANCH,
    DIRECTOR_PROMOTED,
    DIRECTOR_STEPPED_DOWN,
    REP_PROMOTED,
    Person,
)
from pipelines.demo.world import BRANCHES, WINDOW_END, WINDOW_START, day_activity, days

STORY = "unauthorised_discount"
OFF = "off_season"
CN_BRANCHES = [b.code for b in BRANCHES if b.country_code == "CN"]


def plant(company: Company, people: list[Person], goods: list[Good]) -> Desk:
    """Plant every DISC case and look-alike; returns the desk, whose late rows go into a later delivery."""
    stage = _Stage(company, Desk(company, people, goods, company.rng("discounts")))
    for kind, at_scale_one, minimum in _CASES:
        for _ in range(company.world.sized(at_scale_one, minimum)):
            kind(stage)
    for moment in _MOMENTS:
        moment(stage)
    stage.desk.hand_in()
    return stage.desk


class _Stage:
    """Draws times and people, and books truth."""

    def __init__(self, company: Company, desk: Desk) -> None:
        self.company, self.desk, self.rng = company, desk, desk.rng
        window = [d for d in days(WINDOW_START + timedelta(days=20), WINDOW_END - timedelta(days=3))]
        weights = np.array([day_activity(d) * (0.3 if d.isoweekday() >= 6 else 1.0) for d in window])
        self.window, self.weights = window, weights / weights.sum()
        shares = np.array([b.staff_share * b.discount_factor for b in BRANCHES])
        self.branch_weights = shares / shares.sum()

    def moment(self, start: datetime | None = None, end: datetime | None = None) -> datetime:
        """A trading moment, by season and weekday, within `start` and `end` when given."""
        while True:
            day = self.window[int(self.rng.choice(len(self.window), p=self.weights))]
            when = datetime(day.year, day.month, day.day, 9) + timedelta(seconds=int(self.rng.integers(600, 34000)))
            if (start is None or when >= start) and (end is None or when < end):
                return when

    def seller(self, role: str, when: datetime, *, in_china: bool = False) -> Person:
        """Somebody in `role` at `when`, from branches by how lax they are."""
        while True:
            branch = BRANCHES[int(self.rng.choice(len(BRANCHES), p=self.branch_weights))]
            if in_china and branch.country_code != "CN":
                continue
            people = self.desk.sellers(role, when, branch.code)
            if people:
                return self.desk.choose(people)

    def lines(
        self, when: datetime, rate: float, reason: str, number: int | None = None, good: Good | None = None
    ) -> list[SoldLine]:
        """Discounted lines at `rate`; about half of the orders also hold a line at full price."""
        desk = self.desk
        count = number or 1 + int(self.rng.integers(3))
        find = desk.good_off_season if reason == OFF else desk.good_on_sale
        lines = [SoldLine(good or find(when), desk.quantity(), rate, reason) for _ in range(count)]
        if self.rng.random() < 0.5:
            lines.append(SoldLine(desk.good_on_sale(when), desk.quantity(), 1.0, None))
        return lines

    def hit(self, rule: str, order: str, lines: list[SoldLine], seller: Person, when: datetime, note: str) -> None:
        """Every discounted line of the order breaks `rule`."""
        for number, line in enumerate(lines, 1):
            if line.rate < 1:
                self.company.violation(rule, f"{order}/{number}", seller.employee_id, when, STORY, note)

    def like(self, rule: str, order: str, lines: list[SoldLine], kind: str, note: str) -> None:
        for number, line in enumerate(lines, 1):
            if line.rate < 1:
                self.company.look_alike(rule, f"{order}/{number}", kind, note)

    def depth(self, low: float, high: float) -> float:
        return round(low + (high - low) * float(self.rng.random()), 2)

    def reason(self) -> str:
        return self.desk.choose(["volume", "clearance", "other", "complaint"])

    def approved(
        self, lead_minutes: int = 130, role: str = "sales_rep", rate: float | None = None, reason: str | None = None
    ) -> tuple[str, str, list[SoldLine], Person, datetime]:
        """An order below the floor whose proper approval came `lead_minutes` before it."""
        when = self.moment()
        seller = self.seller(role, when)
        reason = reason or self.reason()
        rate = rate or self.depth(0.6, 0.85)
        lines = self.lines(when, rate, reason)
        order = self.desk.order(seller, when, lines)
        decided = self.desk.group_time(seller, when) - timedelta(minutes=lead_minutes)
        request = self.desk.request(
            "discount", order, seller, self.desk.proper_steps(decided, reason), value=rate, reason=reason
        )
        return order, request, lines, seller, when


# --- DISC-01: below the own floor, nothing approved ---------------------------------------------------------------


def _manager_calls_spring_off_season(s: _Stage) -> None:
    when = s.moment(datetime(2026, 3, 1), datetime(2026, 6, 1))
    seller = s.seller("cs_manager", when)
    spring = [g for g in s.desk.ordinary if g.season == "26春"]
    lines = [SoldLine(s.desk.choose(spring), s.desk.quantity(), 0.3, OFF) for _ in range(1 + int(s.rng.integers(4)))]
    order = s.desk.order(seller, when, lines)
    note = "3.0折 promised as off season; merchandising never said so, nobody approved"
    s.hit("DISC-01", order, lines, seller, when, note)
    s.hit("DISC-03", order, lines, seller, when, note)


def _unapproved(role: str, low: float, high: float) -> Callable[[_Stage], None]:
    def case(s: _Stage) -> None:
        when = s.moment()
        seller = s.seller(role, when)
        lines = s.lines(when, s.depth(low, high), s.reason())
        order = s.desk.order(seller, when, lines)
        s.hit("DISC-01", order, lines, seller, when, f"{role} below the own floor without a request")

    return case


def _request_without_approval(status: str) -> Callable[[_Stage], None]:
    def case(s: _Stage) -> None:
        when = s.moment()
        seller = s.seller("sales_rep", when)
        reason = s.reason()
        lines = s.lines(when, s.depth(0.6, 0.88), reason)
        order = s.desk.order(seller, when, lines)
        before = s.desk.group_time(seller, when)
        director = s.desk.by_tag["director_2"]
        steps = {
            "pending": [],
            "withdrawn": [],
            "rejected": [Step("sales_director", director, before - timedelta(hours=4), "reject")],
        }[status]
        s.desk.request(
            "discount", order, seller, steps, value=0.8, reason=reason, status=status,
            submitted=before - timedelta(hours=20), decided=before - timedelta(hours=4),
        )  # fmt: skip
        s.hit("DISC-01", order, lines, seller, when, f"the only discount request is {status}")

    return case


def _approval_of_another_order(s: _Stage) -> None:
    order, _, lines, seller, when = s.approved()
    s.like("DISC-01", order, lines, "approved_in_time", "approved two hours before")
    later = when + timedelta(minutes=50)
    more = s.lines(later, lines[0].rate, lines[0].reason or "other")
    if lines[0].reason == OFF:
        more = [replace(line, reason="clearance") if line.rate < 1 else line for line in more]
    other = s.desk.order(seller, later, more)
    s.hit("DISC-01", other, more, seller, later, "the approval names another order")


# --- DISC-02: approved too late -----------------------------------------------------------------------------------


def _approved_after(minutes: Callable[[np.random.Generator], float]) -> Callable[[_Stage], None]:
    def case(s: _Stage) -> None:
        when = s.moment()
        seller = s.seller("sales_rep", when, in_china=True)
        reason, rate = s.reason(), s.depth(0.6, 0.88)
        lines = s.lines(when, rate, reason)
        order = s.desk.order(seller, when, lines)
        decided = when + timedelta(seconds=round(60 * minutes(s.rng)))
        s.desk.request(
            "discount", order, seller, s.desk.proper_steps(decided, reason), value=rate, reason=reason,
            submitted=decided - timedelta(hours=8),
        )  # fmt: skip
        s.hit("DISC-02", order, lines, seller, when, f"approved {decided - when} after the order")

    return case


# --- DISC-03: called off season, was not --------------------------------------------------------------------------


def _not_off_season(find: Callable[[_Stage], tuple[Good, datetime]], note: str) -> Callable[[_Stage], None]:
    def case(s: _Stage) -> None:
        good, when = find(s)
        seller = s.seller("sales_rep", when, in_china=True)
        rate = s.depth(0.6, 0.85)
        lines = s.lines(when, rate, OFF, number=1, good=good)
        order = s.desk.order(seller, when, lines)
        s.desk.request(
            "discount", order, seller, s.desk.proper_steps(when - timedelta(hours=2), OFF), value=rate, reason=OFF
        )
        s.hit("DISC-03", order, lines, seller, when, note)

    return case


def _never_marked(s: _Stage) -> tuple[Good, datetime]:
    when = s.moment()
    return s.desk.good_in_season(when), when


def _before_it_took_effect(s: _Stage) -> tuple[Good, datetime]:
    opens, closes = s.window[0], s.window[-1]
    good = s.desk.choose([g for g in s.desk.ordinary if g.off_from and opens < g.off_from.date() < closes])
    return good, good.off_from - timedelta(minutes=int(s.rng.integers(200, 500)))


def _within_own_floor(s: _Stage) -> None:
    when = s.moment()
    seller = s.seller("sales_rep", when)
    lines = s.lines(when, 0.96, OFF, number=1, good=s.desk.good_in_season(when))
    order = s.desk.order(seller, when, lines)
    s.hit("DISC-03", order, lines, seller, when, "small discount within the own floor, but the reason is untrue")


# --- DISC-04: deeper than approved --------------------------------------------------------------------------------


def _deeper_than_approved(gap: float) -> Callable[[_Stage], None]:
    def case(s: _Stage) -> None:
        order, _, lines, seller, when = _approved_at(s, gap)
        s.hit("DISC-04", order, lines, seller, when, f"{gap} below the approved fraction")

    return case


def _approved_at(s: _Stage, gap: float) -> tuple[str, str, list[SoldLine], Person, datetime]:
    """An approved order whose lines are `gap` below the approved fraction."""
    when = s.moment()
    seller = s.seller("sales_rep", when)
    reason, value = s.reason(), s.depth(0.7, 0.85)
    lines = s.lines(when, round(value - gap, 4), reason)
    order = s.desk.order(seller, when, lines)
    decided = s.desk.group_time(seller, when) - timedelta(hours=3)
    request = s.desk.request(
        "discount", order, seller, s.desk.proper_steps(decided, reason), value=value, reason=reason
    )
    return order, request, lines, seller, when


# --- DISC-05: steps missing or out of order -----------------------------------------------------------------------


def _discount_with_steps(
    s: _Stage, change: Callable[[list[Step]], list[Step]], reason: str | None = None
) -> tuple[str, Person, datetime]:
    when = s.moment()
    seller = s.seller("sales_rep", when)
    reason, rate = reason or s.reason(), s.depth(0.6, 0.85)
    lines = s.lines(when, rate, reason)
    order = s.desk.order(seller, when, lines)
    steps = change(s.desk.proper_steps(s.desk.group_time(seller, when) - timedelta(hours=2), reason))
    request = s.desk.request("discount", order, seller, steps, value=rate, reason=reason)
    return request, seller, when


def _without(step_type: str, reason: str | None = None) -> Callable[[_Stage], None]:
    def case(s: _Stage) -> None:
        request, seller, when = _discount_with_steps(
            s, lambda steps: [t for t in steps if t.step_type != step_type], reason
        )
        s.company.violation("DISC-05", request, seller.employee_id, when, STORY, f"approved without {step_type}")

    return case


def _finance_first(numbered_as_acted: bool) -> Callable[[_Stage], None]:
    def swap(steps: list[Step]) -> list[Step]:
        director, finance = steps[-2], steps[-1]
        early = replace(finance, acted_at=director.acted_at)
        late = replace(director, acted_at=finance.acted_at)
        return [*steps[:-2], *((early, late) if numbered_as_acted else (late, early))]

    def case(s: _Stage) -> None:
        request, seller, when = _discount_with_steps(s, swap)
        s.company.violation(
            "DISC-05", request, seller.employee_id, when, STORY, "finance signed before the sales director"
        )

    return case


def _contract_request(s: _Stage, steps: list[str]) -> tuple[str, Person, datetime]:
    """Another approved request for a contract that exists, signed by the given steps only."""
    contract, signed_at, applicant_id, branch = s.desk.choose(
        s.company.rows(
            "select k.contract_id, k.signed_at, e.employee_id, k.branch from contract_seed k join emp e on e.n = k.n "
            "where k.signed_at >= ? and e.role = 'sales_rep' and e.hours_ahead = 0 order by k.i",
            [datetime(2025, 3, 1)],
        )
    )
    applicant = next(p for p in s.desk.people if p.employee_id == applicant_id)
    signer = {
        "sales_manager": s.desk.by_tag[f"{branch}_sales_manager"],
        "finance": s.desk.by_tag["finance_2"],
        "legal": s.desk.by_tag["legal_1"],
    }
    taken = [Step(step, signer[step], signed_at - timedelta(hours=30 - 6 * i)) for i, step in enumerate(steps)]
    request = s.desk.request("contract", contract, applicant, taken, subject_type="contract")
    return request, applicant, signed_at


def _contract_without_legal(s: _Stage) -> None:
    request, applicant, when = _contract_request(s, ["sales_manager", "finance"])
    s.company.violation("DISC-05", request, applicant.employee_id, when, STORY, "contract approved without legal")


def _contract_out_of_order(s: _Stage) -> None:
    request, applicant, when = _contract_request(s, ["finance", "sales_manager", "legal"])
    s.company.violation("DISC-05", request, applicant.employee_id, when, STORY, "finance before the sales manager")


def _order_approved_by_nobody(s: _Stage) -> None:
    when = s.moment()
    seller = s.seller("sales_rep", when)
    lines = [SoldLine(s.desk.good_on_sale(when), s.desk.quantity(), 1.0, None)]
    order = s.desk.order(seller, when, lines, with_order_request=False)
    request = s.desk.request("order", order, seller, [], decided=s.desk.group_time(seller, when) - timedelta(hours=1))
    s.company.violation("DISC-05", request, seller.employee_id, when, STORY, "approved without any step")


# --- DISC-06: the wrong person signed -----------------------------------------------------------------------------


def _director_approves_himself(s: _Stage) -> None:
    when = s.moment()
    director = s.desk.by_tag[s.desk.choose(["director_1", "director_2", "director_3"])]
    rate, reason = s.depth(0.55, 0.75), s.reason()
    lines = s.lines(when, rate, reason)
    order = s.desk.order(director, when, lines, branch=s.desk.choose(CN_BRANCHES))
    steps = s.desk.proper_steps(when - timedelta(hours=2), reason)
    at = next(i for i, step in enumerate(steps) if step.step_type == "sales_director")
    steps[at] = replace(steps[at], signer=director)
    request = s.desk.request("discount", order, director, steps, value=rate, reason=reason)
    s.company.violation(
        "DISC-06", f"{request}/{at + 1}", director.employee_id, steps[at].acted_at, STORY, "approved his own request"
    )


def _signed_by(role: str, step_type: str) -> Callable[[_Stage], None]:
    def case(s: _Stage) -> None:
        when = s.moment()
        seller = s.seller("sales_rep", when, in_china=True)
        reason, rate = s.reason(), s.depth(0.6, 0.85)
        lines = s.lines(when, rate, reason)
        order = s.desk.order(seller, when, lines)
        impostor = s.desk.choose(s.desk.sellers(role, when, seller.branch) or s.desk.sellers(role, when))
        steps = s.desk.proper_steps(when - timedelta(hours=2), reason)
        at = next(i for i, step in enumerate(steps) if step.step_type == step_type)
        steps[at] = replace(steps[at], signer=impostor)
        request = s.desk.request("discount", order, seller, steps, value=rate, reason=reason)
        subject, note = f"{request}/{at + 1}", f"{role} took the step {step_type}"
        s.company.violation("DISC-06", subject, impostor.employee_id, steps[at].acted_at, STORY, note)

    return case


def _signed_at(tag: str, when: Callable[[_Stage], datetime], note: str | None, kind: str = "") -> Callable:
    """`tag` takes the director's step at a given moment: a violation when `note` says why, else a look-alike."""

    def case(s: _Stage) -> None:
        signed = when(s)
        ordered = signed + timedelta(hours=3)
        seller = s.seller("sales_rep", ordered, in_china=True)
        reason, rate = s.reason(), s.depth(0.6, 0.85)
        lines = s.lines(ordered, rate, reason)
        order = s.desk.order(seller, ordered, lines)
        signer = s.desk.by_tag[tag]
        finance = Step("finance", s.desk.by_tag["finance_1"], signed + timedelta(hours=1))
        steps = [Step("sales_director", signer, signed), finance]
        request = s.desk.request("discount", order, seller, steps, value=rate, reason=reason)
        subject = f"{request}/1"
        if note:
            s.company.violation("DISC-06", subject, signer.employee_id, signed, STORY, note)
        else:
            s.company.look_alike("DISC-06", subject, kind, "held the role at that very moment")

    return case


def _expense_approved_by_applicant(s: _Stage) -> None:
    when = s.moment()
    accountant = s.desk.by_tag["finance_2"]
    request = s.desk.request(
        "expense", f"BX{when:%Y%m%d%H%M}", accountant, [Step("finance", accountant, when)], subject_type="expense"
    )
    s.company.violation(
        "DISC-06", f"{request}/1", accountant.employee_id, when, STORY, "finance approved the own expense claim"
    )


# --- DISC-07: more than there was ---------------------------------------------------------------------------------


def _scarce(s: _Stage, rate: float, extra: int) -> tuple[str, list[SoldLine], Person, datetime]:
    good = s.desk.good(f"scarce_{int(s.rng.integers(SCARCE_GOODS))}")
    when = s.moment(start=good.launched)
    stock = s.company.rows(
        "select quantity from inventory where product_id = ? and as_of = ?", [good.product_id, when.date()]
    )[0][0]
    seller = s.seller("sales_rep", when)
    lines = [SoldLine(good, stock + extra, rate, "volume" if rate < 1 else None)]
    return s.desk.order(seller, when, lines), lines, seller, when


def _beyond_stock(s: _Stage) -> None:
    order, lines, seller, when = _scarce(s, 0.96, 1 + int(s.rng.integers(40)))
    s.hit("DISC-07", order, lines, seller, when, "more than the stock of that day")


# --- look-alikes ----------------------------------------------------------------------------------------------------


def _approved_in_time(s: _Stage) -> None:
    order, _, lines, _, _ = s.approved(lead_minutes=20 + int(s.rng.integers(3000)))
    s.like("DISC-01", order, lines, "approved_in_time", "below the floor, approved before the order")


def _at_the_floor(s: _Stage) -> None:
    when = s.moment()
    role, floor = s.desk.choose([("sales_rep", 0.95), ("cs_manager", 0.95), ("sales_manager", 0.90)])
    lines = s.lines(when, floor, "volume")
    order = s.desk.order(s.seller(role, when), when, lines)
    s.like("DISC-01", order, lines, "exactly_at_the_floor", f"{role} at {floor}")


def _rejected_then_approved(s: _Stage) -> None:
    order, request, lines, seller, when = s.approved()
    before = s.desk.group_time(seller, when)
    director = s.desk.by_tag["director_3"]
    refused = Step("sales_director", director, before - timedelta(hours=30), "reject")
    s.desk.request(
        "discount", order, seller, [refused], value=lines[0].rate, reason=lines[0].reason, status="rejected",
        submitted=before - timedelta(hours=40),
    )  # fmt: skip
    s.like("DISC-01", order, lines, "second_request_approved", "the first request was rejected, the second approved")
    s.company.look_alike("DISC-05", request, "second_request_approved", "only the rejected request lacks steps")


def _approval_delivered_late(s: _Stage) -> None:
    when = s.moment()
    seller = s.seller("sales_rep", when)
    reason, rate = s.reason(), s.depth(0.6, 0.85)
    lines = s.lines(when, rate, reason)
    order = s.desk.order(seller, when, lines)
    decided = s.desk.group_time(seller, when) - timedelta(hours=5)
    steps = s.desk.proper_steps(decided, reason)
    s.desk.request("discount", order, seller, steps, value=rate, reason=reason, delivered_late=True)
    s.like("DISC-01", order, lines, "approval_delivered_late", "decided in time, exported in a later file")
    s.like("DISC-02", order, lines, "approval_delivered_late", "the delivery was late, not the decision")


def _nobody_known(s: _Stage) -> None:
    when = s.moment()
    lines = s.lines(when, 0.85, "volume")
    order = s.desk.order(None, when, lines, branch=s.desk.choose(CN_BRANCHES))
    s.like("DISC-01", order, lines, "unidentified_seller", "no seller on record: needs review, not a violation")


def _one_second_before(s: _Stage) -> None:
    when = s.moment()
    seller = s.seller("sales_rep", when, in_china=True)
    reason, rate = s.reason(), s.depth(0.6, 0.85)
    lines = s.lines(when, rate, reason)
    order = s.desk.order(seller, when, lines)
    steps = s.desk.proper_steps(when - timedelta(seconds=1), reason)
    s.desk.request("discount", order, seller, steps, value=rate, reason=reason)
    s.like("DISC-02", order, lines, "decided_one_second_before", "decided a second before the order")


def _rejected_afterwards(s: _Stage) -> None:
    order, _, lines, seller, when = s.approved()
    after = s.desk.group_time(seller, when) + timedelta(days=1)
    refused = Step("sales_director", s.desk.by_tag["director_1"], after, "reject")
    s.desk.request("discount", order, seller, [refused], value=0.5, reason=lines[0].reason, status="rejected")
    s.like("DISC-02", order, lines, "further_request_later", "approved before; a deeper one was refused afterwards")


def _confirmed_the_day_before(s: _Stage) -> None:
    opens, closes = s.window[0], s.window[-1]
    good = s.desk.choose([g for g in s.desk.ordinary if g.off_from and opens < g.off_from.date() < closes])
    when = good.off_from + timedelta(hours=9, minutes=int(s.rng.integers(400)))
    _legal_off_season(s, good, when, "confirmed_the_day_before", "confirmed yesterday, off season since midnight")


def _legal_off_season(s: _Stage, good: Good, when: datetime, kind: str, note: str) -> None:
    seller = s.seller("sales_rep", when, in_china=True)
    rate = s.depth(0.4, 0.8)
    lines = [SoldLine(good, min(s.desk.quantity(), 60), rate, OFF)]
    order = s.desk.order(seller, when, lines)
    steps = s.desk.proper_steps(when - timedelta(hours=1), OFF)
    s.desk.request("discount", order, seller, steps, value=rate, reason=OFF)
    s.like("DISC-03", order, lines, kind, note)


def _off_season_for_a_while(s: _Stage) -> None:
    when = s.moment(datetime(2025, 9, 2), datetime(2025, 10, 31))
    _legal_off_season(s, s.desk.good("back_in_season"), when, "off_season_at_that_time", "back in season later only")


def _confirmed_in_between(s: _Stage) -> None:
    when = s.moment(datetime(2025, 12, 29), datetime(2026, 2, 10))
    good = s.desk.good("confirmed_late")
    _legal_off_season(s, good, when, "confirmed_before_the_order", "confirmed late, sold even later")


def _clearance_in_season(s: _Stage) -> None:
    when = s.moment()
    seller = s.seller("sales_rep", when)
    rate = s.depth(0.6, 0.85)
    lines = s.lines(when, rate, "clearance", number=1, good=s.desk.good_in_season(when))
    order = s.desk.order(seller, when, lines)
    steps = s.desk.proper_steps(s.desk.group_time(seller, when) - timedelta(hours=2))
    s.desk.request("discount", order, seller, steps, value=rate, reason="clearance")
    s.like("DISC-03", order, lines, "another_reason", "in season, but nobody claimed otherwise")


def _within_tolerance(s: _Stage) -> None:
    order, _, lines, _, _ = _approved_at(s, 0.003)
    s.like("DISC-04", order, lines, "within_tolerance", "0.003 below the approved fraction: rounding")


def _as_approved(s: _Stage) -> None:
    order, _, lines, _, _ = _approved_at(s, 0.0)
    s.like("DISC-04", order, lines, "exactly_as_approved", "the approved fraction itself")


def _less_than_asked(s: _Stage) -> None:
    when = s.moment()
    seller = s.seller("sales_rep", when)
    reason = s.reason()
    lines = s.lines(when, 0.82, reason)
    order = s.desk.order(seller, when, lines)
    steps = s.desk.proper_steps(s.desk.group_time(seller, when) - timedelta(hours=2), reason)
    s.desk.request("discount", order, seller, steps, value=0.8, requested=0.9, reason=reason)
    s.like("DISC-04", order, lines, "below_requested_above_approved", "the approver allowed more than was asked")


def _returned_once(s: _Stage) -> None:
    def change(steps: list[Step]) -> list[Step]:
        director = next(t for t in steps if t.step_type == "sales_director")
        sent_back = replace(director, acted_at=director.acted_at - timedelta(hours=3), action="return")
        at = steps.index(director)
        return [*steps[:at], sent_back, *steps[at:]]

    request, _, _ = _discount_with_steps(s, change, reason="volume")
    s.company.look_alike("DISC-05", request, "returned_then_approved", "sent back once, then approved in order")


def _not_approved_incomplete(s: _Stage) -> None:
    when = s.moment()
    seller = s.seller("sales_rep", when)
    lines = [SoldLine(s.desk.good_on_sale(when), s.desk.quantity(), 0.95, "volume")]
    order = s.desk.order(seller, when, lines)
    step = Step("finance", s.desk.by_tag["finance_1"], s.desk.group_time(seller, when) - timedelta(hours=2))
    request = s.desk.request("discount", order, seller, [step], value=0.9, reason="volume", status="withdrawn")
    s.company.look_alike("DISC-05", request, "withdrawn_midway", "steps are missing, but it was withdrawn")


def _simple_process(s: _Stage) -> None:
    when = s.moment()
    applicant = s.seller("sales_rep", when, in_china=True)
    step = Step("hr", s.desk.by_tag["hr_1"], when)
    request = s.desk.request("overtime", f"JB{when:%Y%m%d%H%M}", applicant, [step], subject_type="overtime")
    s.company.look_alike("DISC-05", request, "process_without_required_steps", "one step is all that policy asks")


def _director_takes_manager_step(s: _Stage) -> None:
    when = s.moment()
    seller = s.seller("sales_rep", when, in_china=True)
    lines = [SoldLine(s.desk.good_on_sale(when), s.desk.quantity(), 1.0, None)]
    order = s.desk.order(seller, when, lines, with_order_request=False)
    step = Step("sales_manager", s.desk.by_tag["director_2"], when - timedelta(hours=2))
    request = s.desk.request("order", order, seller, [step])
    s.company.look_alike("DISC-06", f"{request}/1", "director_for_manager", "a director may take a manager's step")


def _namesake(s: _Stage) -> None:
    when = s.moment()
    seller = s.desk.by_tag["B01_rep"]
    rate = s.depth(0.6, 0.85)
    lines = s.lines(when, rate, "volume")
    order = s.desk.order(seller, when, lines)
    steps = s.desk.proper_steps(when - timedelta(hours=2))
    steps[0] = replace(steps[0], signer=s.desk.by_tag["director_1"])
    request = s.desk.request("discount", order, seller, steps, value=rate, reason="volume")
    s.company.look_alike("DISC-06", f"{request}/1", "namesake", "approver and applicant share a name, not an id")


def _whole_stock(s: _Stage) -> None:
    order, lines, _, _ = _scarce(s, 0.96, 0)
    s.like("DISC-07", order, lines, "exactly_the_stock", "took all that was there")


def _backorder_at_full_price(s: _Stage) -> None:
    order, lines, _, _ = _scarce(s, 1.0, 25)
    for number in range(1, len(lines) + 1):
        s.company.look_alike("DISC-07", f"{order}/{number}", "full_price_backorder", "beyond stock, but no discount")


def _restocked_today(s: _Stage) -> None:
    """More than yesterday's stock, not more than today's."""
    scarce = [s.desk.good(f"scarce_{i}").product_id for i in range(SCARCE_GOODS)]
    product, today, stock = s.desk.choose(
        s.company.rows(
            "select t.product_id, t.as_of, t.quantity from inventory t join inventory y on y.product_id = t.product_id "
            "and y.as_of = t.as_of - 1 where t.product_id in (select unnest(?)) and t.quantity > y.quantity + 10 "
            "and t.as_of between date '2025-09-01' and date '2026-06-20' and isodow(t.as_of) < 6 order by 1, 2",
            [scarce],
        )
    )
    when = datetime(today.year, today.month, today.day, 10) + timedelta(minutes=int(s.rng.integers(400)))
    seller = s.seller("sales_rep", when)
    good = next(g for g in s.desk.goods if g.product_id == product)
    lines = [SoldLine(good, stock - 2, 0.96, "volume")]
    order = s.desk.order(seller, when, lines)
    s.like("DISC-07", order, lines, "restocked_today", "yesterday there was less, today there is enough")


# --- moments around a change of role --------------------------------------------------------------------------------


def _around_role_changes(s: _Stage) -> None:
    """The same discount by the same person, legal on one side of a moment and not on the other."""
    hour = timedelta(hours=1)
    cases: list[tuple[str, datetime, float, bool, str]] = [
        ("director_down", DIRECTOR_STEPPED_DOWN - 3 * hour, 0.80, True, "still a director"),
        ("director_down", DIRECTOR_STEPPED_DOWN + hour, 0.80, False, "no longer a director"),
        ("director_up", DIRECTOR_PROMOTED + hour, 0.80, True, "director since an hour"),
        ("director_up", DIRECTOR_PROMOTED - 2 * hour, 0.82, False, "not yet a director"),
    ]
    for branch, promoted in REP_PROMOTED.items():
        cases.append((f"{branch}_rep_2", promoted + hour, 0.90, True, "manager since an hour"))
        cases.append((f"{branch}_rep_2", promoted - hour, 0.90, False, "not yet a manager"))
    acting = f"{ACTING_MANAGER_BRANCH}_cs_manager"
    cases.append((acting, ACTING_MANAGER[0] + 30 * hour, 0.90, True, "acting sales manager for two months"))
    cases.append((acting, ACTING_MANAGER[1] + 26 * hour, 0.90, False, "no longer acting sales manager"))
    for tag, when, rate, is_legal, note in cases:
        person = s.desk.by_tag[tag]
        lines = s.lines(when, rate, "volume")
        order = s.desk.order(person, when, lines, branch=person.branch or "B01")
        if is_legal:
            s.like("DISC-01", order, lines, "role_held_at_that_moment", note)
        else:
            s.hit("DISC-01", order, lines, person, when, note)


_CASES: tuple[tuple[Callable[[_Stage], None], int, int], ...] = (
    (_manager_calls_spring_off_season, 28, 2),
    (_unapproved("sales_rep", 0.70, 0.94), 60, 3),
    (_unapproved("cs_agent", 0.85, 0.98), 24, 2),
    (_unapproved("sales_manager", 0.70, 0.88), 14, 1),
    (_request_without_approval("pending"), 14, 1),
    (_request_without_approval("rejected"), 14, 1),
    (_request_without_approval("withdrawn"), 8, 1),
    (_approval_of_another_order, 10, 1),
    (_approved_after(lambda rng: 1 / 60), 6, 1),
    (_approved_after(lambda rng: rng.uniform(5, 600)), 20, 1),
    (_approved_after(lambda rng: rng.uniform(1000, 9000)), 10, 1),
    (_not_off_season(_never_marked, "never marked off season"), 14, 1),
    (_not_off_season(_before_it_took_effect, "off season only from the next midnight on"), 10, 1),
    (_not_off_season(
        lambda s: (s.desk.good("unconfirmed"), s.moment(datetime(2026, 4, 11))), "marked, never confirmed"), 5, 1),
    (_not_off_season(
        lambda s: (s.desk.good("confirmed_late"), s.moment(datetime(2025, 12, 21), datetime(2025, 12, 28))),
        "confirmed only after the order"), 5, 1),
    (_not_off_season(
        lambda s: (s.desk.good("back_in_season"), s.moment(datetime(2025, 11, 2), datetime(2026, 1, 31))),
        "back in season by then"), 5, 1),
    (_within_own_floor, 10, 1),
    (_deeper_than_approved(0.1), 14, 1),
    (_deeper_than_approved(0.05), 14, 1),
    (_deeper_than_approved(0.006), 6, 1),
    (_without("sales_director"), 8, 1),
    (_without("finance"), 8, 1),
    (_without("merchandise_confirm", OFF), 8, 1),
    (_finance_first(numbered_as_acted=True), 6, 1),
    (_finance_first(numbered_as_acted=False), 6, 1),
    (_contract_without_legal, 6, 1),
    (_contract_out_of_order, 4, 1),
    (_order_approved_by_nobody, 6, 1),
    (_director_approves_himself, 10, 1),
    (_signed_by("cs_manager", "sales_director"), 6, 1),
    (_signed_by("sales_manager", "sales_director"), 8, 1),
    (_signed_by("sales_rep", "finance"), 6, 1),
    (_signed_at("director_down", lambda s: s.moment(DIRECTOR_STEPPED_DOWN + timedelta(hours=2)),
                "the director's role had been revoked"), 6, 1),
    (_signed_at("director_up", lambda s: s.moment(None, DIRECTOR_PROMOTED - timedelta(hours=6)),
                "not yet a director"), 6, 1),
    (_expense_approved_by_applicant, 5, 1),
    (_beyond_stock, 16, 2),
    (_approved_in_time, 30, 1),
    (_at_the_floor, 30, 2),
    (_rejected_then_approved, 12, 1),
    (_approval_delivered_late, 10, 2),
    (_nobody_known, 6, 1),
    (_one_second_before, 8, 1),
    (_rejected_afterwards, 8, 1),
    (_confirmed_the_day_before, 10, 1),
    (_off_season_for_a_while, 5, 1),
    (_confirmed_in_between, 5, 1),
    (_clearance_in_season, 10, 1),
    (_within_tolerance, 10, 1),
    (_as_approved, 10, 1),
    (_less_than_asked, 8, 1),
    (_returned_once, 8, 1),
    (_not_approved_incomplete, 8, 1),
    (_simple_process, 8, 1),
    (_director_takes_manager_step, 8, 1),
    (_namesake, 5, 1),
    (_signed_at("director_down", lambda s: s.moment(None, DIRECTOR_STEPPED_DOWN - timedelta(hours=6)), None,
                "director_until_later"), 6, 1),
    (_signed_at("director_up", lambda s: DIRECTOR_PROMOTED + timedelta(hours=1), None,
                "director_since_an_hour"), 1, 1),
    (_whole_stock, 8, 1),
    (_backorder_at_full_price, 8, 1),
    (_restocked_today, 6, 1),
)  # fmt: skip
_MOMENTS: tuple[Callable[[_Stage], None], ...] = (_around_role_changes,)
