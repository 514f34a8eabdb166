{#- Which step directly follows which; the beginning and the end of a request are '(start)' and '(end)'. -#}
with

ancestors as (
    {{ compared_ancestors() }}
),

windows as (
    select period_start, period_end
    from {{ ref('stage_counts') }}
    group by period_start, period_end
),

steps as (
    select
        steps.request_id,
        steps.process_type,
        steps.org_unit_id,
        steps.applicant_id,
        steps.position,
        steps.step_type,
        steps.acted_at_utc,
        steps.waiting_minutes,
        lag(steps.step_type) over (partition by steps.request_id order by steps.position) as previous_step,
        lag(steps.acted_at_utc) over (partition by steps.request_id order by steps.position) as previous_acted_at_utc,
        lead(steps.step_type) over (partition by steps.request_id order by steps.position) as next_step
    from {{ ref('int_flow_step') }} as steps
    inner join windows
        on cast(steps.submitted_at as date) between windows.period_start and windows.period_end
),

edges as (
    select
        process_type,
        org_unit_id,
        applicant_id,
        coalesce(previous_step, '(start)') as from_step,
        step_type as to_step,
        case
            when previous_acted_at_utc is null then waiting_minutes
            else {{ dbt.datediff('previous_acted_at_utc', 'acted_at_utc', 'second') }} / 60.0
        end as minutes
    from steps
    union all
    select
        process_type,
        org_unit_id,
        applicant_id,
        step_type as from_step,
        '(end)' as to_step,
        cast(null as double) as minutes
    from steps
    where next_step is null
)

select
    edges.process_type,
    ancestors.ancestor_id as org_unit_id,
    edges.from_step,
    edges.to_step,
    {#- Somebody who asks for many things is one person. #}
    cast(count(distinct edges.applicant_id) as bigint) as employee_count,
    cast(count(*) as bigint) as transition_count,
    {{ median('edges.minutes') }} as median_minutes
from edges
inner join ancestors on edges.org_unit_id = ancestors.org_unit_id
group by edges.process_type, ancestors.ancestor_id, edges.from_step, edges.to_step
