{#- A receipt names its customer itself or through its order. One that is part of a RED case belongs to that incident. -#}
with

customer_list as (
    select is_delivered
    from {{ ref('dim_dataset') }}
    where dataset = 'customers'
),

private_receipts as (
    select
        receipts.receipt_id,
        receipts.order_id,
        orders.record_key as order_key,
        coalesce(receipts.customer_id, orders.customer_id) as customer_id,
        receipts.received_at,
        receipts.amount,
        receipts.currency,
        receipts.payee_employee_id,
        receipts.is_payee_identified
    from {{ ref('fct_receipt') }} as receipts
    left join {{ ref('fct_order') }} as orders on receipts.order_id = orders.order_id
    where receipts.payee_type = 'private' and receipts.amount > 0
),

hits as (
    select
        receipts.receipt_id as subject_id,
        receipts.payee_employee_id as employee_id,
        person.org_unit_id,
        receipts.received_at as occurred_at,
        receipts.received_at as episode_started_at,
        receipts.customer_id,
        receipts.amount as amount_at_risk,
        receipts.currency,
        case
            when red_receipts.conversation_id is not null then 'conversation/' || red_receipts.conversation_id
            when receipts.order_id is not null then 'order/' || receipts.order_id
            else 'receipt/' || receipts.receipt_id
        end as incident_key,
        case
            when receipts.customer_id is null then 'unknown_customer'
            when customer_list.is_delivered and customers.customer_id is null then 'unknown_customer'
            when not receipts.is_payee_identified then 'unidentified_employee'
        end as review_cause,
        receipts.received_at,
        receipts.amount,
        receipts.order_id,
        receipts.payee_employee_id,
        {{ evidence([
            evidence_entry('receipt', 'receipts', 'receipts.receipt_id'),
            evidence_entry('customer', 'customers', 'customers.record_key'),
            evidence_entry('order', 'orders', 'receipts.order_key'),
        ]) }} as evidence
    from private_receipts as receipts
    cross join customer_list
    left join {{ ref('dim_customer') }} as customers on receipts.customer_id = customers.customer_id
    left join {{ ref('int_red_receipt') }} as red_receipts on receipts.receipt_id = red_receipts.receipt_id
    {{ employee_at_join('person', 'receipts.payee_employee_id', 'receipts.received_at') }}
)

{{ rule_output('POACH-04', 'hits', has=['customer_id', 'amount_at_risk', 'currency']) }}
