"""A company of three people, written by hand in canonical files.

Belongs here: the smallest inbox in which DISC-01 and RED-01 each have one hit and one near miss.
Does not belong here: the demo company.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

TINY_COMPANY: dict[str, str] = {
    "hr/org_units.csv": """
org_unit_id,org_unit_name,parent_org_unit_id,org_unit_type,country_code,timezone
G,集团,,group,CN,Asia/Shanghai
B1,杭州分公司,G,branch,CN,Asia/Shanghai
""",
    "hr/positions.csv": """
position_id,position_name,job_family
P1,客服专员,customer_service
P2,销售总监,sales
""",
    "hr/employees.csv": """
employee_id,full_name,hire_date,org_unit_id,position_id,employment_status
E1,王一,2024-01-01,B1,P1,active
E2,李二,2020-01-01,B1,P2,active
E3,张三,2021-01-01,G,P2,active
""",
    "hr/permission_grants.csv": """
grant_id,employee_id,role_code,granted_at
G1,E1,cs_manager,2024-01-01 09:00:00
G2,E2,sales_director,2020-01-01 09:00:00
G3,E3,finance,2021-01-01 09:00:00
""",
    "hr/approval_requests.csv": """
request_id,process_type,applicant_id,submitted_at,subject_type,subject_id,reason_code,approved_value,status,decided_at
R2,discount,E1,2026-04-01 09:00:00,order,O2,clearance,0.50,approved,2026-04-01 10:00:00
R4,order,E1,2026-04-01 09:00:00,order,O1,,,approved,2026-04-01 11:00:00
R5,order,E1,2026-04-01 09:00:00,order,O2,,,approved,2026-04-01 11:00:00
R6,order,E1,2026-04-01 09:00:00,order,O3,,,approved,2026-04-01 11:00:00
""",
    "hr/approval_steps.csv": """
request_id,step_no,step_type,approver_id,action,acted_at
R2,1,sales_director,E2,approve,2026-04-01 09:30:00
R2,2,finance,E3,approve,2026-04-01 10:00:00
R4,1,sales_manager,E2,approve,2026-04-01 11:00:00
R5,1,sales_manager,E2,approve,2026-04-01 11:00:00
R6,1,sales_manager,E2,approve,2026-04-01 11:00:00
""",
    "crm/orders.csv": """
order_id,customer_id,employee_id,ordered_at,list_amount,net_amount,status
O1,C1,E1,2026-04-02 14:30:00,1000.00,300.00,shipped
O2,C2,E1,2026-04-02 15:30:00,1000.00,500.00,shipped
O3,C2,E1,2026-04-02 16:30:00,1000.00,950.00,shipped
""",
    "crm/order_lines.csv": """
order_id,line_no,product_id,quantity,list_price,discount_rate
O1,1,S1,1,1000.00,0.30
O2,1,S1,1,1000.00,0.50
O3,1,S1,1,1000.00,0.95
""",
    "crm/messages.csv": """
message_id,conversation_id,employee_id,customer_id,sender,sent_at,text
M1,V1,E1,C1,customer,2026-04-04 18:30:00,可以便宜点吗
M2,V1,E1,C1,agent,2026-04-04 18:31:00,您给我发个红包我就帮您处理
M3,V2,E1,C2,customer,2026-04-04 19:00:00,我给你发个红包吧
M4,V2,E1,C2,agent,2026-04-04 19:01:00,谢谢您，公司规定不能收红包
""",
}


def write_inbox(inbox: Path, files: Mapping[str, str]) -> Path:
    """Write each text under its relative path; leading blank lines are dropped."""
    for name, text in files.items():
        path = inbox / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.lstrip("\n"), encoding="utf-8")
    return inbox
