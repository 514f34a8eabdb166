{#- Half-years name themselves and stand in the order of time, teams are named by the personnel list. -#}
with

listed as (
    select 'tenure_band' as cohort_type, tenure_band as cohort_value, sort_order, name_zh, name_en
    from {{ ref('tenure_bands') }}
    union all
    select 'shift_band' as cohort_type, shift_band as cohort_value, sort_order, name_zh, name_en
    from {{ ref('shift_bands') }}
    union all
    select cohort_type, cohort_value, sort_order, name_zh, name_en
    from {{ ref('cohort_values') }}
),

used as (
    select cohort_type, cohort_value
    from {{ ref('cohort_counts') }}
    union all
    select cohort_type, cohort_value
    from {{ ref('turnover_counts') }}
),

cohorts as (
    select
        cohort_type,
        cohort_value,
        dense_rank() over (partition by cohort_type order by cohort_value) as place
    from used
    group by cohort_type, cohort_value
)

select
    cohorts.cohort_type,
    cohorts.cohort_value,
    case
        when cohorts.cohort_value = '{{ unknown_cohort() }}' then '未知' else coalesce(listed.name_zh, cohorts.cohort_value)
    end as cohort_name_zh,
    case
        when cohorts.cohort_value = '{{ unknown_cohort() }}' then 'unknown' else coalesce(listed.name_en, cohorts.cohort_value)
    end as cohort_name_en,
    cast(
        case
            when cohorts.cohort_value = '{{ unknown_cohort() }}' then 999
            else coalesce(listed.sort_order, least(cohorts.place, 998))
        end as integer
    ) as sort_order
from cohorts
left join listed
    on cohorts.cohort_type = listed.cohort_type
    and cohorts.cohort_value = listed.cohort_value
