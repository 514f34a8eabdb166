with

hits as (
    select
        interaction_id as subject_id,
        employee_id,
        org_unit_id,
        occurred_at,
        occurred_at as episode_started_at,
        customer_id,
        'interaction/' || interaction_id as incident_key,
        case when not is_employee_identified then 'unidentified_employee' end as review_cause,
        {{ evidence_entry('interaction', 'interactions', 'interaction_id') }} as evidence
    from {{ ref('fct_interaction') }}
    where channel = 'visit' and coalesce(trim(photo_ref), '') = ''
)

{{ rule_output('TRAJ-03', 'hits', has=['customer_id']) }}
