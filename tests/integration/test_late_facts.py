"""Facts that arrive a week after what they decide: each clears or brings the verdict that it is about.

One small company, its first delivery, and what comes late; in whatever order the two are processed.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.support.company import TINY_COMPANY
from tests.support.compiled import CompiledWarehouse, differences

IN_TIME = "2026-04-12T09:00:00+08:00"
A_WEEK_LATE = "2026-04-19T09:00:00+08:00"

EMPLOYEES = """
employee_id,full_name,hire_date,org_unit_id,position_id,employment_status,last_working_date
E1,王一,2024-01-01,B1,P1,active,
E2,李二,2020-01-01,B1,P2,active,
E3,张三,2021-01-01,G,P2,active,
E4,赵四,2021-01-01,B1,P2,left,2026-03-31
E5,钱五,2021-01-01,B1,P2,active,
"""
GRANTS = TINY_COMPANY["hr/permission_grants.csv"] + "G4,E4,sales_rep,2021-01-01 09:00:00\n"
FIRST_DELIVERY: dict[str, str] = TINY_COMPANY | {
    "hr/employees.csv": EMPLOYEES,
    "hr/permission_grants.csv": GRANTS,
    "hr/training_records.csv": """
training_id,employee_id,course_code,category,assigned_at,due_at,completed_at
T1,E1,CMP-1,product,2026-02-01 09:00:00,2026-03-15 18:00:00,
""",
    "hr/operation_log.csv": """
event_id,sequence_no,employee_id,system,action,object_type,object_id,occurred_at
V1,1,E2,CRM,view,customer,C1,2026-04-02 09:00:00
V2,2,E5,CRM,view,customer,C1,2026-04-02 10:00:00
V4,4,E2,CRM,view,customer,C1,2026-04-02 12:00:00
""",
    "crm/orders_2.csv": """
order_id,customer_id,employee_id,ordered_at,list_amount,net_amount,status
O4,C2,E2,2026-04-03 14:30:00,1000.00,1000.00,shipped
""",
    "crm/customers.csv": """
customer_id,customer_name,status,status_changed_at,owner_id,created_at
C1,甲公司,signed,2026-01-01 09:00:00,E2,2025-01-01 09:00:00
C2,乙公司,signed,2026-01-01 09:00:00,E2,2025-01-01 09:00:00
C4,丁公司,signed,2026-01-01 09:00:00,E2,2025-01-01 09:00:00
C5,戊公司,pending_signature,2026-03-15 09:00:00,E2,2025-01-01 09:00:00
""",
    "crm/customer_ownership.csv": """
customer_id,valid_from,employee_id,valid_to,reason
C4,2025-01-01 09:00:00,E4,,assigned
""",
    "crm/interactions.csv": """
interaction_id,customer_id,employee_id,channel,occurred_at
I1,C5,E2,phone,2026-03-16 09:00:00
""",
    "attendance/schedules.csv": """
employee_id,shift_date,shift_start,shift_end,break_minutes,shift_type
E1,2026-04-02,2026-04-02 09:00:00,2026-04-02 18:00:00,60,work
""",
    "attendance/punches.csv": """
punch_id,employee_id,punched_at,direction
K1,E1,2026-04-02 08:58:00,in
K2,E1,2026-04-02 18:03:00,out
""",
    "finance/receipts.csv": """
receipt_id,customer_id,received_at,amount,payee_account,payee_type
RC0,C2,2026-04-10 10:00:00,1000.00,6222,company
""",
    "finance/payroll.csv": """
employee_id,period,payment_type,base_pay,net_pay,paid_at
E1,2026-03,regular,9000.00,8000.00,2026-03-25 10:00:00
E4,2026-02,regular,9000.00,8000.00,2026-02-25 10:00:00
""",
}

LATE_FACTS: dict[str, str] = {
    "hr/approval_requests_late.csv": """
request_id,process_type,applicant_id,submitted_at,subject_type,subject_id,reason_code,approved_value,status,decided_at
R1,discount,E1,2026-04-02 09:00:00,order,O1,clearance,0.30,approved,2026-04-02 10:00:00
R7,order,E1,2026-04-02 09:00:00,order,O4,,,approved,2026-04-02 11:00:00
""",
    "hr/approval_steps_late.csv": """
request_id,step_no,step_type,approver_id,action,acted_at
R1,1,sales_director,E2,approve,2026-04-02 09:30:00
R1,2,finance,E3,approve,2026-04-02 10:00:00
R7,1,sales_manager,E2,approve,2026-04-02 11:00:00
""",
    "hr/permission_grants_late.csv": GRANTS + "G5,E5,sales_rep,2021-01-01 09:00:00\n",
    "hr/training_records_late.csv": """
