"""One rule: what it means, how it fares.

Belongs here: the catalogue of rules and all about one of them.
Does not belong here: cases (compliance.py), rates of a family.
"""

from dashboards.access.queries.fragments import (
    CHILD_UNITS,
    NATURE,
    ORG_TABLES,
    TOP_UNITS,
    VERDICT_OF_PERIOD,
    equals,
    in_months,
    in_org,
)
from dashboards.access.queries.model import EVERYBODY_CHOSEN, NO_PEOPLE, NamedQuery
from dashboards.access.suppression import GroupRule

# Every finding of the chosen unit and months, as what it counts.
_FINDINGS = f"""findings as (
    select
        v.rule_id,
        v.incident_id,
        v.occurred_at,
        case when v.is_suppressed then 'suppressed' else coalesce(v.disposition, 'open') end as finding
    from fct_violations as v
    where {in_org("v.org_unit_id")}
        and {in_months("v.occurred_at")}
)"""

_CATALOGUE_COLUMNS = (
    "rule_id",
    "name_zh",
    "name_en",
    "family",
    "nature",
    "severity",
    "points",
    "lifecycle",
    "verdict",
    "incident_count",
    "last_occurred_at",
    "precision_share",
    "precision_low",
    "precision_high",
    "decided_count",
    "has_enough_data",
    "coverage_share",
    "last_event_at",
    "missing_datasets",
    "judged_days",
    "no_data_days",
    "total_days",
)


def _catalogue(*conditions: str) -> str:
    """The rules that fulfil the conditions, with what they found in the chosen months.

    Precision is over all days of the data, since cases take months to be decided. Where several units have no parent,
    it is nobody's and stays empty.
    """
    return f"""{TOP_UNITS},
{VERDICT_OF_PERIOD},
{_FINDINGS},
found as (
    select f.rule_id, count(distinct f.incident_id) as incident_count, max(f.occurred_at) as last_occurred_at
    from findings as f
    where f.finding in ('open', 'substantiated')
    group by f.rule_id
),
health as (
    select
        h.rule_id,
        case when count(*) = 1 then max(h.precision_share) end as precision_share,
        case when count(*) = 1 then max(h.precision_low) end as precision_low,
        case when count(*) = 1 then max(h.precision_high) end as precision_high,
        sum(h.decided_count) as decided_count,
        bool_and(h.has_enough_data) as has_enough_data,
        max(h.last_event_at) as last_event_at
    from rule_health as h
    join top_units as t on t.org_unit_id = h.org_unit_id
    group by h.rule_id
)
select
    r.rule_id, r.name_zh, r.name_en, r.family, {NATURE} as nature, r.severity, r.points,
    r.status as lifecycle, v.verdict, 
    case when v.verdict <> 'NO_DATA' then coalesce(f.incident_count, 0) else f.incident_count end as incident_count,
    f.last_occurred_at,
    h.precision_share, h.precision_low, h.precision_high, h.decided_count, h.has_enough_data,
    v.judged_days / nullif(v.judged_days + v.no_data_days, 0) as coverage_share, h.last_event_at,
    v.missing_datasets, v.judged_days, v.no_data_days, v.total_days
from rules as r
left join verdicts as v on v.rule_id = r.rule_id
left join found as f on f.rule_id = r.rule_id
left join health as h on h.rule_id = r.rule_id
where {" and ".join(conditions)}
order by r.rule_id
"""


_CATALOGUE_TABLES = (
    "reference.rules",
    "compliance.rule_health",
    "compliance.rule_status",
    "compliance.fct_violations",
    *ORG_TABLES,
)

_CHOSEN_BY = {
    "family": "r.family",
    "severity": "r.severity",
    "lifecycle": "r.status",
    "verdict": "v.verdict",
    "rule": "r.rule_id",
}


def _catalogue_query(name: str, *chosen: str) -> NamedQuery:
    """The catalogue by unit and months, and by the filters named."""
    return NamedQuery(
        name=name,
        tables=_CATALOGUE_TABLES,
        columns=_CATALOGUE_COLUMNS,
        body=_catalogue(*(equals(_CHOSEN_BY[filter_name], filter_name) for filter_name in chosen)),
        grain="aggregate",
        filters=("org", "from", "to", *chosen),
        groups=EVERYBODY_CHOSEN,
    )


