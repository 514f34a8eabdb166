{#- What counts of a step is its last word: a consent that was returned later is none. -#}
with

approved as (
    select
        request_id,
        process_type,
        applicant_id,
        is_applicant_identified,
        org_unit_id,
        submitted_at,
        approved_at,
        subject_type,
        subject_id,
        reason_code,
        incident_key
    from {{ ref('fct_approval_request') }}
    where status = 'approved'
),

compared as (
    {{ required_steps('approved', ref('fct_approval_step')) }}
),

faults as (
    select
        compared.request_id,
        {{ dbt.listagg(
            "case when compared.is_missing then coalesce(names.name_zh, compared.step_type) end",
            "'、'", "order by compared.step_order"
        ) }} as missing_zh,
        {{ dbt.listagg(
            "case when compared.is_missing then coalesce(names.name_en, compared.step_type) end",
            "', '", "order by compared.step_order"
        ) }} as missing_en,
        {{ dbt.listagg(
            "case when compared.is_early then coalesce(names.name_zh, compared.step_type) end",
            "'、'", "order by compared.step_order"
        ) }} as early_zh,
        {{ dbt.listagg(
            "case when compared.is_early then coalesce(names.name_en, compared.step_type) end",
            "', '", "order by compared.step_order"
        ) }} as early_en
    from compared
    left join {{ ref('approval_step_types') }} as names on compared.step_type = names.step_type
    where compared.is_missing or compared.is_early
    group by compared.request_id
),

step_rows as (
    select
        steps.request_id,
        {{ evidence_entries('step', 'approval_steps', 'steps.record_key') }} as step_evidence
    from {{ ref('fct_approval_step') }} as steps
    inner join faults on steps.request_id = faults.request_id
    group by steps.request_id
),

hits as (
    select
        approved.request_id as subject_id,
        approved.applicant_id as employee_id,
        approved.org_unit_id,
        coalesce(approved.approved_at, approved.submitted_at) as occurred_at,
        approved.submitted_at as episode_started_at,
        orders.customer_id,
        orders.currency,
        approved.incident_key,
        case when not approved.is_applicant_identified then 'unidentified_applicant' end as review_cause,
        faults.missing_zh,
        faults.missing_en,
        faults.early_zh,
        faults.early_en,
        {{ evidence([
            evidence_entry('request', 'approval_requests', 'approved.request_id'),
            'step_rows.step_evidence',
        ]) }} as evidence
    from approved
    inner join faults on approved.request_id = faults.request_id
    left join step_rows on approved.request_id = step_rows.request_id
    left join {{ ref('fct_order') }} as orders
        on approved.subject_type = 'order' and approved.subject_id = orders.order_id
)

{{ rule_output('DISC-05', 'hits', has=['customer_id', 'currency']) }}
