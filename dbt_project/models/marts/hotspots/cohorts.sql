{#- Teams of a manager stand in a table of their own: naming one names a person. -#}
select
    counts.family,
    counts.org_unit_id,
    counts.cohort_type,
    counts.cohort_value,
    names.cohort_name_zh,
    names.cohort_name_en,
    names.sort_order,
    counts.period_start,
    counts.period_end,
    counts.employee_count,
    counts.event_count,
    counts.exposure_count,
    counts.exposure_unit,
    {{ comparison_results('rates') }}
from {{ ref('cohort_counts') }} as counts
inner join {{ source('statistics', 'cohort_rates') }} as rates
    on counts.family = rates.family
    and counts.org_unit_id = rates.org_unit_id
    and counts.cohort_type = rates.cohort_type
    and counts.cohort_value = rates.cohort_value
inner join {{ ref('int_cohort_name') }} as names
    on counts.cohort_type = names.cohort_type
    and counts.cohort_value = names.cohort_value
where counts.cohort_type <> 'manager_id'
