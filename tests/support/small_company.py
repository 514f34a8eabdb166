"""A company small enough to be built over and over, in which every rule still finds something and spares something.

Belongs here: which rows of the smallest demo company are kept, and those rows as texts of canonical files.
Does not belong here: how they are delivered (`tests/support/late_deliveries.py`).

Thinned out is only what is there in bulk. So the planted truth holds no more, and nothing may be scored against it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from pipelines.contract import Dataset, load_contract
from pipelines.demo.generate import build_company

SCALE = 0.01
SEED = 1

# A canonical row: its cells as texts, null as the empty text.
Row = tuple[str, ...]

_HELPERS = """
create table wanted as
    select *, row_number() over (partition by rule_id order by occurred_at, subject_id) as place from truth_violations
    union all
    select rule_id, subject_id, null, null, null, null, null, null,
        row_number() over (partition by rule_id order by subject_id) from truth_look_alikes;
delete from wanted where place > 2;
create table subjects as select distinct unnest([subject_id, split_part(subject_id, '/', 1)]) as id from wanted;
create table people as
    select employee_id from truth_violations where employee_id is not null and employee_id in (
        select employee_id from wanted where rule_id[:4] in ('EXIT', 'PERM', 'SVC-', 'POAC', 'TRAJ'))
    union select id from subjects where id in (select employee_id from employees);
create table clocked as
    select distinct split_part(subject_id, '/', 1) as employee_id,
        substring(coalesce(nullif(split_part(subject_id, '/', 2), ''), '2026-05'), 1, 7) as month
    from wanted where rule_id[:3] = 'LAB' and rule_id not in ('LAB-04', 'LAB-05')
    union
    select employee_id, strftime(occurred_at, '%Y-%m') from wanted
    where rule_id[:4] = 'TRAJ' and employee_id is not null;
insert into clocked
    select employee_id, strftime(cast(month || '-01' as date) - interval 10 day, '%Y-%m') from clocked
    except select * from clocked;
create table talks as
    select conversation_id from messages
    where message_id in (select id from subjects) or conversation_id in (select id from subjects)
        or conversation_id in (select conversation_id from truth_refusals)
        or hash(conversation_id) % 40 = 0;
insert into talks
    select conversation_id from messages inner join receipts using (customer_id)
    where receipt_id in (select id from subjects) and payee_type = 'private';
create table sold as
    select order_id from orders where order_id in (select id from subjects)
        or order_id in (select order_id from receipts where receipt_id in (select id from subjects))
        or order_id in (select subject_id from approval_requests where request_id in (select id from subjects))
        or hash(order_id) % 12 = 0;
create table clients as
    select customer_id from customers where customer_id in (select id from subjects)
    union select customer_id from orders where order_id in (select order_id from sold);
create table numbered as
    select operations.event_id from operation_log as operations
    inner join wanted on wanted.rule_id = 'PERM-04' and operations.system = split_part(wanted.subject_id, '/', 1)
        and abs(operations.sequence_no - cast(split_part(wanted.subject_id, '/', 2) as bigint)) <= 15;
insert into approval_requests select * from late_approval_requests
    where request_id not in (select request_id from approval_requests);
"""

_CLOCKED = "(employee_id, strftime({day}, '%Y-%m')) in (select (employee_id, month) from clocked)"
_OF_PEOPLE = "employee_id in (select employee_id from people)"
_OF_ORDERS = "order_id in (select order_id from sold)"
_ASKED = "(subject_type <> 'order' or subject_id in (from sold) or request_id in (select id from subjects))"
_FEW = "hash({key}) % {share} = 0"

# Dataset -> which of its rows are kept; all of those not named.
_KEPT: dict[str, str] = {
    "schedules": _CLOCKED.format(day="shift_date"),
    "punches": _CLOCKED.format(day="punched_at"),
    "daily_results": _CLOCKED.format(day="work_date"),
    "work_plans": _CLOCKED.format(day="planned_start"),
    "work_summaries": _CLOCKED.format(day="claimed_start"),
    "orders": _OF_ORDERS,
    "order_lines": _OF_ORDERS,
    "invoices": _OF_ORDERS,
    "receipts": f"{_OF_ORDERS} or receipt_id in (select id from subjects) or payee_type = 'private' "
    "and customer_id in (select customer_id from messages where conversation_id in (from talks))",
    "interactions": f"{_OF_PEOPLE} or customer_id in (select customer_id from clients)",
    "inventory": "(product_id, as_of) in (select (product_id, ordered_at::date) from orders inner join order_lines "
    "using (order_id) where order_id in (from sold))",
    "messages": "conversation_id in (from talks)",
    "tickets": _OF_PEOPLE,
    "knowledge_access": "employee_id in (select employee_id from service_errors)",
    "payroll": f"{_OF_PEOPLE} and period >= '2025-07'",
    "budgets": "period = '2026-06' and " + _FEW.format(key="org_unit_id", share=3),
    "expenses": _FEW.format(key="expense_id", share=40),
    "journal_entries": _FEW.format(key="voucher_id", share=40),
    "account_balances": "period = '2026-06' and " + _FEW.format(key="org_unit_id", share=3),
    "reviews": _FEW.format(key="review_id", share=20),
    "surveys": _FEW.format(key="survey_id", share=4),
    "training_records": _OF_PEOPLE,
    "approval_requests": _ASKED,
    "approval_steps": f"request_id in (select request_id from approval_requests where {_ASKED})",
    "operation_log": "event_id in (from numbered) or event_id in (select id from subjects) or record_count > 300 "
    "or action in ('export', 'download', 'forward') and " + _OF_PEOPLE + " or " + _FEW.format(key="event_id", share=50),
}


@dataclass(frozen=True)
class SmallCompany:
    """Every dataset's rows by its name, in the order of their keys."""

    rows: Mapping[str, tuple[Row, ...]]


@cache
def small_company() -> SmallCompany:
    """The thinned demo company; the same in every process."""
    company = build_company(scale=SCALE, seed=SEED)
    try:
        for statement in _HELPERS.split(";\n"):
            company.sql(statement)
        return SmallCompany({d.name: tuple(company.rows(_select(d))) for d in load_contract()})
    finally:
        company.close()


def _select(dataset: Dataset) -> str:
    cells = []
    for column in dataset.columns:
        value = f'"{column.name}"'
        if column.type == "ts":
            value = f"strftime({value}, '%Y-%m-%d %H:%M:%S')"
        elif column.type == "num":
            value = f"{value}::double"
        if dataset.name == "operation_log" and column.name == "sequence_no":
            # Whatever is left out would be a gap in the numbers.
            value = f"case when event_id in (from numbered) then {value} end"
        cells.append(f"coalesce({value}::varchar, '')")
    where = _KEPT.get(dataset.name, "true")
    keys = ", ".join(f'"{key}"' for key in dataset.keys)
    return f'select {", ".join(cells)} from "{dataset.name}" where {where} order by {keys}'


def as_file(dataset: Dataset, rows: Iterable[Row]) -> str:
    """Rows as a CSV file under the contract's own names."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([dataset.column_names, *rows])
    return out.getvalue()
