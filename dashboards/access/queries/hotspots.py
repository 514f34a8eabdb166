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
        name="clusters",
        tables=("hotspots.clusters", "reference.org_units"),
        columns=(
            "family",
            "org_unit_id",
            "block_no",
            "block_role",
            "scan_state",
            "period_start",
            "period_end",
            "exposure_unit",
            "scanned_event_count",
            "scanned_exposure_count",
            "unexposed_event_count",
            "dispersion",
            "near_equal_count",
            "weekday_first",
            "weekday_count",
            "hour_first",
            "hour_count",
            "event_count",
            "expected_event_count",
            "exposure_count",
            "rate_ratio",
            "rate_ratio_low",
            "rate_ratio_high",
            "p_value",
            "replicate_count",
            "q_value",
            "is_flagged",
        ),
        body=f"""{TOP_UNITS}
select
    c.family, c.org_unit_id, c.block_no, c.block_role, c.scan_state, c.period_start, c.period_end,
    c.exposure_unit, c.scanned_event_count, c.scanned_exposure_count, c.unexposed_event_count, c.dispersion,
    c.near_equal_count, c.weekday_first, c.weekday_count, c.hour_first, c.hour_count, c.event_count,
    c.expected_event_count, c.exposure_count, c.rate_ratio, c.rate_ratio_low, c.rate_ratio_high, c.p_value,
    c.replicate_count, c.q_value, c.is_flagged
from clusters as c
join top_units as t on t.org_unit_id = c.org_unit_id
where {equals("c.family", "family")}
order by c.family, c.org_unit_id, c.block_no
""",
        grain="aggregate",
        filters=("org", "family"),
        groups=GroupRule(
            measures=(
                "scanned_event_count",
                "scanned_exposure_count",
                "unexposed_event_count",
                "dispersion",
                "near_equal_count",
                "weekday_first",
                "weekday_count",
                "hour_first",
                "hour_count",
                "event_count",
                "expected_event_count",
                "exposure_count",
                "rate_ratio",
                "rate_ratio_low",
                "rate_ratio_high",
                "p_value",
                "replicate_count",
                "q_value",
                "is_flagged",
            ),
            org_unit="org_unit_id",
        ),
    ),
    NamedQuery(
        name="cluster_trend",
        tables=("hotspots.cluster_trend", "reference.org_units"),
        columns=(
            "family",
            "org_unit_id",
            "block_no",
            "period_start",
            "week_count",
            "event_count",
            "exposure_count",
            "rate_per_1000",
            "rate_low",
            "rate_high",
            "other_event_count",
            "other_exposure_count",
            "other_rate_per_1000",
        ),
        body=f"""{TOP_UNITS}
select
    c.family, c.org_unit_id, c.block_no, c.period_start, c.week_count, c.event_count, c.exposure_count,
    c.rate_per_1000, c.rate_low, c.rate_high, c.other_event_count, c.other_exposure_count,
    c.other_rate_per_1000
from cluster_trend as c
join top_units as t on t.org_unit_id = c.org_unit_id
where {equals("c.family", "family")}
order by c.family, c.org_unit_id, c.block_no, c.period_start
""",
        grain="aggregate",
        filters=("org", "family"),
        groups=GroupRule(
            measures=(
                "event_count",
                "exposure_count",
                "rate_per_1000",
                "rate_low",
                "rate_high",
                "other_event_count",
                "other_exposure_count",
                "other_rate_per_1000",
            ),
            org_unit="org_unit_id",
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
