{#- Whose account it is decides who is charged; where that is not known, it is the agent who asked. -#}
with

charged as (
    select
        receipt_id,
        received_at,
        amount,
        currency,
        customer_id,
        case when is_payee_identified then payee_employee_id else employee_id end as employee_id,
        is_payee_identified or is_employee_identified as is_identified,
        conversation_id,
        sent_at,
        cast(seconds_after / 3600.0 as decimal(18, 1)) as hours_after,
        message_evidence
    from {{ ref('int_red_receipt') }}
),

hits as (
    select
        charged.receipt_id as subject_id,
        charged.employee_id,
        person.org_unit_id,
        charged.received_at as occurred_at,
        charged.received_at as episode_started_at,
        charged.customer_id,
        charged.amount as amount_at_risk,
        charged.currency,
        'completed' as status,
        'conversation/' || charged.conversation_id as incident_key,
        case when not charged.is_identified then 'unidentified_employee' end as review_cause,
        charged.amount,
        charged.sent_at,
        charged.hours_after,
        {{ evidence([
            evidence_entry('receipt', 'receipts', 'charged.receipt_id'),
            'charged.message_evidence',
        ]) }} as evidence
    from charged
    {{ employee_at_join('person', 'charged.employee_id', 'charged.received_at') }}
)

{{ rule_output('RED-03', 'hits', has=['customer_id', 'amount_at_risk', 'currency', 'status']) }}
