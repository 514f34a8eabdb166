with

ancestors as (
    {{ compared_ancestors() }}
),

windows as (
    select period_start, period_end
    from {{ ref('stage_counts') }}
    group by period_start, period_end
),

variants as (
    select
        requests.process_type,
        ancestors.ancestor_id as org_unit_id,
        requests.variant,
        requests.status,
        requests.is_conformant,
        windows.period_start,
        windows.period_end,
        {#- Somebody who asks for many things is one person. #}
        count(distinct requests.applicant_id) as employee_count,
        count(*) as request_count,
        {{ median('requests.duration_hours') }} as median_duration_hours
    from {{ ref('int_flow_request') }} as requests
    inner join ancestors on requests.org_unit_id = ancestors.org_unit_id
    inner join windows
        on cast(requests.submitted_at as date) between windows.period_start and windows.period_end
    group by
        requests.process_type,
        ancestors.ancestor_id,
        requests.variant,
        requests.status,
        requests.is_conformant,
        windows.period_start,
        windows.period_end
)

select
    process_type,
    org_unit_id,
    variant,
    status,
    {#- Of one variant some requests may conform and others not, since what is required goes by the reason given. -#}
    case when is_conformant then 'conformant' when not is_conformant then 'deviating' else 'not_judged' end as conformance,
    period_start,
    period_end,
    cast(employee_count as bigint) as employee_count,
    cast(request_count as bigint) as request_count,
    cast(
        sum(request_count) over (partition by process_type, org_unit_id) as bigint
    ) as process_request_count,
    median_duration_hours
from variants
