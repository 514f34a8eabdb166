{#-
  A ticket that nobody has answered is late as soon as the data reach past its limit, and not judged before. A response
  earlier than the ticket measures nothing. Months that the data do not reach the end of are not judged yet.
-#}
{%- set cited_count = 20 -%}
with

as_of as (
    select system_as_of
    from {{ ref('dim_dataset') }}
    where dataset = 'tickets'
),

judged as (
    select
        tickets.employee_id,
        tickets.is_employee_identified,
        tickets.record_key,
        cast({{ dbt.date_trunc('month', 'tickets.opened_at') }} as date) as month,
        {{ dbt.datediff('tickets.opened_at_utc', 'tickets.first_response_at_utc', 'second') }} as response_seconds,
        case
            when tickets.first_response_at_utc is not null
                then {{ dbt.datediff('tickets.opened_at_utc', 'tickets.first_response_at_utc', 'second') }} > response_limit.value
            else {{ dbt.datediff('tickets.opened_at', 'as_of.system_as_of', 'second') }} > response_limit.value
        end as is_late,
        response_limit.value as response_limit_seconds
    from {{ ref('fct_ticket') }} as tickets
    cross join as_of
    {{ threshold_join(
        'response_limit', 'SVC-03', 'response_seconds', 'tickets.opened_at', 'tickets.org_unit_id', 'tickets.job_family'
    ) }}
    where
        tickets.employee_id is not null
        and tickets.opened_at_utc <= coalesce(tickets.first_response_at_utc, tickets.opened_at_utc)
        and (
            tickets.first_response_at_utc is not null
            or {{ dbt.datediff('tickets.opened_at', 'as_of.system_as_of', 'second') }} > response_limit.value
        )
),

months as (
    select
        judged.employee_id,
        judged.is_employee_identified,
        judged.month,
        cast({{ dbt.dateadd('day', -1, dbt.dateadd('month', 1, 'judged.month')) }} as timestamp) as last_day,
        count(*) as ticket_count,
        sum(case when judged.is_late then 1 else 0 end) as late_count,
        sum(case when judged.response_seconds is null then 1 else 0 end) as unanswered_count,
        max(judged.response_limit_seconds) as response_limit_seconds
    from judged
    cross join as_of
    where {{ dbt.dateadd('month', 1, 'judged.month') }} <= as_of.system_as_of
    group by judged.employee_id, judged.is_employee_identified, judged.month
),

above as (
    select
        months.employee_id,
        months.is_employee_identified,
        months.month,
        months.last_day,
        months.ticket_count,
        months.late_count,
        months.unanswered_count,
        months.response_limit_seconds,
        late_share.value as late_share_limit,
        person.org_unit_id
    from months
    {{ employee_at_join('person', 'months.employee_id', 'months.last_day') }}
    {{ threshold_join('minimum_count', 'SVC-03', 'minimum_ticket_count', 'months.last_day', 'person.org_unit_id', 'person.job_family') }}
    {{ threshold_join('late_share', 'SVC-03', 'late_share', 'months.last_day', 'person.org_unit_id', 'person.job_family') }}
    where
        months.ticket_count >= minimum_count.value
        and months.late_count > late_share.value * months.ticket_count
),

{#- The slowest are enough to see what happened; the counts say the rest. -#}
slowest as (
    select
        judged.employee_id,
        judged.month,
        judged.record_key,
        row_number() over (
            partition by judged.employee_id, judged.month
            order by case when judged.response_seconds is null then 0 else 1 end, judged.response_seconds desc, judged.record_key
        ) as position
    from judged
    inner join above on judged.employee_id = above.employee_id and judged.month = above.month
    where judged.is_late
),

cited as (
    select employee_id, month, {{ evidence_entries('late_ticket', 'tickets', 'record_key') }} as ticket_evidence
    from slowest
    where position <= {{ cited_count }}
    group by employee_id, month
),

hits as (
    select
        above.employee_id || '/' || substring({{ day_text('above.month') }}, 1, 7) as subject_id,
        above.employee_id,
        above.org_unit_id,
        above.last_day as occurred_at,
        cast(above.month as timestamp) as episode_started_at,
        'employee_month/' || above.employee_id || '/' || substring({{ day_text('above.month') }}, 1, 7) as incident_key,
        case when not above.is_employee_identified then 'unidentified_employee' end as review_cause,
        substring({{ day_text('above.month') }}, 1, 7) as period,
        above.ticket_count,
        above.late_count,
        above.unanswered_count,
        above.response_limit_seconds,
        above.late_share_limit,
        cast(above.late_count as decimal(18, 6)) / above.ticket_count as late_share,
        cited.ticket_evidence as evidence
    from above
    inner join cited on above.employee_id = cited.employee_id and above.month = cited.month
)

{{ rule_output('SVC-03', 'hits') }}
