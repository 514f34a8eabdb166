{#-
  Whether a request went the way that policy prescribes: of the required steps, what counts is the last word. What is
  not approved yet, or refused, breaks no rule by a step that never came.
-#}
with

last_delivery as (
    select max(last_delivered_at) as delivered_at
    from {{ ref('dim_dataset') }}
),

ways as (
    select
        request_id,
        max(acted_at) as last_acted_at,
        {{ dbt.listagg(
            "step_type || case when is_consent then '' else ':' || action end", "' > '", "order by position"
        ) }} as variant
    from {{ ref('int_flow_step') }}
    group by request_id
),

requests as (
    select
        requests.request_id,
        requests.process_type,
        requests.applicant_id,
        coalesce(requests.org_unit_id, group_unit.org_unit_id) as org_unit_id,
        requests.submitted_at,
        requests.reason_code,
        requests.status,
        ways.last_acted_at,
        {#- Approved or open without anybody having acted: a way of its own. -#}
        coalesce(ways.variant, '') as variant
    from {{ ref('fct_approval_request') }} as requests
    inner join {{ ref('dim_org_unit') }} as group_unit on group_unit.is_group
    cross join last_delivery
    left join ways on requests.request_id = ways.request_id
    where last_delivery.delivered_at is null or requests.submitted_at <= last_delivery.delivered_at
),

required as (
    select
        requests.request_id,
        policy.step_order,
        policy.step_type,
        steps.acted_at_utc
    from requests
    inner join {{ ref('required_approval_steps') }} as policy
        on requests.process_type = policy.process_type
        and {{ in_force('policy', 'requests.submitted_at') }}
        and (policy.reason_code is null or policy.reason_code = requests.reason_code)
    left join {{ ref('int_flow_step') }} as steps
        on requests.request_id = steps.request_id
        and policy.step_type = steps.step_type
        and steps.is_last_word
        and steps.is_consent
),

ordered as (
    select
        request_id,
        step_type,
        acted_at_utc is null as is_missing,
        coalesce(
            acted_at_utc < max(acted_at_utc) over (
                partition by request_id order by step_order rows between unbounded preceding and 1 preceding
            ),
            false
        ) as is_early
    from required
),

faults as (
    select
        request_id,
        sum(case when is_missing then 1 else 0 end) as missing_step_count,
        sum(case when is_early then 1 else 0 end) as early_step_count
    from ordered
    group by request_id
)

select
    requests.request_id,
    requests.process_type,
    requests.applicant_id,
    requests.org_unit_id,
    requests.submitted_at,
    requests.reason_code,
    requests.status,
    requests.variant,
    {{ dbt.datediff('requests.submitted_at', 'requests.last_acted_at', 'second') }} / 3600.0 as duration_hours,
    {#- Null where policy prescribes nothing for the process, or nothing has been approved. -#}
    case
        when requests.status = 'approved' and faults.request_id is not null
            then faults.missing_step_count = 0 and faults.early_step_count = 0
    end as is_conformant
from requests
left join faults on requests.request_id = faults.request_id
