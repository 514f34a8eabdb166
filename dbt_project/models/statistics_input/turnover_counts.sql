{#- Who left counts in the cohort of the last employed moment; a transfer within the company is no leaving. -#}
{%- set cohort_types = cohort_attributes() -%}
with

last_delivery as (
    select max(last_delivered_at) as delivered_at
    from {{ ref('dim_dataset') }}
    where dataset = 'employees'
),

windows as (
    select
        cast('person_day' as {{ dbt.type_string() }}) as exposure_unit,
        cast({{ dbt.dateadd('month', '-thresholds.window_months', 'last_delivery.delivered_at') }} as date) as period_start,
        {#- The day of the delivery itself is not over. #}
        cast({{ dbt.dateadd('day', -1, 'last_delivery.delivered_at') }} as date) as period_end,
        thresholds.minimum_exposure,
        thresholds.minimum_expected_events,
        thresholds.practical_ratio,
        thresholds.fdr_level
    from last_delivery
    inner join {{ ref('statistics_thresholds') }} as thresholds
        on thresholds.scope = 'turnover' and thresholds.exposure_unit = 'person_day'
    where last_delivery.delivered_at is not null
),

ancestors as (
    {{ compared_ancestors() }}
),

stretches as (
    select
        cohorts.employee_id,
        coalesce(cohorts.org_unit_id, group_unit.org_unit_id) as org_unit_id,
        {{ cohort_columns('cohorts') }},
        cohorts.valid_to,
        greatest(cohorts.valid_from, cast(windows.period_start as timestamp)) as counted_from,
        least(
            {{ open_end('cohorts') }},
            cast({{ dbt.dateadd('day', 1, 'windows.period_end') }} as timestamp)
        ) as counted_to
    from {{ ref('dim_cohort_history') }} as cohorts
    inner join {{ ref('dim_org_unit') }} as group_unit on group_unit.is_group
    cross join windows
),

counted as (
    select
        stretches.employee_id,
        stretches.org_unit_id,
        {%- for cohort_type in cohort_types %}
        stretches.{{ cohort_type }},
        {%- endfor %}
        {{ dbt.datediff('stretches.counted_from', 'stretches.counted_to', 'day') }} as exposure_count,
        case when employment.employee_id is not null and stretches.valid_to <= stretches.counted_to then 1 else 0 end as event_count
    from stretches
    left join {{ ref('dim_employment') }} as employment
        on stretches.employee_id = employment.employee_id
        and stretches.valid_to = employment.valid_to
        and employment.is_end_known
    where stretches.counted_from < stretches.counted_to
),

own_counts as (
    {%- for cohort_type in [everybody()] + cohort_types %}
    select
        ancestors.ancestor_id as org_unit_id,
        '{{ cohort_type }}' as cohort_type,
        {{ 'counted.' ~ cohort_type if cohort_type in cohort_types else "'" ~ cohort_type ~ "'" }} as cohort_value,
        {#- Someone who moved within the unit counts once in it. #}
        count(distinct counted.employee_id) as employee_count,
        sum(counted.event_count) as event_count,
        sum(counted.exposure_count) as exposure_count
    from counted
    inner join ancestors on counted.org_unit_id = ancestors.org_unit_id
    group by 1, 2, 3
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

totals as (
    select
        org_unit_id,
        cohort_type,
        sum(event_count) as event_count,
        sum(exposure_count) as exposure_count
    from own_counts
    group by org_unit_id, cohort_type
)

select
    own_counts.org_unit_id,
    own_counts.cohort_type,
    own_counts.cohort_value,
    cast(own_counts.employee_count as bigint) as employee_count,
    {{ comparison_columns('own_counts', 'totals', 'windows') }}
from own_counts
inner join totals
    on own_counts.org_unit_id = totals.org_unit_id
    and own_counts.cohort_type = totals.cohort_type
cross join windows
