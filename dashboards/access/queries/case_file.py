"""One case: what is claimed, what happened around it, which source lines say so.

Belongs here: queries that need a case.
Does not belong here: lists of cases (compliance.py).
"""

from dashboards.access.queries.model import NamedQuery

_COMMON = """v.violation_id, v.incident_id, v.rule_id, v.family, v.severity, v.occurred_at, v.employee_id,
        v.org_unit_id, v.subject_type, v.subject_id, v.customer_id, v.amount_at_risk, v.currency, v.status,
        v.disposition, v.is_suppressed, v.suppression_reason, v.suppression_author, v.suppressed_until,
        v.explanation_zh, v.explanation_en"""

QUERIES = (
    NamedQuery(
        name="case_header",
        tables=(
            "compliance.fct_violations",
            "compliance.review_items",
            "reference.employees",
            "reference.org_units",
        ),
        columns=(
            "violation_id",
            "incident_id",
            "rule_id",
            "family",
            "severity",
            "points",
            "review_cause_zh",
            "review_cause_en",
            "occurred_at",
            "employee_id",
            "full_name",
            "position_name",
            "org_unit_id",
            "org_unit_name",
            "subject_type",
            "subject_id",
            "customer_id",
            "amount_at_risk",
            "currency",
            "status",
            "disposition",
            "is_suppressed",
            "suppression_reason",
            "suppression_author",
            "suppressed_until",
            "explanation_zh",
            "explanation_en",
            "related_count",
        ),
        body=f"""verdicts as (
    select {_COMMON}, cast(v.points as double) as points, cast(null as varchar) as review_cause_zh,
        cast(null as varchar) as review_cause_en
    from fct_violations as v
    where v.violation_id = $filter_case
    union all
    select {_COMMON}, cast(null as double) as points, v.review_cause_zh, v.review_cause_en
    from review_items as v
    where v.violation_id = $filter_case
)
select
    v.violation_id, v.incident_id, v.rule_id, v.family, v.severity, v.points, v.review_cause_zh, v.review_cause_en,
    v.occurred_at, v.employee_id, e.full_name, e.position_name, v.org_unit_id, u.org_unit_name, v.subject_type,
    v.subject_id, v.customer_id, v.amount_at_risk, v.currency, v.status, v.disposition, v.is_suppressed,
    v.suppression_reason, v.suppression_author, v.suppressed_until, v.explanation_zh, v.explanation_en,
    (
        select count(*) from fct_violations as o
        where o.incident_id = v.incident_id and o.violation_id <> v.violation_id
    ) as related_count
from verdicts as v
left join employees as e on e.employee_id = v.employee_id
left join org_units as u on u.org_unit_id = v.org_unit_id
""",
        grain="rows",
        filters=("case",),
    ),
    NamedQuery(
        name="case_timeline",
        tables=("compliance.case_timeline", "reference.employees"),
        columns=(
            "event_no",
            "occurred_at",
            "role",
            "dataset",
            "record_key",
            "actor_id",
            "actor_name",
            "summary_zh",
            "summary_en",
            "content",
            "is_deciding",
            "source_file",
            "source_row",
        ),
        body="""
select
    c.event_no, c.occurred_at, c.role, c.dataset, c.record_key, c.actor_id, e.full_name as actor_name, c.summary_zh,
    c.summary_en, c.content, c.is_deciding, c.source_file, c.source_row
from case_timeline as c
left join employees as e on e.employee_id = c.actor_id
where c.violation_id = $filter_case
order by c.event_no
""",
        grain="rows",
        filters=("case",),
    ),
    NamedQuery(
        name="case_evidence",
        tables=("compliance.fct_violation_evidence",),
        columns=("role", "dataset", "record_key", "source_file", "source_row", "row_hash"),
        body="""
select x.role, x.dataset, x.record_key, x.source_file, x.source_row, x.row_hash
from fct_violation_evidence as x
where x.violation_id = $filter_case
order by x.dataset, x.source_file, x.source_row
""",
        grain="rows",
        filters=("case",),
    ),
    NamedQuery(
        name="case_related",
        tables=("compliance.fct_violations",),
        columns=("violation_id", "rule_id", "occurred_at", "subject_id", "points"),
        body="""
select o.violation_id, o.rule_id, o.occurred_at, o.subject_id, o.points
from fct_violations as v
join fct_violations as o on o.incident_id = v.incident_id and o.violation_id <> v.violation_id
where v.violation_id = $filter_case
order by o.occurred_at, o.violation_id
""",
        grain="rows",
        filters=("case",),
    ),
)
