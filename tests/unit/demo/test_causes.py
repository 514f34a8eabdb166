"""The causes of service errors: each planted one lies in the records as its kind says, and the truth names every error.

What a kind means is written down again here over the exported files; the verdict by the letter is computed once more
from the company's tables, by code that knows nothing of kinds.
"""

from __future__ import annotations

import pytest

from pipelines.demo.cause_truth import verdicts
from pipelines.demo.causes import UNDECIDABLE
from pipelines.demo.generate import build_company
from tests.unit.demo.delivery import SCALE, Delivery

COURSES = "select * from training_records t where t.employee_id = e.employee_id and t.topic = e.category"
READINGS = """select * from knowledge_access f join knowledge_articles a using (article_id)
    where f.employee_id = e.employee_id and a.category = e.category and f.accessed_at < e.occurred_at"""
# The article's newest version when the error happened, in the group's time: an hour early for Tokyo at worst.
NEWEST = """select * from knowledge_articles a where a.category = e.category and a.updated_at < e.occurred_at
    qualify row_number() over (partition by article_id order by version desc) = 1"""
OTHER_TICKETS = """select * from tickets t where t.employee_id = e.employee_id and t.category = e.category
    and t.ticket_id <> e.ticket_id and t.opened_at between e.occurred_at - interval 90 day and e.occurred_at"""
AT_THE_STEP = """(select count(distinct o.employee_id) from service_errors o where o.category = e.category
    and o.process_step = e.process_step and abs(date_diff('hour', o.occurred_at, e.occurred_at)) <= 15 * 24)"""
TAUGHT = f"exists ({COURSES} and t.category <> 'compliance' and t.completed_at < e.occurred_at and t.score >= 60)"
NOT_TAUGHT = f"not exists ({COURSES} and t.category <> 'compliance' and t.completed_at < e.occurred_at)"
UNREAD = f"not exists ({READINGS})"
READ_CURRENT = f"exists ({READINGS} and f.accessed_at > a.synced_at and a.version = 1)"
BEHIND = f"exists (from ({NEWEST}) n where n.updated_at > e.occurred_at - interval 14 day and {{late}})"
NOT_BEHIND = BEHIND.format(late="coalesce(n.synced_at > e.occurred_at, true)").join(("not ", ""))
HANDLED = f"(select count(*) from ({OTHER_TICKETS}))"

