{#-
  Histories change at midnight only, so a day is the finest grain that has to be placed. What nobody known did is left
  out: its violations need review and are not counted either.
-#}
with

exposure as (
    {{ exposure_by_hour() }}
),

daily as (
    select
        family,
        exposure_unit,
        employee_id,
        activity_date,
        cast(activity_date as timestamp) as activity_start,
        sum(exposure_count) as exposure_count
    from exposure
    group by family, exposure_unit, employee_id, activity_date
)

select
    daily.family,
    daily.exposure_unit,
    daily.employee_id,
    daily.activity_date,
    cast({{ dbt.date_trunc('month', 'daily.activity_date') }} as date) as month,
    cast(daily.exposure_count as bigint) as exposure_count,
    coalesce(history.org_unit_id, group_unit.org_unit_id) as org_unit_id,
    coalesce(tenure.tenure_band, '{{ unknown_cohort() }}') as tenure_band
from daily
inner join {{ ref('int_known_person') }} as known_people on daily.employee_id = known_people.employee_id
inner join {{ ref('dim_org_unit') }} as group_unit on group_unit.is_group
left join {{ ref('dim_employee_history') }} as history
    on daily.employee_id = history.employee_id
    and daily.activity_start >= history.valid_from
    and daily.activity_start < {{ open_end('history') }}
left join {{ ref('dim_tenure') }} as tenure
    on daily.employee_id = tenure.employee_id
    and daily.activity_start >= tenure.valid_from
    and daily.activity_start < {{ open_end('tenure') }}
