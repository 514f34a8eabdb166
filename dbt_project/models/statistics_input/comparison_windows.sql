{#- A date mistyped into the future must not push everything else out of the window. -#}
with

last_delivery as (
    select max(last_delivered_at) as delivered_at
    from {{ ref('dim_dataset') }}
),

activity as (
    select family, exposure_unit, activity_date
    from {{ ref('exposure_hourly') }}
    union all
    select family, cast(null as {{ dbt.type_string() }}) as exposure_unit, activity_date
    from {{ ref('incidents') }}
),

families as (
    select
        activity.family,
        max(activity.exposure_unit) as exposure_unit,
        coalesce(
            min(case when activity.exposure_unit is not null then activity.activity_date end), min(activity.activity_date)
        ) as first_date,
        coalesce(
            max(case when activity.exposure_unit is not null then activity.activity_date end), max(activity.activity_date)
        ) as last_date
    from activity
    cross join last_delivery
    where last_delivery.delivered_at is null or activity.activity_date <= cast(last_delivery.delivered_at as date)
    group by activity.family
),

scopes as (
    select scope
    from {{ ref('statistics_thresholds') }}
    group by scope
),

bounded as (
    select
        families.family,
        scopes.scope,
        families.exposure_unit,
        families.first_date,
        families.last_date,
        thresholds.minimum_exposure,
        thresholds.minimum_expected_events,
        thresholds.practical_ratio,
        thresholds.fdr_level,
        cast(
            {{ dbt.dateadd('month', '-thresholds.window_months', dbt.dateadd('day', 1, 'families.last_date')) }} as date
        ) as window_start
    from families
    cross join scopes
    left join {{ ref('statistics_thresholds') }} as thresholds
        on scopes.scope = thresholds.scope
        and families.exposure_unit = thresholds.exposure_unit
)

select
    family,
    scope,
    exposure_unit,
    case when window_start > first_date then window_start else first_date end as period_start,
    last_date as period_end,
    minimum_exposure,
    minimum_expected_events,
    practical_ratio,
    fdr_level
from bounded
