{#- Visits as people report them: what the trajectory rules doubt. -#}
select
    employee_id,
    cast(claimed_start as date) as activity_date,
    {{ hour_of('claimed_start') }} as activity_hour,
    count(*) as visit_count
from {{ ref('stg_attendance__work_summaries') }}
where activity = 'visit'
group by employee_id, cast(claimed_start as date), {{ hour_of('claimed_start') }}