training_id,employee_id,course_code,category,assigned_at,due_at,completed_at
T1,E1,CMP-1,product,2026-02-01 09:00:00,2026-03-15 18:00:00,2026-03-10 17:00:00
""",
    "hr/operation_log_late.csv": """
event_id,sequence_no,employee_id,system,action,object_type,object_id,occurred_at
V3,3,E2,CRM,view,customer,C2,2026-04-02 11:00:00
""",
    "crm/customer_ownership_late.csv": """
customer_id,valid_from,employee_id,valid_to,reason
C4,2026-03-30 09:00:00,E2,,handover
""",
    "crm/interactions_late.csv": """
interaction_id,customer_id,employee_id,channel,occurred_at
I2,C5,E2,phone,2026-03-26 09:00:00
""",
    "attendance/punches_late.csv": """
punch_id,employee_id,punched_at,direction
K3,E1,2026-04-02 19:00:00,in
K4,E1,2026-04-02 23:30:00,out
""",
    "finance/receipts_late.csv": """
receipt_id,customer_id,received_at,amount,payee_account,payee_type,payee_employee_id
RC1,C1,2026-04-05 10:00:00,66.00,wx-1,private,E1
""",
    "finance/payroll_late.csv": """
employee_id,period,payment_type,base_pay,net_pay,paid_at
E4,2026-03,final,9000.00,8000.00,2026-03-31 10:00:00
""",
}

CLEARED = {
    "an approval": ("DISC-01", "O1/1"),
    "an approval of an order": ("POACH-01", "O4"),
    "a call": ("POACH-03", "C5"),
    "a training completed in time": ("SVC-04", "T1"),
    "a permission grant": ("PERM-01", "V2"),
    "a line of the log": ("PERM-04", "CRM/3"),
    "a handover": ("EXIT-04", "C4"),
    "final wages": ("EXIT-06", "E4"),
}
BROUGHT = {
    "a receipt": ("RED-03", "RC1"),
    "a punch": ("LAB-02", "E1/2026-04-02"),
}
Deliveries = tuple[tuple[Mapping[str, str], str], ...]
FIRST: Deliveries = ((FIRST_DELIVERY, IN_TIME),)
LATE: Deliveries = ((LATE_FACTS, A_WEEK_LATE),)


def built(root: Path, *landings: Deliveries) -> CompiledWarehouse:
    warehouse = CompiledWarehouse(root)
    for deliveries in landings:
        for files, delivered_at in deliveries:
            warehouse.deliver(files, delivered_at)
        report = warehouse.land()
        assert all(f.status == "landed" and not f.counts.quarantined for f in report.files)
    warehouse.build_landed()
    return warehouse


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> CompiledWarehouse:
    return built(tmp_path_factory.mktemp("before"), FIRST)


@pytest.fixture(scope="module")
def after(tmp_path_factory: pytest.TempPathFactory) -> CompiledWarehouse:
    return built(tmp_path_factory.mktemp("after"), FIRST, LATE)


def found(warehouse: CompiledWarehouse, rule_id: str, subject_id: str) -> bool:
    return bool(
        warehouse.query(
            f"select 1 from compliance.fct_violations where rule_id = '{rule_id}' and subject_id = '{subject_id}'"
        )
    )


@pytest.mark.parametrize(("rule_id", "subject_id"), CLEARED.values(), ids=CLEARED)
def test_a_late_fact_clears_the_violation_that_it_covers(
    before: CompiledWarehouse, after: CompiledWarehouse, rule_id: str, subject_id: str
) -> None:
    assert (found(before, rule_id, subject_id), found(after, rule_id, subject_id)) == (True, False)


@pytest.mark.parametrize(("rule_id", "subject_id"), BROUGHT.values(), ids=BROUGHT)
def test_a_late_fact_brings_the_violation_that_it_shows(
    before: CompiledWarehouse, after: CompiledWarehouse, rule_id: str, subject_id: str
) -> None:
    assert (found(before, rule_id, subject_id), found(after, rule_id, subject_id)) == (False, True)


def test_a_late_receipt_completes_what_had_been_an_attempt(before: CompiledWarehouse, after: CompiledWarehouse) -> None:
    asked = "select status from compliance.fct_violations where rule_id = 'RED-01' and subject_id = 'M2'"
    assert (before.query(asked), after.query(asked)) == ([("attempted",)], [("completed",)])


@pytest.mark.parametrize("landings", [(LATE, FIRST), ((*FIRST, *LATE),)], ids=["late ones first", "both at once"])
def test_the_order_of_processing_decides_nothing(
    after: CompiledWarehouse, landings: tuple[Deliveries, ...], tmp_path: Path
) -> None:
    assert differences(after.marts(), built(tmp_path, *landings).marts()) == {}
