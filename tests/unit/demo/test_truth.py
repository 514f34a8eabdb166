"""Truth is what the rules say by the letter: judged again here, by other code, over the exported files.

These checks know who means what only for chat lines (truth itself); everything else follows from the files alone.
"""

from __future__ import annotations

import pytest

from pipelines.demo.evaluate import COVERED_RULES
from tests.unit.demo.delivery import Delivery

# The policy on paper, as a reader of the rule catalogue would write it down.
FLOORS = {"cs_agent": 1.0, "cs_manager": 0.95, "sales_rep": 0.95, "sales_manager": 0.9, "sales_director": 0.8}
MAY_TAKE = {
    "merchandise_confirm": {"merchandiser"},
    "sales_manager": {"sales_manager", "sales_director"},
    "sales_director": {"sales_director"},
    "finance": {"finance"},
    "legal": {"legal"},
    "hr": {"hr"},
}
REQUIRED = {"contract": ["sales_manager", "finance", "legal"], "order": ["sales_manager"]}


def _planted(delivery: Delivery, rule: str) -> set[str]:
    return {r[0] for r in delivery.rows(f"select subject_id from truth_violations where rule_id = '{rule}'")}


@pytest.fixture(scope="session")
def lines(delivery: Delivery) -> None:
    """Each order line with its seller's floor and the approved discount requests of its order."""
    floors = ", ".join(f"('{role}', {floor})" for role, floor in FLOORS.items())
    delivery.con.execute(f"""
        create table judged_line as
        with floor(role_code, value) as (values {floors}),
        own as (
            select o.order_id, min(coalesce(f.value, 1.0)) as floor
            from orders o
            left join permission_grants g on g.employee_id = o.employee_id and g.granted_at <= o.ordered_at
                and (g.revoked_at is null or o.ordered_at < g.revoked_at)
            left join floor f on f.role_code = g.role_code
            group by 1
        ),
        approved as (
            select subject_id as order_id, min(decided_at) as decided_at, min(approved_value) as approved_value
            from approval_requests
            where process_type = 'discount' and subject_type = 'order' and status = 'approved' group by 1
        )
        select l.order_id || '/' || l.line_no as subject_id, l.*, o.employee_id, o.ordered_at, w.floor,
            a.decided_at, a.approved_value
        from order_lines l
        join orders o on o.order_id = l.order_id
        join own w on w.order_id = l.order_id
        left join approved a on a.order_id = l.order_id
    """)


def _found(delivery: Delivery, condition: str) -> set[str]:
    return {r[0] for r in delivery.rows(f"select subject_id from judged_line where {condition}")}


@pytest.mark.usefixtures("lines")
@pytest.mark.parametrize(
    ("rule", "condition"),
    [
        ("DISC-01", "employee_id is not null and discount_rate < floor and decided_at is null"),
        ("DISC-02", "discount_rate < floor and decided_at > ordered_at"),
        ("DISC-04", "discount_rate < approved_value - 0.005"),
        (
            "DISC-07",
            "discount_rate < 1 and quantity > (select i.quantity from inventory i "
            "where i.product_id = judged_line.product_id and i.as_of = ordered_at::date)",
        ),
        (
            "DISC-03",
            "discount_reason = 'off_season' and coalesce((select arg_max(s.status, s.effective_from) "
            "from product_season_status s where s.product_id = judged_line.product_id "
            "and s.effective_from <= ordered_at and s.confirmed_at <= ordered_at), 'never') <> 'off_season'",
        ),
    ],
)
def test_order_lines_break_a_rule_exactly_where_planted(delivery: Delivery, rule: str, condition: str) -> None:
    assert _found(delivery, condition) == _planted(delivery, rule)


@pytest.mark.usefixtures("lines")
def test_reasons_of_requests_and_lines_agree(delivery: Delivery) -> None:
    """The catalogue speaks of "the reason"; line and request must never leave open which one is meant."""
    assert (
        delivery.rows("""
        select r.request_id from approval_requests r join order_lines l on l.order_id = r.subject_id
        where r.process_type = 'discount' and l.discount_rate < 1 and r.status = 'approved'
            and (r.reason_code = 'off_season') <> (coalesce(l.discount_reason, '') = 'off_season')
    """)
        == []
    )


