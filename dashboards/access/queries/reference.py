"""Names and definitions that every page needs.

Belongs here: units, rules, metric definitions, the months that have data.
Does not belong here: figures.
"""

from dashboards.access.queries.fragments import NATURE
from dashboards.access.queries.model import NO_PEOPLE, NamedQuery

QUERIES = (
    NamedQuery(
        name="org_units",
        tables=("reference.org_units",),
        columns=("org_unit_id", "org_unit_name", "parent_org_unit_id", "org_unit_type", "branch_id", "depth"),
        body="""
select u.org_unit_id, u.org_unit_name, u.parent_org_unit_id, u.org_unit_type, u.branch_id, u.depth
from org_units as u
order by u.depth, u.org_unit_name, u.org_unit_id
""",
        grain="aggregate",
        groups=NO_PEOPLE,
    ),
    NamedQuery(
        name="rules",
        tables=("reference.rules",),
        columns=(
            "rule_id",
            "family",
            "name_zh",
            "name_en",
            "rationale_zh",
            "rationale_en",
            "severity",
            "points",
            "answerable",
            "subject_type",
            "required_datasets",
            "optional_datasets",
            "known_false_positives_zh",
            "known_false_positives_en",
            "next_steps_zh",
            "next_steps_en",
            "policy_source_zh",
            "policy_source_en",
            "version",
            "lifecycle",
            "suppression_count",
            "nature",
        ),
        body=f"""
select
    r.rule_id, r.family, r.name_zh, r.name_en, r.rationale_zh, r.rationale_en, r.severity, r.points, r.answerable,
    r.subject_type, r.required_datasets, r.optional_datasets, r.known_false_positives_zh, r.known_false_positives_en,
    r.next_steps_zh, r.next_steps_en, r.policy_source_zh, r.policy_source_en, r.version, r.status as lifecycle,
    r.suppression_count, {NATURE} as nature
from rules as r
order by r.rule_id
""",
        grain="aggregate",
        groups=NO_PEOPLE,
    ),
    NamedQuery(
        name="metrics",
        tables=("reference.metrics",),
        columns=("metric_id", "name_zh", "name_en", "definition_zh", "definition_en", "unit", "formula"),
        body="""
select m.metric_id, m.name_zh, m.name_en, m.definition_zh, m.definition_en, m.unit, m.formula
from metrics as m
order by m.metric_id
""",
        grain="aggregate",
        groups=NO_PEOPLE,
    ),
    NamedQuery(
        name="months",
        tables=("compliance.monthly_by_org", "compliance.fct_violations"),
        columns=("month",),
        body="""
select cast(m.month as date) as month from monthly_by_org as m
union
select cast(date_trunc('month', v.occurred_at) as date) from fct_violations as v
order by 1
""",
        grain="aggregate",
        groups=NO_PEOPLE,
    ),
    # For those who may see cases but no figures by month.
    NamedQuery(
        name="months_of_cases",
        tables=("compliance.fct_violations",),
        columns=("month",),
        body="""
select v.month
from (select cast(date_trunc('month', c.occurred_at) as date) as month from fct_violations as c) as v
group by v.month
order by v.month
""",
        grain="aggregate",
        groups=NO_PEOPLE,
    ),
)
