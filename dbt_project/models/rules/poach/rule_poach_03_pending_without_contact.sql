with

hits as (
    select
        customer_id as subject_id,
        owner_id as employee_id,
        org_unit_id,
        overdue_at as occurred_at,
        silent_from as episode_started_at,
        customer_id,
        'customer/' || customer_id as incident_key,
        case
            when not is_start_known then 'unknown_status_start'
            when owner_id is null then 'unknown_owner'
            when not is_owner_identified then 'unidentified_employee'
        end as review_cause,
        pending_from,
        silent_from,
        silent_to,
        silent_days,
        stall_evidence as evidence
    from {{ ref('int_stall') }}
)

{{ rule_output('POACH-03', 'hits', has=['customer_id']) }}
