{#- A year has 365.25 days; the statistics give leavers per 1,000 days. -#}
{%- set per_year = 365.25 / 10 -%}
with

compared as (
    select
        counts.org_unit_id,
        counts.cohort_type,
        counts.cohort_value,
        names.cohort_name_zh,
        names.cohort_name_en,
        names.sort_order,
        counts.period_start,
        counts.period_end,
        counts.employee_count,
        counts.event_count as leaver_count,
        counts.exposure_count / 365.25 as person_years,
        rates.rate_per_1000 * {{ per_year }} as turnover_pct,
        rates.rate_low * {{ per_year }} as turnover_low_pct,
        rates.rate_high * {{ per_year }} as turnover_high_pct,
        rates.rate_ratio,
        rates.rate_ratio_low,
        rates.rate_ratio_high,
        rates.q_value,
        rates.is_flagged,
        {#- Everybody has nobody else to be compared with, but a rate of their own. #}
        counts.exposure_count >= counts.minimum_exposure as has_enough_data,
        cast(policy.attrition_reference_pct as double) as reference_pct
    from {{ ref('turnover_counts') }} as counts
    inner join {{ source('statistics', 'turnover_rates') }} as rates
        on counts.org_unit_id = rates.org_unit_id
        and counts.cohort_type = rates.cohort_type
        and counts.cohort_value = rates.cohort_value
    inner join {{ ref('int_cohort_name') }} as names
        on counts.cohort_type = names.cohort_type
        and counts.cohort_value = names.cohort_value
    cross join {{ ref('cohort_policy') }} as policy
    where counts.cohort_type <> 'manager_id'
)

select
    org_unit_id,
    cohort_type,
    cohort_value,
    cohort_name_zh,
    cohort_name_en,
    sort_order,
    period_start,
    period_end,
    employee_count,
    leaver_count,
    person_years,
    turnover_pct,
    turnover_low_pct,
    turnover_high_pct,
    rate_ratio,
    rate_ratio_low,
    rate_ratio_high,
    q_value,
    is_flagged,
    has_enough_data,
    reference_pct,
    case
        when not has_enough_data or reference_pct is null then null
        when turnover_low_pct > reference_pct then 'above'
        when turnover_high_pct < reference_pct then 'below'
        else 'alike'
    end as reference_comparison
from compared
