{#-
  Nobody reads a request before it is there, nor while deciding another one. Exports that know no seconds tell a
  decision's moment only to the minute: then it may have taken almost a minute longer than it looks.
-#}
with

requests as (
    {{ delivered_requests() }}
),

steps as (
    select
        requests.process_type,
        steps.request_id,
        steps.step_no,
        steps.step_type,
        steps.approver_id,
        steps.action,
        steps.is_consent,
        steps.is_last_word,
        steps.acted_at,
        steps.acted_at_utc,
        row_number() over (
            partition by steps.request_id order by steps.acted_at_utc, steps.step_no
        ) as position,
        coalesce(
            steps.received_at,
            lag(steps.acted_at) over (partition by steps.request_id order by steps.acted_at_utc, steps.step_no),
            requests.submitted_at
        ) as available_at,
        lag(steps.acted_at) over (
            partition by steps.approver_id order by steps.acted_at_utc, steps.request_id, steps.step_no
        ) as previous_decision_at,
        min(case when extract(second from steps.acted_at) <> 0 then 0 else 59 end) over (
            partition by requests.process_type
        ) as unknown_seconds
    from requests
    inner join {{ ref('fct_approval_step') }} as steps on requests.request_id = steps.request_id
)

select
    requests.request_id,
    requests.process_type,
    requests.applicant_id,
    requests.org_unit_id,
    requests.submitted_at,
    requests.reason_code,
    requests.status,
    steps.position,
    steps.step_no,
    steps.step_type,
    steps.approver_id,
    steps.action,
    steps.is_consent,
    steps.is_last_word,
    steps.acted_at,
    steps.acted_at_utc,
    {{ dbt.datediff('steps.available_at', 'steps.acted_at', 'second') }} / 60.0 as waiting_minutes,
    case when steps.approver_id is not null then
        {{ dbt.datediff(
            'greatest(steps.available_at, coalesce(steps.previous_decision_at, steps.available_at))',
            'steps.acted_at',
            'second'
        ) }} + steps.unknown_seconds
    end as reading_seconds,
    policy.minimum_reading_seconds
from requests
inner join steps on requests.request_id = steps.request_id
left join {{ ref('reading_times') }} as policy
    on requests.process_type = policy.process_type
    and {{ in_force('policy', 'requests.submitted_at') }}