QUERIES = (
    _catalogue_query("rule_catalogue", "family", "severity", "lifecycle", "verdict"),
    # The same for a page whose other filters are about cases.
    _catalogue_query("rules_of_family", "family"),
    _catalogue_query("rule_entry", "rule"),
    NamedQuery(
        name="rule_health",
        tables=("compliance.rule_health", *ORG_TABLES),
        columns=(
            "rule_id",
            "org_unit_id",
            "violation_count",
            "incident_count",
            "person_count",
            "review_item_count",
            "suppressed_count",
            "open_count",
            "substantiated_count",
            "unsubstantiated_count",
            "overturned_count",
            "decided_count",
            "precision_share",
            "precision_low",
            "precision_high",
            "has_enough_data",
            "pass_days",
            "fail_days",
            "needs_review_days",
            "no_data_days",
            "not_applicable_days",
            "not_yet_effective_days",
            "coverage_share",
            "first_judged_day",
            "first_occurred_at",
            "last_occurred_at",
            "last_event_at",
            "missing_datasets",
        ),
        body=f"""{TOP_UNITS}
select
    h.rule_id, h.org_unit_id, h.violation_count, h.incident_count, h.person_count, h.review_item_count,
    h.suppressed_count, h.open_count, h.substantiated_count, h.unsubstantiated_count, h.overturned_count,
    h.decided_count, h.precision_share, h.precision_low, h.precision_high, h.has_enough_data, h.pass_days, h.fail_days,
    h.needs_review_days, h.no_data_days, h.not_applicable_days, h.not_yet_effective_days, h.coverage_share,
    h.first_judged_day, h.first_occurred_at, h.last_occurred_at, h.last_event_at, h.missing_datasets
from rule_health as h
join top_units as t on t.org_unit_id = h.org_unit_id
where {equals("h.rule_id", "rule")}
order by h.rule_id, h.org_unit_id
""",
        grain="aggregate",
        filters=("org", "rule"),
        groups=EVERYBODY_CHOSEN,
    ),
    NamedQuery(
        name="rule_intervals",
        tables=("compliance.rule_status", *ORG_TABLES),
        columns=(
            "org_unit_id",
            "org_unit_name",
            "depth",
            "valid_from",
            "valid_to",
            "verdict",
            "violation_count",
            "missing_datasets",
        ),
        body=f"""{TOP_UNITS},
{CHILD_UNITS}
select
    s.org_unit_id, u.org_unit_name, u.depth,
    cast(greatest(s.valid_from, coalesce(cast($filter_from as date), s.valid_from)) as date) as valid_from,
    cast(
        least(s.valid_to, coalesce(cast(cast($filter_to as date) + interval 1 month as date), s.valid_to)) as date
    ) as valid_to,
    s.status as verdict, s.violation_count, s.missing_datasets
from rule_status as s
join org_units as u on u.org_unit_id = s.org_unit_id
where (
        s.org_unit_id in (select t.org_unit_id from top_units as t)
        or s.org_unit_id in (select c.org_unit_id from child_units as c)
    )
    and {equals("s.rule_id", "rule")}
    and (cast($filter_from as date) is null or s.valid_to > cast($filter_from as date))
    and (cast($filter_to as date) is null or s.valid_from < cast($filter_to as date) + interval 1 month)
order by u.depth, u.org_unit_name, s.org_unit_id, s.valid_from
""",
        grain="aggregate",
        filters=("org", "rule", "from", "to"),
        groups=GroupRule(measures=("verdict", "violation_count", "missing_datasets"), org_unit="org_unit_id"),
    ),
    NamedQuery(
        name="rule_findings",
        tables=("compliance.fct_violations", *ORG_TABLES),
        columns=("month", "finding", "violation_count", "incident_count"),
        body=f"""{_FINDINGS}
select
    cast(date_trunc('month', f.occurred_at) as date) as month,
    f.finding,
    count(*) as violation_count,
    count(distinct f.incident_id) as incident_count
from findings as f
where {equals("f.rule_id", "rule")}
group by cast(date_trunc('month', f.occurred_at) as date), f.finding
order by month, f.finding
""",
        grain="aggregate",
        filters=("org", "rule", "from", "to"),
        groups=EVERYBODY_CHOSEN,
    ),
    NamedQuery(
        name="rule_parameters",
        tables=("reference.rule_parameters",),
        columns=(
            "parameter",
            "label_zh",
            "label_en",
            "value",
            "registered_value",
            "unit",
            "stricter_is",
            "is_changed",
            "local_value_count",
        ),
        body=f"""
select
    p.parameter, p.label_zh, p.label_en, p.value, p.registered_value, p.unit, p.stricter_is, p.is_changed,
    p.local_value_count
from rule_parameters as p
where {equals("p.rule_id", "rule")}
order by p.parameter
""",
        grain="aggregate",
        filters=("rule",),
        groups=NO_PEOPLE,
    ),
    NamedQuery(
        name="rule_datasets",
        tables=("reference.rules", "quality.freshness"),
        columns=("dataset", "need", "is_delivered", "last_event_at", "last_delivered_at"),
        body=f"""needs as (
    select
        unnest(string_split(r.required_datasets || ', ' || r.optional_datasets, ', ')) as dataset,
        r.required_datasets
    from rules as r
    where {equals("r.rule_id", "rule")}
)
select
    n.dataset,
    case
        when list_contains(string_split(n.required_datasets, ', '), n.dataset) then 'required' else 'optional'
    end as need,
    f.last_delivered_at is not null as is_delivered,
    f.last_event_at,
    f.last_delivered_at
from needs as n
left join freshness as f on f.dataset = n.dataset
where n.dataset <> ''
order by need desc, n.dataset
""",
        grain="aggregate",
        filters=("rule",),
        groups=NO_PEOPLE,
    ),
    NamedQuery(
        name="rule_periods",
        tables=("reference.rule_periods",),
        columns=("valid_from", "valid_to", "is_enabled", "severity", "points", "is_experimental"),
        body=f"""
select p.valid_from, p.valid_to, p.is_enabled, p.severity, p.points, p.is_experimental
from rule_periods as p
where {equals("p.rule_id", "rule")}
order by p.valid_from
""",
        grain="aggregate",
        filters=("rule",),
        groups=NO_PEOPLE,
    ),
)
