with

consents as (
    select
        steps.approval_step_id,
        steps.request_id,
        steps.step_type,
        steps.approver_id,
        steps.is_approver_identified,
        steps.acted_at,
        steps.acted_at_utc,
        requests.is_applicant_identified,
        requests.subject_type,
        requests.subject_id,
        requests.incident_key,
        coalesce(steps.approver_id = requests.applicant_id, false) as is_self_approved
    from {{ ref('fct_approval_step') }} as steps
    inner join {{ ref('fct_approval_request') }} as requests on steps.request_id = requests.request_id
    where requests.status = 'approved' and steps.is_consent
),

held_roles as (
    select
        consents.approval_step_id,
        roles.role_code,
        roles.record_key
    from consents
    inner join {{ ref('dim_role_history') }} as roles
        on consents.approver_id = roles.employee_id
        and consents.acted_at_utc >= roles.valid_from_utc
        and (consents.acted_at_utc < roles.valid_to_utc or roles.valid_to_utc is null)
),

authorised as (
    select consents.approval_step_id
    from consents
    inner join {{ ref('step_roles') }} as policy
        on consents.step_type = policy.step_type
        and {{ in_force('policy', 'consents.acted_at') }}
    inner join held_roles
        on consents.approval_step_id = held_roles.approval_step_id and policy.role_code = held_roles.role_code
    group by consents.approval_step_id
),

known_steps as (
    select step_type
    from {{ ref('step_roles') }}
    group by step_type
),

judged as (
    select
        consents.approval_step_id,
        consents.request_id,
        consents.step_type,
        consents.approver_id,
        consents.acted_at,
        consents.subject_type,
        consents.subject_id,
        consents.incident_key,
        consents.is_self_approved,
        case
            when not consents.is_approver_identified then 'unidentified_approver'
            when consents.is_self_approved then null
            when known_steps.step_type is null then 'unknown_step_type'
            when authorised.approval_step_id is null then null
            when not consents.is_applicant_identified then 'unidentified_applicant'
        end as review_cause,
        consents.is_self_approved
        or not consents.is_approver_identified
        or not consents.is_applicant_identified
        or authorised.approval_step_id is null as is_hit
    from consents
    left join authorised on consents.approval_step_id = authorised.approval_step_id
    left join known_steps on consents.step_type = known_steps.step_type
),

roles_of_hits as (
    select
        held_roles.approval_step_id,
        {{ dbt.listagg('held_roles.role_code', "', '", 'order by held_roles.role_code') }} as role_codes,
        {{ evidence_entries('role_held', 'permission_grants', 'held_roles.record_key') }} as grant_evidence
    from held_roles
    inner join judged on held_roles.approval_step_id = judged.approval_step_id
    where judged.is_hit
    group by held_roles.approval_step_id
),

hits as (
    select
        judged.approval_step_id as subject_id,
        judged.approver_id as employee_id,
        person.org_unit_id,
        judged.acted_at as occurred_at,
        judged.acted_at as episode_started_at,
        orders.customer_id,
        orders.currency,
        judged.incident_key,
        judged.review_cause,
        case when judged.is_self_approved then 'self' else 'role' end as cause,
        coalesce(names.name_zh, judged.step_type) as step_zh,
        coalesce(names.name_en, judged.step_type) as step_en,
        roles_of_hits.role_codes,
        judged.acted_at,
        {{ evidence([
            evidence_entry('step', 'approval_steps', 'judged.approval_step_id'),
            evidence_entry('request', 'approval_requests', 'judged.request_id'),
            'roles_of_hits.grant_evidence',
        ]) }} as evidence
    from judged
    left join roles_of_hits on judged.approval_step_id = roles_of_hits.approval_step_id
    left join {{ ref('approval_step_types') }} as names on judged.step_type = names.step_type
    left join {{ ref('fct_order') }} as orders
        on judged.subject_type = 'order' and judged.subject_id = orders.order_id
    {{ employee_at_join('person', 'judged.approver_id', 'judged.acted_at') }}
    where judged.is_hit
)

{{ rule_output('DISC-06', 'hits', has=['customer_id', 'currency']) }}