def _approved_requests(delivery: Delivery) -> dict[str, tuple[str, str | None, str]]:
    return {
        r[0]: r[1:]
        for r in delivery.rows(
            "select request_id, process_type, reason_code, applicant_id from approval_requests "
            "where status = 'approved'"
        )
    }


def _steps(delivery: Delivery) -> dict[str, list[tuple]]:
    """Steps in group time: what a Tokyo approver wrote down happened an hour earlier here."""
    found: dict[str, list[tuple]] = {}
    for request_id, *step in delivery.rows("""
        select s.request_id, s.step_no, s.step_type, s.approver_id, s.action, s.acted_at,
            s.acted_at - to_hours(case when u.timezone = 'Asia/Tokyo' then 1 else 0 end)
        from approval_steps s
        join employees e on e.employee_id = s.approver_id
        join org_units u on u.org_unit_id = e.org_unit_id
        order by 1, 2
    """):
        found.setdefault(request_id, []).append(tuple(step))
    return found


def test_requests_miss_steps_exactly_where_planted(delivery: Delivery) -> None:
    steps = _steps(delivery)
    broken = set()
    for request_id, (process, reason, _) in _approved_requests(delivery).items():
        if process == "discount":
            wanted = [*(["merchandise_confirm"] if reason == "off_season" else []), "sales_director", "finance"]
        else:
            wanted = REQUIRED.get(process, [])
        taken = [s for s in steps.get(request_id, []) if s[3] in {"approve", "confirm"}]
        moments = [[s[5] for s in taken if s[1] == step] for step in wanted]
        if not all(moments) or [min(m) for m in moments] != sorted(min(m) for m in moments):
            broken.add(request_id)
    assert broken == _planted(delivery, "DISC-05")


def test_wrong_people_sign_exactly_where_planted(delivery: Delivery) -> None:
    held: dict[str, list[tuple]] = {}
    for person, *grant in delivery.rows(
        "select employee_id, role_code, granted_at, coalesce(revoked_at, timestamp '2099-01-01') from permission_grants"
    ):
        held.setdefault(person, []).append(tuple(grant))
    requests = _approved_requests(delivery)
    broken = set()
    for request_id, taken in _steps(delivery).items():
        if request_id not in requests:
            continue
        applicant = requests[request_id][2]
        for number, step, approver, _, acted_at, _ in taken:
            roles = {role for role, since, until in held.get(approver, []) if since <= acted_at < until}
            if approver == applicant or not roles & MAY_TAKE[step]:
                broken.add(f"{request_id}/{number}")
    assert broken == _planted(delivery, "DISC-06")


def test_private_receipts_follow_exactly_where_planted(delivery: Delivery) -> None:
    """Local times of one customer's agents are compared, so the payee's own clock is the message's clock."""
    found = {
        r[0]
        for r in delivery.rows("""
            select r.receipt_id from receipts r
            where r.payee_type = 'private' and exists (
                select 1 from messages m
                join truth_violations t on t.subject_id = m.message_id and t.rule_id in ('RED-01', 'RED-02')
                where m.customer_id = r.customer_id
                    and r.received_at between m.sent_at and m.sent_at + interval 72 hour
            )
        """)
    }
    assert found == _planted(delivery, "RED-03")


def test_no_private_receipt_hangs_on_whose_clock_it_shows(delivery: Delivery) -> None:
    """A receipt may be read in the payee's zone or the group's; either way the verdict is the same."""
    assert (
        delivery.rows("""
        select r.receipt_id from receipts r
        join employees e on e.employee_id = r.payee_employee_id
        join org_units u on u.org_unit_id = e.org_unit_id
        join messages m on m.customer_id = r.customer_id
        join truth_violations t on t.subject_id = m.message_id and t.rule_id in ('RED-01', 'RED-02')
        where u.timezone <> 'Asia/Shanghai' and (
            r.received_at between m.sent_at - interval 61 minute and m.sent_at + interval 61 minute
            or r.received_at between m.sent_at + interval 71 hour and m.sent_at + interval 73 hour
        )
    """)
        == []
    )


