with

cohort_names as (
    select 'tenure_band' as cohort_type, tenure_band as cohort_value, sort_order, name_zh, name_en
    from {{ ref('tenure_bands') }}
)

select
    counts.family,
    counts.org_unit_id,
    counts.cohort_type,
    counts.cohort_value,
    coalesce(cohort_names.name_zh, '未知') as cohort_name_zh,
    coalesce(cohort_names.name_en, 'unknown') as cohort_name_en,
    coalesce(cohort_names.sort_order, 999) as sort_order,
    counts.period_start,
    counts.period_end,
    counts.employee_count,
    counts.event_count,
    counts.exposure_count,
    counts.exposure_unit,
    rates.rate_per_1000,
    rates.rate_low,
    rates.rate_high,
    rates.other_rate_per_1000,
    rates.expected_event_count,
    rates.rate_ratio,
    rates.rate_ratio_low,
    rates.rate_ratio_high,
    rates.p_value,
    rates.q_value,
    rates.is_flagged,
    rates.has_enough_data
from {{ ref('cohort_counts') }} as counts
inner join {{ source('statistics', 'cohort_rates') }} as rates
    on counts.family = rates.family
    and counts.org_unit_id = rates.org_unit_id
    and counts.cohort_type = rates.cohort_type
    and counts.cohort_value = rates.cohort_value
left join cohort_names
    on counts.cohort_type = cohort_names.cohort_type
    and counts.cohort_value = cohort_names.cohort_value
