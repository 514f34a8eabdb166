{#- The first violation says when, where and whose the incident was; what followed made it worse, not another one. -#}
with

ranked as (
    select
        family,
        incident_id,
        occurred_at,
        month,
        employee_id,
        org_unit_id,
        row_number() over (
            partition by family, incident_id order by occurred_at, points desc, violation_id
        ) as position,
        count(*) over (partition by family, incident_id) as violation_count,
        max(points) over (partition by family, incident_id) as points
    from {{ ref('counted_violations') }}
),

timed as (
    select
        family,
        incident_id,
        occurred_at,
        cast(occurred_at as date) as activity_date,
        {{ hour_of('occurred_at') }} as activity_hour,
        {{ middle_of_hour('cast(occurred_at as date)', hour_of('occurred_at')) }} as hour_middle,
        month,
        employee_id,
        org_unit_id,
        violation_count,
        points
    from ranked
    where position = 1
)

select
    timed.family,
    timed.incident_id,
    timed.occurred_at,
    timed.activity_date,
    timed.activity_hour,
    timed.month,
    timed.employee_id,
    timed.org_unit_id,
    {{ cohort_columns('cohorts') }},
    {{ shift_column('timed.hour_middle') }} as shift_band,
    timed.violation_count,
    timed.points
from timed
left join {{ ref('dim_cohort_history') }} as cohorts
    on timed.employee_id = cohorts.employee_id
    and {{ in_force('cohorts', 'timed.occurred_at') }}
{{ shift_joins('timed.employee_id', 'timed.hour_middle') }}
