"""When and among whom violations are denser than elsewhere.

Belongs here: slots of the week, hot blocks, cohorts.
Does not belong here: branches against one another (compliance.py).
"""

from collections.abc import Sequence

from dashboards.access.queries.fragments import TOP_UNITS, equals
from dashboards.access.queries.model import NamedQuery
from dashboards.access.suppression import GroupRule

_RATIO = ("rate_ratio", "rate_ratio_low", "rate_ratio_high")
_RATE = ("rate_per_1000", "rate_low", "rate_high")


def _of_top_unit(
    table: str,
    columns: Sequence[str],
    *,
    shown: Sequence[str],
    order: Sequence[str],
    population: str | None = None,
    partition: tuple[str, ...] = (),
) -> NamedQuery:
    """The rows of a hotspots mart about the chosen unit and family. shown: columns that hold nothing measured."""
    return NamedQuery(
        name=table,
        tables=(f"hotspots.{table}", "reference.org_units"),
        columns=tuple(columns),
        body=f"""{TOP_UNITS}
select {", ".join(f"m.{column}" for column in columns)}
from {table} as m
join top_units as t on t.org_unit_id = m.org_unit_id
where {equals("m.family", "family")}
order by {", ".join(f"m.{column}" for column in order)}
""",
        grain="aggregate",
        filters=("org", "family"),
        groups=GroupRule(
            measures=tuple(column for column in columns if column not in shown),
            org_unit="org_unit_id",
            population=population,
            partition=partition,
        ),
    )


QUERIES = (
    _of_top_unit(
        "slots",
        (
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
            *_RATE,
            "baseline_rate_per_1000",
            *_RATIO,
            "q_value",
            "is_flagged",
            "has_enough_data",
        ),
        shown=(
            "family",
            "org_unit_id",
            "weekday",
            "hour",
            "period_start",
            "period_end",
            "exposure_unit",
            "has_enough_data",
        ),
        order=("family", "org_unit_id", "weekday", "hour"),
        population="employee_count",
        partition=("family", "org_unit_id"),
    ),
    _of_top_unit(
        "clusters",
        (
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
            *_RATIO,
            "p_value",
            "replicate_count",
            "q_value",
            "is_flagged",
        ),
        shown=(
            "family",
            "org_unit_id",
            "block_no",
            "block_role",
            "scan_state",
            "period_start",
            "period_end",
            "exposure_unit",
        ),
        order=("family", "org_unit_id", "block_no"),
    ),
    _of_top_unit(
        "cluster_trend",
        (
            "family",
            "org_unit_id",
            "block_no",
            "period_start",
            "week_count",
            "event_count",
            "exposure_count",
            *_RATE,
            "other_event_count",
            "other_exposure_count",
            "other_rate_per_1000",
        ),
        shown=("family", "org_unit_id", "block_no", "period_start", "week_count"),
        order=("family", "org_unit_id", "block_no", "period_start"),
    ),
    _of_top_unit(
        "cohorts",
        (
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
            *_RATE,
            "other_rate_per_1000",
            *_RATIO,
            "q_value",
            "is_flagged",
            "has_enough_data",
        ),
        shown=(
            "family",
            "org_unit_id",
            "cohort_type",
            "cohort_value",
            "cohort_name_zh",
            "cohort_name_en",
            "sort_order",
            "period_start",
            "period_end",
            "exposure_unit",
            "has_enough_data",
        ),
        order=("family", "org_unit_id", "cohort_type", "sort_order"),
        population="employee_count",
        partition=("family", "org_unit_id", "cohort_type"),
    ),
)
