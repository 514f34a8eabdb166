"""Where and how often rules were broken.

Belongs here: counts, rates, trends and lists of violations, the status of rules, branches against one another.
Does not belong here: one case (case_file.py), one rule (rules.py), time slots and cohorts (hotspots.py).
"""

from dashboards.access.queries.fragments import (
    CHILD_UNITS,
    COUNTS,
    NO_SIGNALS,
    ORG_TABLES,
    TOP_UNITS,
    VERDICT_OF_PERIOD,
    equals,
    in_months,
    in_org,
)
from dashboards.access.queries.model import EVERYBODY_CHOSEN, NamedQuery
from dashboards.access.suppression import GroupRule

# The points of an incident are, for each person in it, the highest among its violations.
_INCIDENTS = f"""counted as (
    select
        v.incident_id,
        v.family,
        v.employee_id,
        min(v.occurred_at) as occurred_at,
        max(v.points) as points,
        count(*) as violation_count
    from fct_violations as v
    where {COUNTS}
        and {NO_SIGNALS}
        and {in_org("v.org_unit_id")}
        and {in_months("v.occurred_at")}
        and {equals("v.family", "family")}
    group by v.incident_id, v.family, v.employee_id
),
incidents as (
    select
        c.incident_id,
        c.family,
        cast(min(date_trunc('month', c.occurred_at)) as date) as month,
        sum(c.points) as points,
        sum(c.violation_count) as violation_count
    from counted as c
    group by c.incident_id, c.family
)"""


def _case_columns(*own_columns: str) -> tuple[str, ...]:
    return (
        "violation_id",
        "incident_id",
        "rule_id",
        "family",
        "severity",
        *own_columns,
        "occurred_at",
        "employee_id",
        "full_name",
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
        "explanation_zh",
        "explanation_en",
    )


def _case_select(relation: str, *own_columns: str) -> str:
    own = ", ".join(f"v.{column}" for column in own_columns)
    return f"""
select
    v.violation_id, v.incident_id, v.rule_id, v.family, v.severity, {own}, v.occurred_at, v.employee_id,
    e.full_name, v.org_unit_id, u.org_unit_name, v.subject_type, v.subject_id, v.customer_id, v.amount_at_risk,
    v.currency, v.status, v.disposition, v.is_suppressed, v.explanation_zh, v.explanation_en
from {relation} as v
left join employees as e on e.employee_id = v.employee_id
left join org_units as u on u.org_unit_id = v.org_unit_id
where {in_org("v.org_unit_id")}
    and {in_months("v.occurred_at")}
    and {equals("v.family", "family")}
    and {equals("v.rule_id", "rule")}
    and {equals("v.severity", "severity")}
    and {equals("v.status", "status")}
    and {equals("v.disposition", "disposition")}
    and (cast($filter_weekday as integer) is null or isodow(v.occurred_at) = $filter_weekday)
    and (cast($filter_hour as integer) is null or hour(v.occurred_at) = $filter_hour)
order by v.occurred_at desc, v.violation_id
limit 5000
"""


_CASE_FILTERS = ("org", "family", "rule", "severity", "status", "disposition", "from", "to", "weekday", "hour")

