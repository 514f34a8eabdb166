{#-
  An order of an approved contract needs no request of its own. What names a contract or request that was never
  delivered may be approved all the same: a person has to look.
-#}
with

approvals as (
    select
        coalesce(subject_type, process_type) as subject_type,
        subject_id,
        max(case when status = 'approved' then 1 else 0 end) = 1 as is_approved,
        {{ evidence_entries('request', 'approval_requests', 'record_key') }} as request_evidence
    from {{ ref('fct_approval_request') }}
    where process_type in ('order', 'contract')
    group by coalesce(subject_type, process_type), subject_id
),

contracts as (
    select
        contracts.contract_id,
        contracts.customer_id,
        contracts.employee_id,
        contracts.is_employee_identified,
        contracts.org_unit_id,
        contracts.signed_at,
        contracts.amount,
        contracts.currency,
        {#- The request that the contract names counts unless it is about another contract. -#}
        coalesce(approvals.is_approved, false)
        or (
            named.request_id is not null
            and named.process_type = 'contract'
            and named.status = 'approved'
            and (coalesce(named.subject_type, named.process_type) <> 'contract' or named.subject_id = contracts.contract_id)
        ) as is_approved,
        contracts.request_id is not null and named.request_id is null as is_request_missing,
        approvals.request_evidence,
        case
            when coalesce(named.subject_type, named.process_type) <> 'contract' or named.subject_id <> contracts.contract_id
                then {{ evidence_entry('request', 'approval_requests', 'named.record_key') }}
        end as named_request_evidence
    from {{ ref('fct_contract') }} as contracts
    left join approvals on approvals.subject_type = 'contract' and contracts.contract_id = approvals.subject_id
    left join {{ ref('fct_approval_request') }} as named on contracts.request_id = named.request_id
),

unapproved_contracts as (
    select
        'contract' as subject_type,
        contract_id as subject_id,
        customer_id,
        employee_id,
        is_employee_identified,
        org_unit_id,
        signed_at as closed_at,
        amount,
        amount as amount_at_risk,
        currency,
        case when is_request_missing then 'unknown_request' end as record_review_cause,
        {{ evidence([
            evidence_entry('contract', 'contracts', 'contract_id'),
            'request_evidence',
            'named_request_evidence',
        ]) }} as evidence
    from contracts
    where not is_approved
),

unapproved_orders as (
    select
        'order' as subject_type,
        orders.order_id as subject_id,
        orders.customer_id,
        orders.employee_id,
        orders.is_employee_identified,
        orders.org_unit_id,
        orders.ordered_at as closed_at,
        orders.net_amount as amount,
        {#- The money of an order stands at its contract, where that is unapproved as well. -#}
        case when contracts.contract_id is null then orders.net_amount end as amount_at_risk,
        orders.currency,
        case
            when contracts.is_request_missing then 'unknown_request'
            when orders.contract_id is not null and contracts.contract_id is null then 'unknown_contract'
        end as record_review_cause,
        {{ evidence([
            evidence_entry('order', 'orders', 'orders.order_id'),
            evidence_entry('contract', 'contracts', 'contracts.contract_id'),
            'own.request_evidence',
            'of_contract.request_evidence',
            'contracts.named_request_evidence',
        ]) }} as evidence
    from {{ ref('fct_order') }} as orders
    left join approvals as own on own.subject_type = 'order' and orders.order_id = own.subject_id
    left join approvals as of_contract on of_contract.subject_type = 'contract' and orders.contract_id = of_contract.subject_id
    left join contracts on orders.contract_id = contracts.contract_id
    where
        orders.status in ('committed', 'shipped')
        and not coalesce(own.is_approved, false)
        and not coalesce(of_contract.is_approved, false)
        and not coalesce(contracts.is_approved, false)
),

unapproved as (
    {%- for relation in ['unapproved_contracts', 'unapproved_orders'] %}
    select
        subject_type, subject_id, customer_id, employee_id, is_employee_identified, org_unit_id, closed_at, amount,
        amount_at_risk, currency, record_review_cause, evidence
    from {{ relation }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

hits as (
    select
        subject_type,
        subject_id,
        employee_id,
        org_unit_id,
        closed_at as occurred_at,
        closed_at as episode_started_at,
        customer_id,
        amount_at_risk,
        currency,
        subject_type || '/' || subject_id as incident_key,
        case when not is_employee_identified then 'unidentified_employee' else record_review_cause end as review_cause,
        closed_at,
        amount,
        evidence
    from unapproved
)

{{ rule_output('POACH-01', 'hits', has=['subject_type', 'customer_id', 'amount_at_risk', 'currency']) }}
