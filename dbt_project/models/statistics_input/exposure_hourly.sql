{#-
  Histories change at midnight only, so people are placed by the day; shifts go by the hour. What nobody known did is
  left out: its violations need review and are not counted either.
-#}
with

exposure as (
    {{ exposure_by_hour() }}
),

timed as (
    select
        exposure.family,
        exposure.exposure_unit,
        exposure.employee_id,
        exposure.activity_date,
        exposure.activity_hour,
        exposure.exposure_count,
        cast(exposure.activity_date as timestamp) as activity_start,
        {{ middle_of_hour('exposure.activity_date', 'exposure.activity_hour') }} as hour_middle
    from exposure
    inner join {{ ref('int_known_person') }} as known_people on exposure.employee_id = known_people.employee_id
)

select
    timed.family,
    timed.exposure_unit,
    timed.employee_id,
    timed.activity_date,
    timed.activity_hour,
    cast({{ dbt.date_trunc('month', 'timed.activity_date') }} as date) as month,
    cast(timed.exposure_count as bigint) as exposure_count,
    coalesce(history.org_unit_id, group_unit.org_unit_id) as org_unit_id,
    {{ cohort_columns('cohorts') }},
    {{ shift_column('timed.hour_middle') }} as shift_band
from timed
inner join {{ ref('dim_org_unit') }} as group_unit on group_unit.is_group
left join {{ ref('dim_employee_history') }} as history
    on timed.employee_id = history.employee_id
    and {{ in_force('history', 'timed.activity_start') }}
left join {{ ref('dim_cohort_history') }} as cohorts
    on timed.employee_id = cohorts.employee_id
    and {{ in_force('cohorts', 'timed.activity_start') }}
{{ shift_joins('timed.employee_id', 'timed.hour_middle') }}
