{#-
  A field day is one with a visit punch, or with a planned visit and any punch; a visit during approved leave makes none.
  It is judged once the attendance system has moved on to a later day, so that there was time to write. A name that is
  not among the customers says nothing before the CRM has reached the day.
-#}
with

plans as (
    select
        plan_id,
        employee_id,
        planned_start as visit_from,
        planned_end as visit_to,
        {{ dbt.dateadd('second', -1, 'planned_end') }} as last_planned_at
    from {{ ref('fct_work_plan') }}
    where activity = 'visit'
),

plan_days as (
    {{ day_rows('plans', ['plan_id', 'employee_id', 'visit_from', 'visit_to'], 'visit_from', 'last_planned_at') }}
),

visits as (
    select
        employee_id,
        day,
        visit_from,
        visit_to,
        plan_id,
        cast(null as {{ dbt.type_string() }}) as punch_id
    from plan_days
    union all
    select
        employee_id,
        cast(punched_at as date) as day,
        punched_at as visit_from,
        {{ dbt.dateadd('second', 1, 'punched_at') }} as visit_to,
        cast(null as {{ dbt.type_string() }}) as plan_id,
        punch_id
    from {{ ref('fct_punch') }}
    where direction = 'visit'
),

leaves as (
    select leave_id, employee_id, starts_at, ends_at
    from {{ ref('fct_leave') }}
    where coalesce(status, 'approved') = 'approved'
),

leave_days as (
    {{ day_rows('leaves', ['leave_id', 'employee_id', 'starts_at', 'ends_at'], 'starts_at', 'ends_at') }}
),

field_days as (
    select
        visits.employee_id,
        visits.day,
        min(visits.plan_id) as plan_id,
        count(visits.punch_id) as visit_punch_count
    from visits
    left join leave_days
        on visits.employee_id = leave_days.employee_id
        and visits.day = leave_days.day
        and visits.visit_from < leave_days.ends_at
        and visits.visit_to > leave_days.starts_at
    where leave_days.leave_id is null
    group by visits.employee_id, visits.day
),

day_punches as (
    select
        field_days.employee_id,
        field_days.day,
        field_days.plan_id,
        field_days.visit_punch_count,
        punches.is_employee_identified,
        punches.punch_id,
        row_number() over (
            partition by field_days.employee_id, field_days.day
            order by case when punches.direction = 'visit' then 0 else 1 end, punches.punched_at_utc, punches.punch_id
        ) as position
    from field_days
    inner join {{ ref('fct_punch') }} as punches
        on field_days.employee_id = punches.employee_id and field_days.day = cast(punches.punched_at as date)
),

summaries as (
    select
        summary_id,
        employee_id,
        customer_id,
        claimed_start,
        {{ dbt.dateadd('second', -1, 'claimed_end') }} as last_claimed_at
    from {{ ref('fct_work_summary') }}
),

summary_days as (
    {{ day_rows('summaries', ['summary_id', 'employee_id', 'customer_id'], 'claimed_start', 'last_claimed_at') }}
),

written_days as (
    select
        summary_days.employee_id,
        summary_days.day,
        max(summary_days.customer_id) as named_customer_id,
        count(customers.customer_id) as known_customer_count,
        {{ evidence_entries('summary', 'work_summaries', 'summary_days.summary_id') }} as summary_evidence
    from summary_days
    left join {{ ref('dim_customer') }} as customers on summary_days.customer_id = customers.customer_id
    group by summary_days.employee_id, summary_days.day
),

missing_days as (
    select day_punches.employee_id, day_punches.day
    from day_punches
    inner join {{ ref('fct_missing_delivery') }} as gaps
        on gaps.dataset = 'work_summaries'
        and day_punches.day >= gaps.missing_from
        and day_punches.day < gaps.missing_to
    group by day_punches.employee_id, day_punches.day
),

hits as (
    select
        day_punches.employee_id || '/' || {{ day_text('day_punches.day') }} as subject_id,
        day_punches.employee_id,
        person.org_unit_id,
        cast(day_punches.day as timestamp) as occurred_at,
        cast(day_punches.day as timestamp) as episode_started_at,
        'employee_day/' || day_punches.employee_id || '/' || {{ day_text('day_punches.day') }} as incident_key,
        case when not day_punches.is_employee_identified then 'unidentified_employee' end as review_cause,
        day_punches.day,
        day_punches.visit_punch_count,
        case when day_punches.plan_id is null then 'unplanned' else 'planned' end as plan_state,
        case
            when written_days.day is null then 'no_summary'
            when written_days.named_customer_id is null then 'no_customer'
            else 'unknown_customer'
        end as cause,
        {{ evidence([
            evidence_entry('punch', 'punches', 'day_punches.punch_id'),
            evidence_entry('plan', 'work_plans', 'day_punches.plan_id'),
            'written_days.summary_evidence',
        ]) }} as evidence
    from day_punches
    inner join {{ ref('dim_dataset') }} as attendance on attendance.dataset = 'work_summaries'
    inner join {{ ref('dim_dataset') }} as crm on crm.dataset = 'customers'
    left join written_days on day_punches.employee_id = written_days.employee_id and day_punches.day = written_days.day
    left join missing_days on day_punches.employee_id = missing_days.employee_id and day_punches.day = missing_days.day
    {{ employee_at_join('person', 'day_punches.employee_id', 'cast(day_punches.day as timestamp)') }}
    where
        day_punches.position = 1
        and missing_days.day is null
        and cast(attendance.system_as_of as date) > day_punches.day
        and coalesce(written_days.known_customer_count, 0) = 0
        and (written_days.named_customer_id is null or cast(crm.system_as_of as date) > day_punches.day)
)

{{ rule_output('TRAJ-05', 'hits') }}