KINDS = {
    "never_trained": f"not exists ({COURSES}) and {UNREAD} and {HANDLED} = 0",
    "training_past_due": f"exists ({COURSES} and t.due_at < e.occurred_at and t.completed_at > e.occurred_at)",
    "training_failed": f"exists ({COURSES} and t.completed_at < e.occurred_at and t.score < 60) and {UNREAD}",
    "training_not_due_yet": f"""exists ({COURSES} and t.assigned_at < e.occurred_at and t.due_at > e.occurred_at
        and t.completed_at > e.occurred_at) and {UNREAD}""",
    "read_an_older_version": f"""not exists ({COURSES}) and exists ({READINGS} and a.version = 2
        and f.accessed_at < a.synced_at and a.synced_at < e.occurred_at) and {NOT_BEHIND}""",
    "not_yet_synced": f"{TAUGHT} and {BEHIND.format(late='n.synced_at > e.occurred_at')}",
    "never_synced": f"{TAUGHT} and {BEHIND.format(late='n.synced_at is null')}",
    "many_persons": f"{AT_THE_STEP} = 5 and {TAUGHT} and {READ_CURRENT} and {NOT_BEHIND}",
    "just_enough_persons": f"{AT_THE_STEP} = 4 and {TAUGHT} and {READ_CURRENT} and {NOT_BEHIND}",
    "trained_and_read": f"{TAUGHT} and {READ_CURRENT} and {HANDLED} between 1 and 19 and {AT_THE_STEP} < 4",
    "again_though_trained": f"""{TAUGHT} and {READ_CURRENT} and exists (select 1 from service_errors o
        where o.employee_id = e.employee_id and o.category = e.category and o.occurred_at < e.occurred_at)""",
    "trained_and_experienced": f"{TAUGHT} and {UNREAD} and {HANDLED} = 20",
    "trained_after_the_error": f"""{NOT_TAUGHT} and {READ_CURRENT}
        and exists ({COURSES} and t.assigned_at > e.occurred_at)""",
    "only_a_compliance_course": f"""{NOT_TAUGHT} and {UNREAD}
        and exists ({COURSES} and t.category = 'compliance' and t.completed_at < e.occurred_at)""",
    "records_too_young": f"""{NOT_TAUGHT} and exists ({COURSES} and t.category = 'compliance')
        and e.occurred_at - interval 90 day < (select min(accessed_at) from knowledge_access)""",
    "updated_after_the_error": f"""{TAUGHT} and {UNREAD} and {NOT_BEHIND} and exists (
        select 1 from knowledge_articles a where a.category = e.category and a.version = 2
        and a.updated_at > e.occurred_at)""",
    "synced_just_before": f"{TAUGHT} and {UNREAD} and {BEHIND.format(late='n.synced_at < e.occurred_at')}",
    "updated_long_before": f"""{TAUGHT} and {UNREAD} and exists (from ({NEWEST}) n where n.synced_at is null
        and n.updated_at < e.occurred_at - interval 14 day)""",
    "only_reported": f"{TAUGHT} and {UNREAD} and {HANDLED} = 2 and e.reported_cause = '疏忽'",
    "not_experienced_enough": f"{TAUGHT} and {UNREAD} and {HANDLED} = 19",
    "ticket_of_another": f"""{TAUGHT} and {READ_CURRENT} and {HANDLED} = 20 and exists (
        select 1 from tickets t where t.ticket_id = e.ticket_id and t.employee_id <> e.employee_id)""",
    "one_person_short": f"{AT_THE_STEP} = 3 and {TAUGHT} and {UNREAD}",
    "system_or_process": f"{AT_THE_STEP} = 4 and {BEHIND.format(late='n.synced_at > e.occurred_at')}",
}  # fmt: skip


def test_every_kind_is_planted_and_described(delivery: Delivery) -> None:
    assert {r[0] for r in delivery.rows("select distinct kind from truth_causes")} == {*KINDS, "ordinary"}


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_lies_in_the_records_as_it_says(delivery: Delivery, kind: str) -> None:
    planted = {r[0] for r in delivery.rows(f"select error_id from truth_causes where kind = '{kind}'")}
    shown = delivery.rows(f"select e.error_id from service_errors e where e.error_id like 'CW8%' and {KINDS[kind]}")
    assert planted and planted <= {r[0] for r in shown}


def test_the_truth_names_one_cause_for_every_error(delivery: Delivery) -> None:
    assert delivery.rows("select error_id from truth_causes order by 1") == delivery.rows(
        "select error_id from service_errors order by 1"
    )
    examples = dict(delivery.rows("select cause, count(*) from truth_causes where kind <> 'ordinary' group by cause"))
    assert len(examples) == 5 and min(examples.values()) >= 4
    # Whoever believed the reports would be wrong about many.
    contradicted = delivery.rows("""
        select count(*) from truth_causes c join service_errors e using (error_id)
        where e.reported_cause = '疏忽' and c.cause <> 'negligence' and c.kind <> 'ordinary'
    """)
    assert contradicted[0][0] >= 10


@pytest.mark.parametrize("seed", [4711, 31])
def test_planted_causes_are_those_by_the_letter(seed: int) -> None:
    """Two statements of the truth: by what was planted, and by the policy over all records."""
    company = build_company(scale=SCALE, seed=seed)
    try:
        judged = verdicts(company)
        planted = company.rows("select error_id, cause, kind from truth_causes where kind <> 'ordinary'")
    finally:
        company.close()
    assert [(kind, judged[error_id], cause) for error_id, cause, kind in planted if judged[error_id] != cause] == []
    assert any(judged[error_id] == UNDECIDABLE for error_id in judged)
