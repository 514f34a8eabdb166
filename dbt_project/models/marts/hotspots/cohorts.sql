{#- Teams of a manager stand in a table of their own: naming one names a person. -#}
with

cohort_names as (
    select 'tenure_band' as cohort_type, tenure_band as cohort_value, sort_order, name_zh, name_en
    from {{ ref('tenure_bands') }}
    union all
    select 'shift_band' as cohort_type, shift_band as cohort_value, sort_order, name_zh, name_en
    from {{ ref('shift_bands') }}
    union all
    select cohort_type, cohort_value, sort_order, name_zh, name_en
    from {{ ref('cohort_values') }}
),

named as (
    select
        counts.family,
        counts.org_unit_id,
        counts.cohort_type,
        counts.cohort_value,
        coalesce(cohort_names.name_zh, case counts.cohort_type when 'hire_half_year' then counts.cohort_value end) as name_zh,
        coalesce(cohort_names.name_en, case counts.cohort_type when 'hire_half_year' then counts.cohort_value end) as name_en,
        coalesce(
            cohort_names.sort_order,
            {#- Half-years stand in the order of time. #}
            cast(case counts.cohort_type when 'hire_half_year' then dense_rank() over (
                partition by counts.cohort_type order by counts.cohort_value
            ) end as integer)
        ) as sort_order,
        counts.period_start,
        counts.period_end,
        counts.employee_count,
        counts.event_count,
        counts.exposure_count,
        counts.exposure_unit
    from {{ ref('cohort_counts') }} as counts
    left join cohort_names
        on counts.cohort_type = cohort_names.cohort_type
        and counts.cohort_value = cohort_names.cohort_value
    where counts.cohort_type <> 'manager_id'
)

select
    named.family,
    named.org_unit_id,
    named.cohort_type,
    named.cohort_value,
    case when named.cohort_value = '{{ unknown_cohort() }}' then '未知' else coalesce(named.name_zh, named.cohort_value) end as cohort_name_zh,
    case when named.cohort_value = '{{ unknown_cohort() }}' then 'unknown' else coalesce(named.name_en, named.cohort_value) end as cohort_name_en,
    case when named.cohort_value = '{{ unknown_cohort() }}' then 999 else coalesce(named.sort_order, 998) end as sort_order,
    named.period_start,
    named.period_end,
    named.employee_count,
    named.event_count,
    named.exposure_count,
    named.exposure_unit,
    {{ comparison_results('rates') }}
from named
inner join {{ source('statistics', 'cohort_rates') }} as rates
    on named.family = rates.family
    and named.org_unit_id = rates.org_unit_id
    and named.cohort_type = rates.cohort_type
    and named.cohort_value = rates.cohort_value
