{#-
  Of planned visits that overlap, being near any is enough; where one of them has no known place, nobody can say that
  the punch was far from it. Only the customer's present place is known: after a change of address a person has to look.
-#}
with

plans as (
    select plan_id, employee_id, customer_id, planned_start_utc, planned_end_utc
    from {{ ref('fct_work_plan') }}
    where activity = 'visit' and planned_start_utc < planned_end_utc
),

plan_days as (
    {{ day_rows(
        'plans', ['plan_id', 'employee_id', 'customer_id', 'planned_start_utc', 'planned_end_utc'],
        'planned_start_utc', 'planned_end_utc'
    ) }}
),

visit_punches as (
    select
        punch_id,
        employee_id,
        is_employee_identified,
        org_unit_id,
        job_family,
        punched_at,
        punched_at_utc,
        cast(punched_at_utc as date) as day,
        latitude,
        longitude,
        greatest(coalesce(cast(accuracy_m as double), 0), 0) as accuracy_m
    from {{ ref('fct_punch') }}
    where direction = 'visit' and latitude is not null and longitude is not null
),

pairs as (
    select
        visit_punches.punch_id,
        visit_punches.employee_id,
        visit_punches.is_employee_identified,
        visit_punches.org_unit_id,
        visit_punches.job_family,
        visit_punches.punched_at,
        visit_punches.punched_at_utc,
        visit_punches.accuracy_m,
        plan_days.plan_id,
        plan_days.customer_id,
        customers.record_key as customer_key,
        {{ distance_m('visit_punches.latitude', 'visit_punches.longitude', 'customers.latitude', 'customers.longitude') }} as distance_m
    from visit_punches
    inner join plan_days
        on visit_punches.employee_id = plan_days.employee_id
        and visit_punches.day = plan_days.day
        and visit_punches.punched_at_utc >= plan_days.planned_start_utc
        and visit_punches.punched_at_utc < plan_days.planned_end_utc
    left join {{ ref('dim_customer') }} as customers on plan_days.customer_id = customers.customer_id
),

ranked as (
    select
        punch_id,
        employee_id,
        is_employee_identified,
        org_unit_id,
        job_family,
        punched_at,
        punched_at_utc,
        accuracy_m,
        customer_id,
        customer_key,
        distance_m,
        count(*) over (partition by punch_id) as plan_count,
        count(distance_m) over (partition by punch_id) as placed_plan_count,
        row_number() over (partition by punch_id order by distance_m, plan_id) as position
    from pairs
),

plan_rows as (
    select punch_id, {{ evidence_entries('plan', 'work_plans', 'plan_id') }} as plan_evidence
    from pairs
    group by punch_id
),

moves as (
    select customer_id, max(changed_at_utc) as last_moved_at_utc
    from {{ ref('fct_customer_change') }}
    where field = 'address'
    group by customer_id
),

hits as (
    select
        ranked.punch_id as subject_id,
        ranked.employee_id,
        ranked.org_unit_id,
        ranked.punched_at as occurred_at,
        ranked.punched_at as episode_started_at,
        ranked.customer_id,
        'punch/' || ranked.punch_id as incident_key,
        case
            when not ranked.is_employee_identified then 'unidentified_employee'
            when moves.last_moved_at_utc > ranked.punched_at_utc then 'customer_moved_since'
            when ranked.distance_m - ranked.accuracy_m <= distance_limit.value then 'imprecise_position'
        end as review_cause,
        cast(ranked.distance_m as decimal(18, 0)) as distance_m,
        cast(ranked.accuracy_m as decimal(18, 0)) as accuracy_m,
        distance_limit.value as limit_m,
        {{ evidence([
            evidence_entry('punch', 'punches', 'ranked.punch_id'),
            'plan_rows.plan_evidence',
            evidence_entry('customer_place', 'customers', 'ranked.customer_key'),
        ]) }} as evidence
    from ranked
    inner join plan_rows on ranked.punch_id = plan_rows.punch_id
    {{ threshold_join(
        'distance_limit', 'TRAJ-01', 'distance_m', 'ranked.punched_at', 'ranked.org_unit_id', 'ranked.job_family'
    ) }}
    left join moves on ranked.customer_id = moves.customer_id
    where
        ranked.position = 1
        and ranked.placed_plan_count = ranked.plan_count
        and ranked.distance_m > distance_limit.value
)

{{ rule_output('TRAJ-01', 'hits', has=['customer_id']) }}
