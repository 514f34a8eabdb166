{#-
  Whether a request went the way that policy prescribes: of the required steps, what counts is the last word. What is
  not approved yet, or refused, breaks no rule by a step that never came.
-#}
with

requests as (
    {{ delivered_requests() }}
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

required as (
    {{ required_steps('requests', ref('int_flow_step')) }}
),

faults as (
    select
        request_id,
        sum(case when is_missing then 1 else 0 end) as missing_step_count,
        sum(case when is_early then 1 else 0 end) as early_step_count
    from required
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
    {#- Approved or open without anybody having acted: a way of its own. #}
    coalesce(ways.variant, '') as variant,
    {{ dbt.datediff('requests.submitted_at', 'ways.last_acted_at', 'second') }} / 3600.0 as duration_hours,
    {#- Null where policy prescribes nothing for the process, or nothing has been approved. -#}
    case
        when requests.status = 'approved' and faults.request_id is not null
            then faults.missing_step_count = 0 and faults.early_step_count = 0
    end as is_conformant
from requests
left join ways on requests.request_id = ways.request_id
left join faults on requests.request_id = faults.request_id
