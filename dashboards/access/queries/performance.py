"""How people do, beside what they must not do.

Belongs here: scorecards and compliance scores.
Does not belong here: violations.
"""

from dashboards.access.queries.fragments import CHILD_UNITS, ORG_TABLES, TOP_UNITS, equals, in_months, in_org
from dashboards.access.queries.model import NamedQuery
from dashboards.access.suppression import GroupRule

_SCORES = (
    "complaint_rate_pct",
    "first_response_seconds",
    "satisfaction",
    "compliance_score",
    "overall_score",
)

# Only cards with enough data enter a mean: a person with three tickets says little about a group.
_MEANS = """count(distinct case when s.has_enough_data then s.employee_id end) as employee_count,
    avg(case when s.has_enough_data then s.complaint_rate_pct end) as complaint_rate_pct,
    avg(case when s.has_enough_data then s.first_response_seconds end) as first_response_seconds,
    avg(case when s.has_enough_data then s.satisfaction end) as satisfaction,
    avg(case when s.has_enough_data then s.compliance_score end) as compliance_score,
    avg(case when s.has_enough_data then s.overall_score end) as overall_score"""

_LATEST = "cast(coalesce($filter_month, (select max(x.month) from scorecards as x)) as date)"

QUERIES = (
    NamedQuery(
        name="scorecard_months",
        tables=("performance.scorecards",),
        columns=("month",),
        # The list of months: each once.
        body="select distinct cast(s.month as date) as month from scorecards as s order by 1",
        grain="aggregate",
        groups=GroupRule(measures=()),
    ),
    NamedQuery(
        name="scores_by_month",
        tables=("performance.scorecards", *ORG_TABLES),
        columns=("month", "employee_count", *_SCORES),
        body=f"""
select
    cast(s.month as date) as month,
    {_MEANS}
from scorecards as s
where {in_org("s.org_unit_id")}
    and {in_months("s.month")}
group by s.month
order by s.month
""",
        grain="aggregate",
        filters=("org", "from", "to"),
        groups=GroupRule(measures=_SCORES, population="employee_count", partition=("month",)),
    ),
    NamedQuery(
        name="scores_by_job",
        tables=("performance.scorecards", *ORG_TABLES),
        columns=("job_family", "employee_count", *_SCORES),
        body=f"""
select
    s.job_family,
    {_MEANS}
from scorecards as s
where {in_org("s.org_unit_id")}
    and s.month = {_LATEST}
group by s.job_family
order by s.job_family
""",
        grain="aggregate",
        filters=("org", "month"),
        groups=GroupRule(measures=("employee_count", *_SCORES), population="employee_count"),
    ),
    NamedQuery(
        name="scores_by_unit",
        tables=("performance.scorecards", *ORG_TABLES),
        columns=("org_unit_id", "org_unit_name", "employee_count", *_SCORES),
        body=f"""{TOP_UNITS},
{CHILD_UNITS}
select
    c.org_unit_id,
    c.org_unit_name,
    {_MEANS}
from child_units as c
join org_unit_ancestors as a on a.ancestor_id = c.org_unit_id
join scorecards as s on s.org_unit_id = a.org_unit_id
where s.month = {_LATEST}
group by c.org_unit_id, c.org_unit_name
order by overall_score desc nulls last, c.org_unit_id
""",
        grain="aggregate",
        filters=("org", "month"),
        groups=GroupRule(measures=("employee_count", *_SCORES), org_unit="org_unit_id", population="employee_count"),
    ),
    NamedQuery(
        name="scorecards",
        tables=("performance.scorecards", "reference.employees", *ORG_TABLES),
        columns=(
            "employee_id",
            "full_name",
            "org_unit_id",
            "org_unit_name",
            "job_family",
            "month",
            "overall_score",
            "compliance_score",
            "complaint_rate_pct",
            "first_response_seconds",
            "satisfaction",
            "ticket_count",
            "has_enough_data",
        ),
        body=f"""
select
    s.employee_id, e.full_name, s.org_unit_id, u.org_unit_name, s.job_family, cast(s.month as date) as month,
    s.overall_score, s.compliance_score, s.complaint_rate_pct, s.first_response_seconds, s.satisfaction,
    s.ticket_count, s.has_enough_data
from scorecards as s
left join employees as e on e.employee_id = s.employee_id
left join org_units as u on u.org_unit_id = s.org_unit_id
where {in_org("s.org_unit_id")}
    and s.month = {_LATEST}
    and {equals("s.job_family", "job")}
order by s.has_enough_data desc, s.overall_score nulls last, s.employee_id
limit 5000
""",
        grain="rows",
        filters=("org", "month", "job"),
    ),
    NamedQuery(
        name="bonus_by_month",
        tables=("compliance.employee_scores", *ORG_TABLES),
        columns=("month", "employee_count", "bonus_count", "compliance_score"),
        body=f"""
select
    cast(s.month as date) as month,
    count(distinct s.employee_id) as employee_count,
    count(distinct case when s.is_bonus_earned then s.employee_id end) as bonus_count,
    avg(s.compliance_score) as compliance_score
from employee_scores as s
where {in_org("s.org_unit_id")}
    and {in_months("s.month")}
group by s.month
order by s.month
""",
        grain="aggregate",
        filters=("org", "from", "to"),
        groups=GroupRule(
            measures=("bonus_count", "compliance_score"), population="employee_count", partition=("month",)
        ),
    ),
)