QUERIES = (
    NamedQuery(
        name="violation_totals",
        tables=("compliance.fct_violations", "reference.rules", *ORG_TABLES),
        columns=("incident_count", "violation_count", "points", "person_count"),
        body=f"""{_INCIDENTS},
people as (
    select count(distinct v.employee_id) as person_count
    from fct_violations as v
    where {COUNTS}
        and {NO_SIGNALS}
        and {in_org("v.org_unit_id")}
        and {in_months("v.occurred_at")}
        and {equals("v.family", "family")}
)
select
    count(distinct i.incident_id) as incident_count,
    coalesce(sum(i.violation_count), 0) as violation_count,
    coalesce(sum(i.points), 0) as points,
    max(p.person_count) as person_count
from people as p
left join incidents as i on true
""",
        grain="aggregate",
        filters=("org", "family", "from", "to"),
        groups=EVERYBODY_CHOSEN,
    ),
    NamedQuery(
        name="violations_by_month",
        tables=("compliance.fct_violations", "reference.rules", *ORG_TABLES),
        columns=("month", "family", "incident_count", "violation_count", "points"),
        body=f"""{_INCIDENTS}
select
    i.month,
    i.family,
    count(*) as incident_count,
    sum(i.violation_count) as violation_count,
    sum(i.points) as points
from incidents as i
group by i.month, i.family
order by i.month, i.family
""",
        grain="aggregate",
        filters=("org", "family", "from", "to"),
        groups=EVERYBODY_CHOSEN,
    ),
    NamedQuery(
        name="rates_by_month",
        tables=("compliance.monthly_by_org", *ORG_TABLES),
        columns=(
            "month",
            "family",
            "violation_count",
            "incident_count",
            "exposure_count",
            "exposure_unit",
            "rate_per_1000",
            "rate_low",
            "rate_high",
            "has_enough_data",
        ),
        # Where several units have no parent, their counts add up, but their intervals do not.
        body=f"""{TOP_UNITS}
select
    cast(m.month as date) as month,
    m.family,
    sum(m.violation_count) as violation_count,
    sum(m.incident_count) as incident_count,
    sum(m.exposure_count) as exposure_count,
    max(m.exposure_unit) as exposure_unit,
    case when count(*) = 1 then max(m.rate_per_1000) end as rate_per_1000,
    case when count(*) = 1 then max(m.rate_low) end as rate_low,
    case when count(*) = 1 then max(m.rate_high) end as rate_high,
    bool_and(m.has_enough_data) as has_enough_data
from monthly_by_org as m
join top_units as t on t.org_unit_id = m.org_unit_id
where {in_months("m.month")}
    and {equals("m.family", "family")}
group by m.month, m.family
order by m.month, m.family
""",
        grain="aggregate",
        filters=("org", "family", "from", "to"),
        groups=EVERYBODY_CHOSEN,
    ),
    NamedQuery(
        name="violations_by_rule",
        tables=("compliance.fct_violations", "reference.rules", *ORG_TABLES),
        columns=("rule_id", "family", "severity", "incident_count", "violation_count", "points", "last_occurred_at"),
        # An incident weighs once under each rule that it breaks, as under that rule alone.
        body=f"""counted as (
    select
        v.rule_id,
        v.incident_id,
        max(v.family) as family,
        max(v.severity) as severity,
        max(v.points) as points,
        count(*) as violation_count,
        max(v.occurred_at) as last_occurred_at
    from fct_violations as v
    where {COUNTS}
        and {NO_SIGNALS}
        and {in_org("v.org_unit_id")}
        and {in_months("v.occurred_at")}
        and {equals("v.family", "family")}
    group by v.rule_id, v.incident_id, v.employee_id
)
select
    c.rule_id,
    max(c.family) as family,
    max(c.severity) as severity,
    count(distinct c.incident_id) as incident_count,
    sum(c.violation_count) as violation_count,
    sum(c.points) as points,
    max(c.last_occurred_at) as last_occurred_at
from counted as c
group by c.rule_id
order by points desc, violation_count desc, c.rule_id
""",
        grain="aggregate",
        filters=("org", "family", "from", "to"),
        groups=EVERYBODY_CHOSEN,
    ),
    NamedQuery(
        name="violations_by_unit",
        tables=("compliance.fct_violations", "reference.rules", *ORG_TABLES),
        columns=("org_unit_id", "org_unit_name", "org_unit_type", "incident_count", "violation_count", "points"),
        body=f"""{TOP_UNITS},
{CHILD_UNITS},
counted as (
    select
        a.ancestor_id as org_unit_id,
        v.incident_id,
        max(v.points) as points,
        count(*) as violation_count
    from fct_violations as v
    join org_unit_ancestors as a on a.org_unit_id = v.org_unit_id
    where {COUNTS}
        and {NO_SIGNALS}
        and {in_months("v.occurred_at")}
        and {equals("v.family", "family")}
    group by a.ancestor_id, v.incident_id, v.employee_id
)
select
    u.org_unit_id,
    u.org_unit_name,
    u.org_unit_type,
    count(distinct c.incident_id) as incident_count,
    coalesce(sum(c.violation_count), 0) as violation_count,
    coalesce(sum(c.points), 0) as points
from child_units as u
left join counted as c on c.org_unit_id = u.org_unit_id
group by u.org_unit_id, u.org_unit_name, u.org_unit_type
order by points desc, u.org_unit_name, u.org_unit_id
""",
        grain="aggregate",
        filters=("org", "family", "from", "to"),
        groups=GroupRule(measures=("incident_count", "violation_count", "points"), org_unit="org_unit_id"),
    ),
    NamedQuery(
        name="rule_status",
        tables=("compliance.rule_status", *ORG_TABLES),
        columns=("rule_id", "status", "judged_days", "total_days", "missing_datasets"),
        body=f"""{TOP_UNITS},
{VERDICT_OF_PERIOD}
select v.rule_id, v.verdict as status, v.judged_days, v.total_days, v.missing_datasets
from verdicts as v
order by v.rule_id
""",
        grain="aggregate",
        filters=("org", "from", "to"),
        groups=EVERYBODY_CHOSEN,
    ),
    NamedQuery(
        name="branch_comparison",
        tables=("compliance.branch_comparison", "reference.org_units"),
        columns=(
            "family",
            "org_unit_id",
            "org_unit_name",
            "period_start",
            "period_end",
            "event_count",
            "exposure_count",
            "exposure_unit",
            "rate_per_1000",
            "rate_low",
            "rate_high",
            "other_rate_per_1000",
            "rate_ratio",
            "rate_ratio_low",
            "rate_ratio_high",
            "q_value",
            "is_flagged",
            "has_enough_data",
        ),
        body=f"""
select
    b.family, b.org_unit_id, u.org_unit_name, b.period_start, b.period_end, b.event_count, b.exposure_count,
    b.exposure_unit, b.rate_per_1000, b.rate_low, b.rate_high, b.other_rate_per_1000, b.rate_ratio, b.rate_ratio_low,
    b.rate_ratio_high, b.q_value, b.is_flagged, b.has_enough_data
from branch_comparison as b
left join org_units as u on u.org_unit_id = b.org_unit_id
where {equals("b.family", "family")}
order by b.family, b.rate_ratio desc nulls last, b.org_unit_id
""",
        grain="aggregate",
        filters=("family",),
        groups=GroupRule(
            measures=(
                "event_count",
                "exposure_count",
                "rate_per_1000",
                "rate_low",
                "rate_high",
                "other_rate_per_1000",
                "rate_ratio",
                "rate_ratio_low",
                "rate_ratio_high",
                "q_value",
                "is_flagged",
            ),
            org_unit="org_unit_id",
        ),
    ),
    NamedQuery(
        name="case_list",
        tables=("compliance.fct_violations", "reference.employees", *ORG_TABLES),
        columns=_case_columns("points"),
        body=_case_select("fct_violations", "points"),
        grain="rows",
        filters=_CASE_FILTERS,
    ),
    NamedQuery(
        name="review_list",
        tables=("compliance.review_items", "reference.employees", *ORG_TABLES),
        columns=_case_columns("review_cause_zh", "review_cause_en"),
        body=_case_select("review_items", "review_cause_zh", "review_cause_en"),
        grain="rows",
        filters=_CASE_FILTERS,
    ),
)
