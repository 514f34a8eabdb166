with

hits as (
    select
        hits.message_id,
        hits.category,
        hits.conversation_id,
        hits.employee_id,
        hits.is_employee_identified,
        hits.customer_id,
        hits.sent_at,
        hits.sent_at_utc,
        time_window.value as window_hours
    from {{ ref('sig_message_hit') }} as hits
    {{ employee_at_join('person', 'hits.employee_id', 'hits.sent_at') }}
    {{ threshold_join('time_window', 'RED-03', 'window_hours', 'hits.sent_at', 'person.org_unit_id', 'person.job_family') }}
),

pairs as (
    select
        receipts.receipt_id,
        receipts.received_at,
        receipts.amount,
        receipts.currency,
        receipts.customer_id,
        receipts.payee_employee_id,
        receipts.is_payee_identified,
        hits.message_id,
        hits.conversation_id,
        hits.employee_id,
        hits.is_employee_identified,
        hits.sent_at,
        {{ dbt.datediff('hits.sent_at_utc', 'receipts.received_at_utc', 'second') }} as seconds_after,
        row_number() over (
            partition by receipts.receipt_id order by hits.sent_at_utc desc, hits.message_id, hits.category
        ) as position
    from {{ ref('fct_receipt') }} as receipts
    inner join hits on receipts.customer_id = hits.customer_id
    where
        receipts.payee_type = 'private'
        and {{ dbt.datediff('hits.sent_at_utc', 'receipts.received_at_utc', 'second') }} between 0 and 3600 * hits.window_hours
),

messages as (
    select receipt_id, message_id
    from pairs
    group by receipt_id, message_id
),

message_rows as (
    select
        receipt_id,
        {{ evidence_entries('message', 'messages', 'message_id') }} as message_evidence
    from messages
    group by receipt_id
)

select
    pairs.receipt_id,
    pairs.received_at,
    pairs.amount,
    pairs.currency,
    pairs.customer_id,
    pairs.payee_employee_id,
    pairs.is_payee_identified,
    pairs.message_id,
    pairs.conversation_id,
    pairs.employee_id,
    pairs.is_employee_identified,
    pairs.sent_at,
    pairs.seconds_after,
    message_rows.message_evidence
from pairs
inner join message_rows on pairs.receipt_id = message_rows.receipt_id
where pairs.position = 1
