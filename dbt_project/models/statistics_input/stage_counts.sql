{#- A step that is required of no request and that nobody took has no row: there is nothing to say of it. -#}
with

thresholds as (
    select
        max(case when exposure_unit = 'request' then minimum_exposure end) as minimum_request_count,
        max(case when exposure_unit = 'decision' then minimum_exposure end) as minimum_decision_count,
        max(window_months) as window_months
    from {{ ref('statistics_thresholds') }}
    where scope = 'stage'
),

last_request as (
    select cast(max(submitted_at) as date) as last_date
    from {{ ref('int_flow_request') }}
),

window_days as (
    select
        cast(
            {{ dbt.dateadd('month', '-thresholds.window_months', dbt.dateadd('day', 1, 'last_request.last_date')) }} as date
        ) as period_start,
        last_request.last_date as period_end,
        thresholds.minimum_request_count,
        thresholds.minimum_decision_count
    from last_request
    cross join thresholds
),

ancestors as (
    {{ compared_ancestors() }}
),

requests as (
    select
        requests.request_id,
        requests.process_type,
        requests.applicant_id,
        requests.org_unit_id,
        requests.submitted_at,
        requests.reason_code,
        requests.status
    from {{ ref('int_flow_request') }} as requests
    inner join window_days
        on cast(requests.submitted_at as date) between window_days.period_start and window_days.period_end
),

{#- Only an approved request shows which of its steps were never taken. -#}
approved as (
    select request_id, process_type, applicant_id, org_unit_id, submitted_at, reason_code
    from requests
    where status = 'approved'
),

required_steps as (
    {{ required_steps('approved', ref('int_flow_step')) }}
),

required as (
    select
        approved.process_type,
        approved.org_unit_id,
        approved.applicant_id,
        required_steps.step_type,
        required_steps.step_order,
        1 as required_count,
        case when required_steps.is_missing then 1 else 0 end as skipped_count,
        0 as decision_count,
        0 as hasty_count,
        cast(null as double) as waiting_minutes
    from approved
    inner join required_steps on approved.request_id = required_steps.request_id
),

decided as (
    select
        requests.process_type,
        requests.org_unit_id,
        requests.applicant_id,
        steps.step_type,
        cast(null as integer) as step_order,
        0 as required_count,
        0 as skipped_count,
        case when steps.reading_seconds is not null and steps.minimum_reading_seconds is not null then 1 else 0 end as decision_count,
        case when steps.reading_seconds < steps.minimum_reading_seconds then 1 else 0 end as hasty_count,
        cast(steps.waiting_minutes as double) as waiting_minutes
    from requests
    inner join {{ ref('int_flow_step') }} as steps on requests.request_id = steps.request_id
),

facts as (
    {%- for part in ['required', 'decided'] %}
    select
        process_type,
        org_unit_id,
        applicant_id,
        step_type,
        step_order,
        required_count,
        skipped_count,
        decision_count,
        hasty_count,
        waiting_minutes
    from {{ part }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select
    facts.process_type,
    ancestors.ancestor_id as org_unit_id,
    facts.step_type,
    min(facts.step_order) as step_order,
    window_days.period_start,
    window_days.period_end,
    {#- Somebody who asks for many things is one person. -#}
    cast(count(distinct facts.applicant_id) as bigint) as employee_count,
    cast(sum(facts.required_count) as bigint) as required_count,
    cast(sum(facts.skipped_count) as bigint) as skipped_count,
    cast(sum(facts.decision_count) as bigint) as decision_count,
    cast(sum(facts.hasty_count) as bigint) as hasty_count,
    {{ median('facts.waiting_minutes') }} as median_waiting_minutes,
    {{ quantile('facts.waiting_minutes', 0.9) }} as waiting_minutes_p90,
    window_days.minimum_request_count,
    window_days.minimum_decision_count
from facts
inner join ancestors on facts.org_unit_id = ancestors.org_unit_id
cross join window_days
group by
    facts.process_type,
    ancestors.ancestor_id,
    facts.step_type,
    window_days.period_start,
    window_days.period_end,
    window_days.minimum_request_count,
    window_days.minimum_decision_count