def test_no_private_receipt_precedes_the_talk_about_it(delivery: Delivery) -> None:
    """ "Within 72 hours of" could be read both ways; no case may hang on that."""
    assert (
        delivery.rows("""
        select r.receipt_id from receipts r
        join messages m on m.customer_id = r.customer_id
        join truth_violations t on t.subject_id = m.message_id and t.rule_id in ('RED-01', 'RED-02')
        where r.payee_type = 'private' and m.sent_at > r.received_at and m.sent_at < r.received_at + interval 72 hour
            and r.receipt_id not in (select subject_id from truth_violations where rule_id = 'RED-03')
    """)
        == []
    )


def test_messages_are_tampered_with_exactly_where_planted(delivery: Delivery) -> None:
    found = {
        r[0]
        for r in delivery.rows("""
            select m.message_id from messages m
            where exists (
                select 1 from messages h
                join truth_violations t on t.subject_id = h.message_id and t.rule_id in ('RED-01', 'RED-02')
                where h.conversation_id = m.conversation_id and (
                    m.deleted_at between h.sent_at and h.sent_at + interval 24 hour
                    or m.edited_at between h.sent_at and h.sent_at + interval 24 hour
                )
            )
        """)
    }
    assert found == _planted(delivery, "RED-04")


def test_hits_are_agents_lines_that_speak_of_it(delivery: Delivery) -> None:
    strangers = delivery.rows("""
        select t.rule_id, m.sender, m.text from truth_violations t join messages m on m.message_id = t.subject_id
        where t.rule_id in ('RED-01', 'RED-02') and (m.sender <> 'agent' or m.employee_id <> t.employee_id
            or m.sent_at <> t.occurred_at::timestamp)
    """)
    assert strangers == []


SUBJECTS = {
    "DISC-01": "select order_id || '/' || line_no from order_lines",
    "DISC-05": "select request_id from approval_requests",
    "DISC-06": "select request_id || '/' || step_no from approval_steps", "RED-03": "select receipt_id from receipts",
    "RED-01": "select message_id from messages",
}  # fmt: skip
SUBJECTS |= {rule: SUBJECTS["DISC-01"] for rule in ("DISC-02", "DISC-03", "DISC-04", "DISC-07")}
SUBJECTS |= {rule: SUBJECTS["RED-01"] for rule in ("RED-02", "RED-04")}


@pytest.mark.parametrize("rule", SUBJECTS)
def test_each_rule_has_cases_and_look_alikes(delivery: Delivery, rule: str) -> None:
    subjects = {r[0] for r in delivery.rows(SUBJECTS[rule])}
    planted = _planted(delivery, rule)
    assert planted and planted <= subjects
    alike = delivery.rows(f"select subject_id, kind from truth_look_alikes where rule_id = '{rule}'")
    assert {a[0] for a in alike} <= subjects
    assert not planted & {a[0] for a in alike}
    fewest = {"RED-04": 2}.get(rule, 3)
    assert len({a[1] for a in alike}) >= fewest


def test_truth_covers_what_it_says(delivery: Delivery) -> None:
    assert {r[0] for r in delivery.rows("select distinct rule_id from truth_violations")} == set(COVERED_RULES)
    both = delivery.rows("""
        select t.rule_id, t.subject_id, l.kind from truth_violations t
        join truth_look_alikes l on l.rule_id = t.rule_id and l.subject_id = t.subject_id
    """)
    assert both == []


def test_refusals_are_no_hits(delivery: Delivery) -> None:
    refused = {r[0] for r in delivery.rows("select message_id from truth_refusals")}
    assert refused
    assert not refused & (_planted(delivery, "RED-01") | _planted(delivery, "RED-02"))
