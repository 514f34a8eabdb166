"""When and among whom violations are denser than elsewhere.

Belongs here: slots of the week, cohorts.
Does not belong here: branches against one another (compliance.py).
"""

from dashboards.access.queries.fragments import TOP_UNITS, equals
from dashboards.access.queries.model import NamedQuery
from dashboards.access.suppression import GroupRule

_MEASURES = (
    "event_count",
    "exposure_count",
    "rate_per_1000",
    "rate_low",
    "rate_high",
    "rate_ratio",
    "rate_ratio_low",
    "rate_ratio_high",
    "q_value",
    "is_flagged",
)

QUERIES = (
    NamedQuery(
        name="slots",
        tables=("hotspots.slots", "reference.org_units"),
        columns=(
            "family",
            "org_unit_id",
            "weekday",
            "hour",
            "period_start",
            "period_end",
            "employee_count",
            "event_count",
            "exposure_count",
            "exposure_unit",
            "rate_per_1000",
            "rate_low",
            "rate_high",
            "baseline_rate_per_1000",
            "rate_ratio",
            "rate_ratio_low",
            "rate_ratio_high",
            "q_value",
            "is_flagged",
            "has_enough_data",
        ),
        body=f"""{TOP_UNITS}
select
    s.family, s.org_unit_id, s.weekday, s.hour, s.period_start, s.period_end, s.employee_count, s.event_count,
    s.exposure_count, s.exposure_unit, s.rate_per_1000, s.rate_low, s.rate_high, s.baseline_rate_per_1000, s.rate_ratio,
    s.rate_ratio_low, s.rate_ratio_high, s.q_value, s.is_flagged, s.has_enough_data
from slots as s
join top_units as t on t.org_unit_id = s.org_unit_id
where {equals("s.family", "family")}
order by s.family, s.org_unit_id, s.weekday, s.hour
""",
        grain="aggregate",
        filters=("org", "family"),
        groups=GroupRule(
            measures=("employee_count", *_MEASURES, "baseline_rate_per_1000"),
            org_unit="org_unit_id",
            population="employee_count",
            partition=("family", "org_unit_id"),
        ),
    ),
    NamedQuery(
        name="cohorts",
        tables=("hotspots.cohorts", "reference.org_units"),
        columns=(
            "family",
            "org_unit_id",
            "cohort_type",
            "cohort_value",
            "cohort_name_zh",
            "cohort_name_en",
            "sort_order",
            "period_start",
            "period_end",
            "employee_count",
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
        body=f"""{TOP_UNITS}
select
    c.family, c.org_unit_id, c.cohort_type, c.cohort_value, c.cohort_name_zh, c.cohort_name_en, c.sort_order,
    c.period_start, c.period_end, c.employee_count, c.event_count, c.exposure_count, c.exposure_unit, c.rate_per_1000,
    c.rate_low, c.rate_high, c.other_rate_per_1000, c.rate_ratio, c.rate_ratio_low, c.rate_ratio_high, c.q_value,
    c.is_flagged, c.has_enough_data
from cohorts as c
join top_units as t on t.org_unit_id = c.org_unit_id
where {equals("c.family", "family")}
order by c.family, c.org_unit_id, c.cohort_type, c.sort_order
""",
        grain="aggregate",
        filters=("org", "family"),
        groups=GroupRule(
            measures=("employee_count", *_MEASURES, "other_rate_per_1000"),
            org_unit="org_unit_id",
            population="employee_count",
            partition=("family", "org_unit_id", "cohort_type"),
        ),
    ),
)
