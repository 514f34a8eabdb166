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
)

select
    ranked.family,
    ranked.incident_id,
    ranked.occurred_at,
    cast(ranked.occurred_at as date) as activity_date,
    {{ hour_of('ranked.occurred_at') }} as activity_hour,
    ranked.month,
    ranked.employee_id,
    ranked.org_unit_id,
    coalesce(tenure.tenure_band, '{{ unknown_cohort() }}') as tenure_band,
    ranked.violation_count,
    ranked.points
from ranked
left join {{ ref('dim_tenure') }} as tenure
    on ranked.employee_id = tenure.employee_id
    and {{ in_force('tenure', 'ranked.occurred_at') }}
where ranked.position = 1
