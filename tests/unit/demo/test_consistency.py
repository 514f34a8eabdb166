"""The invented company is consistent with itself: ids resolve, people act while employed, money adds up."""

from __future__ import annotations

import pytest

from pipelines.contract import load_contract
from tests.unit.demo.delivery import Delivery

PERSON_COLUMNS = {
    "employee_id", "manager_id", "owner_id", "applicant_id", "approver_id", "granted_by", "confirmed_by", "changed_by",
    "handler_id", "payee_employee_id", "reviewer_id",
}  # fmt: skip
KEYED = {
    "customer_id": "customers", "order_id": "orders", "product_id": "products", "quote_id": "quotes",
    "contract_id": "contracts", "ticket_id": "tickets", "invoice_id": "invoices", "request_id": "approval_requests",
    "case_id": "cases", "org_unit_id": "org_units", "position_id": "positions",
}  # fmt: skip


def test_ids_resolve(delivery: Delivery) -> None:
    for dataset in load_contract():
        for column in dataset.column_names:
            target = "employees" if column in PERSON_COLUMNS else KEYED.get(column)
            if target is None or target == dataset.name:
                continue
            key = "employee_id" if column in PERSON_COLUMNS else column
            lost = delivery.rows(
                f'select "{column}" from "{dataset.name}" where "{column}" is not null '
                f'and "{column}" not in (select "{key}" from "{target}") limit 3'
            )
            assert lost == [], f"{dataset.name}.{column}"


@pytest.mark.parametrize(
    ("dataset", "moment"),
    [
        ("messages", "sent_at"), ("orders", "ordered_at"), ("interactions", "occurred_at"), ("quotes", "quoted_at"),
        ("operation_log", "occurred_at"), ("punches", "punched_at"), ("work_summaries", "claimed_start"),
        ("contracts", "signed_at"), ("knowledge_access", "accessed_at"), ("tickets", "opened_at"),
    ],
)  # fmt: skip
def test_people_act_only_while_employed(delivery: Delivery, dataset: str, moment: str) -> None:
    outside = delivery.rows(f"""
        select d from {dataset} d join employees e on e.employee_id = d.employee_id
        where d.{moment} < e.hire_date
            or d.{moment} >= coalesce(e.last_working_date, date '2099-01-01') + interval 1 day
    """)
    known = delivery.rows("select subject_id from truth_violations where rule_id = 'EXIT-01'")
    known += delivery.rows("select subject_id from truth_look_alikes where kind = 'refused_login'")
    assert [row for (row,) in outside if (row.get("event_id"),) not in known] == []


def test_nothing_happens_after_the_export(delivery: Delivery) -> None:
    for dataset in load_contract():
        when = dataset.event_time
        if when is None or dataset.is_plan or when.type == "text":
            continue
        latest = delivery.rows(f'select max("{when.name}")::timestamp < timestamp \'2026-07-01\' from "{dataset.name}"')
        assert latest == [(True,)], dataset.name


def test_orders_are_the_sum_of_their_lines(delivery: Delivery) -> None:
    wrong = delivery.rows("""
        select o.order_id from orders o
        left join (
            select order_id, sum(quantity * list_price) as list_amount,
                sum(round(quantity * list_price * discount_rate, 2)) as net_amount
            from order_lines group by 1
        ) l on l.order_id = o.order_id
        where l.order_id is null or o.list_amount <> l.list_amount or o.net_amount <> l.net_amount
    """)
    assert wrong == []


def test_pay_adds_up(delivery: Delivery) -> None:
    assert delivery.rows("""
        select count(*) from payroll
        where abs(base_pay + overtime_pay + bonus + performance_pay + allowance
            - employee_social_insurance - income_tax - deductions - net_pay) > 0.005
    """) == [(0,)]
    assert delivery.rows("select count(distinct period) from payroll") == [(36,)]


def test_vouchers_balance(delivery: Delivery) -> None:
    assert delivery.rows("select voucher_id from journal_entries group by 1 having sum(debit) <> sum(credit)") == []


def test_conversations_are_one_agent_one_customer_within_the_hour(delivery: Delivery) -> None:
    assert (
        delivery.rows("""
        select conversation_id from messages group by 1
        having count(distinct employee_id) > 1 or count(distinct customer_id) > 1 or count(*) not between 6 and 24
            or max(sent_at) - min(sent_at) > interval 30 minute
    """)
        == []
    )


def test_group_has_eight_branches_one_of_them_abroad(delivery: Delivery) -> None:
    assert delivery.rows(
        "select count(*), count(*) filter (timezone <> 'Asia/Shanghai') from org_units where org_unit_type = 'branch'"
    ) == [(8, 1)]
    families = {r[0] for r in delivery.rows("select distinct job_family from positions")}
    held = delivery.rows("select distinct p.job_family from employees e join positions p using (position_id)")
    assert {r[0] for r in held} == families
