"""An operation log that came in pieces or was tampered with: PERM-04 from the delivered file to the verdict."""

from __future__ import annotations

from pathlib import Path

from tests.support.company import TINY_COMPANY
from tests.support.compiled import CompiledWarehouse

HEAD = "event_id,sequence_no,employee_id,system,action,object_type,object_id,occurred_at,record_count,success"
MARCH = f"""{HEAD}
A1,1,E1,CRM,login,,,2026-03-02 09:00:00,,true
A2,2,E1,CRM,view,customer,C1,2026-03-02 09:05:00,1,true
A3,3,E1,CRM,view,customer,C2,2026-03-02 09:06:00,1,true
A6,6,E1,CRM,view,customer,C2,2026-03-02 11:00:00,1,true
A7,7,E1,CRM,view,customer,C1,gestern,1,true
A8,8,E1,CRM,view,customer,C1,2026-03-02 13:00:00,1,true
"""
# Late: what was missing. Again: one row as it was, one with another object, one that could not be read in March.
APRIL = f"""{HEAD}
A2,2,E1,CRM,view,customer,C9,2026-03-02 09:05:00,1,true
A3,3,E1,CRM,view,customer,C2,2026-03-02 09:06:00,1,true
A4,4,E1,CRM,view,customer,C1,2026-03-02 09:07:00,1,true
A5,5,E1,CRM,view,customer,C1,2026-03-02 09:08:00,1,true
A7,7,E1,CRM,view,customer,C1,2026-03-02 12:00:00,1,true
"""

VERDICTS = "select subject_id, verdict, review_cause from rules.rule_verdict where rule_id = 'PERM-04' order by 1"


def test_gaps_close_with_late_rows_and_a_changed_row_shows_both_deliveries(tmp_path: Path) -> None:
    warehouse = CompiledWarehouse(tmp_path)
    warehouse.deliver({**TINY_COMPANY, "hr/operation_log_march.csv": MARCH}, "2026-04-05T02:00:00+00:00")
    warehouse.build()
    assert warehouse.query(VERDICTS) == [("CRM/4", "FAIL", None), ("CRM/7", "NEEDS_REVIEW", "rows_in_quarantine")]

    warehouse.deliver({"hr/operation_log_april.csv": APRIL}, "2026-05-05T02:00:00+00:00")
    warehouse.build()
    assert warehouse.query(VERDICTS) == [("CRM/2", "FAIL", None)]
    cited = warehouse.query(
        "select role, source_file, source_row from rules.rule_evidence as evidence"
        " inner join rules.rule_verdict as verdicts using (violation_id) where rule_id = 'PERM-04' order by role"
    )
    assert cited == [
        ("delivered_again", "hr/operation_log_april.csv", 2),
        ("delivered_before", "hr/operation_log_march.csv", 3),
    ]
