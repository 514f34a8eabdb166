{#-
  A notice that HR's list names counts. One that only an event tells was taken back where the list has the person as
  active again. Who is listed as left on a day that nobody tells has no `left_at`.
-#}
with

stretches as (
    select
        employee_id,
        valid_from as employed_from,
        valid_to as employed_to,
        is_end_known,
        lead(valid_from) over (partition by employee_id order by valid_from) as returned_at
    from {{ ref('dim_employment') }}
),

told_last_days as (
    select
        employee_id,
        last_working_date,
        {{ evidence_entry('last_day', 'employees', 'record_key') }} as evidence
    from {{ ref('dim_employee') }}
    where last_working_date is not null
    union all
    select
        employee_id,
        effective_date as last_working_date,
        {{ evidence_entry('last_day', 'employee_events', 'record_key') }} as evidence
    from {{ ref('fct_employee_event') }}
    where event_type = 'termination'
),

last_days as (
    select
        employee_id,
        last_working_date,
        cast({{ dbt.dateadd('day', 1, 'last_working_date') }} as timestamp) as left_at,
        {{ dbt.listagg('evidence', 'chr(10)', 'order by evidence') }} as evidence
    from told_last_days
    group by employee_id, last_working_date
),

told_notices as (
    select
        employee_id,
        resignation_notice_date as notice_date,
        1 as source_rank,
        {{ evidence_entry('notice', 'employees', 'record_key') }} as evidence
    from {{ ref('dim_employee') }}
    where resignation_notice_date is not null
    union all
    select
        events.employee_id,
        events.effective_date as notice_date,
        case when listed.employment_status = 'active' then 3 else 2 end as source_rank,
        {{ evidence_entry('notice', 'employee_events', 'events.record_key') }} as evidence
    from {{ ref('fct_employee_event') }} as events
    left join {{ ref('dim_employee') }} as listed on events.employee_id = listed.employee_id
    where events.event_type = 'resignation_notice'
),

ranked_notices as (
    select
        stretches.employee_id,
        stretches.employed_from,
        told_notices.notice_date,
        told_notices.evidence,
        row_number() over (
            partition by stretches.employee_id, stretches.employed_from
            order by told_notices.source_rank, told_notices.notice_date desc, told_notices.evidence
        ) as position
    from stretches
    inner join told_notices
        on stretches.employee_id = told_notices.employee_id
        and cast(told_notices.notice_date as timestamp) >= stretches.employed_from
        and cast(told_notices.notice_date as timestamp) < coalesce(stretches.employed_to, cast('9999-12-31' as timestamp))
    where told_notices.source_rank < 3 or stretches.employed_to is not null
),

leaves as (
    select
        stretches.employee_id,
        stretches.employed_from,
        notices.notice_date,
        last_days.last_working_date,
        case when stretches.is_end_known then stretches.employed_to end as left_at,
        stretches.returned_at,
        coalesce(last_days.evidence, {{ evidence_entry('listed', 'employees', 'listed.record_key') }}) as end_evidence,
        notices.evidence as notice_evidence
    from stretches
    left join last_days
        on stretches.employee_id = last_days.employee_id and stretches.employed_to = last_days.left_at
    left join ranked_notices as notices
        on stretches.employee_id = notices.employee_id
        and stretches.employed_from = notices.employed_from
        and notices.position = 1
    left join {{ ref('dim_employee') }} as listed on stretches.employee_id = listed.employee_id
    where
        (stretches.returned_at is null or stretches.employed_to < stretches.returned_at)
        and (notices.notice_date is not null or (stretches.employed_to is not null and stretches.is_end_known))
),

placed as (
    select
        leaves.employee_id,
        leaves.employed_from,
        leaves.notice_date,
        leaves.last_working_date,
        leaves.left_at,
        leaves.returned_at,
        cast(
            coalesce(leaves.notice_date, leaves.last_working_date, cast(leaves.left_at as date)) as timestamp
        ) as leaving_from,
        case
            when leaves.left_at is null then cast(leaves.notice_date as timestamp)
            else {{ dbt.dateadd('day', -1, 'leaves.left_at') }}
        end as last_day_at,
        leaves.end_evidence,
        leaves.notice_evidence
    from leaves
)

select
    placed.employee_id,
    placed.employed_from,
    placed.notice_date,
    placed.last_working_date,
    placed.left_at,
    placed.returned_at,
    placed.leaving_from,
    cast(
        {{ dbt.dateadd('day', '-cast(export_window.value as integer)', 'placed.leaving_from') }} as timestamp
    ) as export_window_from,
    person.org_unit_id,
    person.job_family,
    managers.employee_id as manager_id,
    placed.end_evidence,
    placed.notice_evidence
from placed
{{ employee_at_join('person', 'placed.employee_id', 'placed.last_day_at') }}
left join {{ ref('int_known_person') }} as managers on person.manager_id = managers.employee_id
{{ threshold_join(
    'export_window', 'EXIT-03', 'window_days', 'placed.leaving_from', 'person.org_unit_id', 'person.job_family'
) }}
