{#- Who vanished from the employee list without a last day is gone, but since when nobody tells: a person has to look. -#}
with

hits as (
    select
        operations.event_id as subject_id,
        operations.employee_id,
        operations.org_unit_id,
        operations.occurred_at,
        operations.occurred_at as episode_started_at,
        case when operations.object_type = 'customer' then operations.object_id end as customer_id,
        'leaver/' || operations.employee_id as incident_key,
        case when leaves.last_working_date is null then 'unknown_last_day' end as review_cause,
        leaves.last_working_date,
        operations.system,
        operations.action,
        operations.object_type,
        {{ evidence([
            evidence_entry('operation', 'operation_log', 'operations.record_key'),
            'leaves.end_evidence',
        ]) }} as evidence
    from {{ ref('fct_operation') }} as operations
    inner join {{ ref('int_leave') }} as leaves
        on operations.employee_id = leaves.employee_id
        and operations.occurred_at >= leaves.left_at
        and operations.occurred_at < coalesce(leaves.returned_at, cast('9999-12-31' as timestamp))
    where coalesce(operations.success, true)
)

{{ rule_output('EXIT-01', 'hits', has=['customer_id']) }}
