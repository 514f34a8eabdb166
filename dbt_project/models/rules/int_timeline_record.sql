{#- What decided a verdict, and what a reader needs around it: the whole request, the product's seasons, the talk,
  the ticket, training and articles of an error. -#}
{%- set reach = 20 -%}
{%- set receipt_days = 7 %}
with

deciding as (
    select violation_id, dataset, record_key, min(role) as role
    from {{ ref('rule_evidence') }}
    group by violation_id, dataset, record_key
),

requests as (
    select verdicts.violation_id, requests.request_id
    from {{ ref('rule_verdict') }} as verdicts
    inner join {{ ref('fct_approval_request') }} as requests on verdicts.incident_key = requests.incident_key
),

deciding_messages as (
    select deciding.violation_id, messages.conversation_id, messages.position
    from deciding
    inner join {{ ref('sig_message_context') }} as messages on deciding.record_key = messages.record_key
    where deciding.dataset = 'messages'
),

deciding_errors as (
    select
        deciding.violation_id,
        errors.ticket_key,
        errors.completed_training_key,
        errors.overdue_training_key,
        errors.pending_training_key,
        errors.unsynced_article_key,
        errors.read_article_key,
        errors.access_key
    from deciding
    inner join {{ ref('sig_error_context') }} as errors on deciding.record_key = errors.record_key
    where deciding.dataset = 'service_errors'
),

context as (
    select violation_id, 'approval_requests' as dataset, request_id as record_key
    from requests
    union all
    select requests.violation_id, 'approval_steps' as dataset, steps.record_key
    from requests
    inner join {{ ref('fct_approval_step') }} as steps on requests.request_id = steps.request_id
    union all
    select verdicts.violation_id, 'orders' as dataset, orders.record_key
    from {{ ref('rule_verdict') }} as verdicts
    inner join {{ ref('fct_order') }} as orders on verdicts.incident_key = 'order/' || orders.order_id
    union all
    select deciding.violation_id, 'product_season_status' as dataset, season.record_key
    from deciding
    inner join {{ ref('fct_order_line') }} as order_line on deciding.record_key = order_line.order_line_id
    inner join {{ ref('dim_product_season_history') }} as season on order_line.product_id = season.product_id
    where deciding.dataset = 'order_lines'
    union all
    select deciding_messages.violation_id, 'messages' as dataset, messages.record_key
    from deciding_messages
    inner join {{ ref('sig_message_context') }} as messages
        on deciding_messages.conversation_id = messages.conversation_id
        and messages.position between deciding_messages.position - {{ reach }} and deciding_messages.position + {{ reach }}
    union all
    select verdicts.violation_id, 'receipts' as dataset, receipts.record_key
    from {{ ref('rule_verdict') }} as verdicts
    inner join {{ ref('fct_receipt') }} as receipts on verdicts.incident_key = 'order/' || receipts.order_id
    union all
    select verdicts.violation_id, 'receipts' as dataset, receipts.record_key
    from {{ ref('rule_verdict') }} as verdicts
    inner join {{ ref('fct_receipt') }} as receipts
        on verdicts.customer_id = receipts.customer_id
        and receipts.payee_type = 'private'
        and receipts.received_at >= verdicts.occurred_at
        and receipts.received_at < {{ dbt.dateadd('day', receipt_days, 'verdicts.occurred_at') }}
    where verdicts.family = 'RED'
    {%- for dataset, column in [
        ('tickets', 'ticket_key'),
        ('training_records', 'completed_training_key'),
        ('training_records', 'overdue_training_key'),
        ('training_records', 'pending_training_key'),
        ('knowledge_articles', 'unsynced_article_key'),
        ('knowledge_articles', 'read_article_key'),
        ('knowledge_access', 'access_key'),
    ] %}
    union all
    select violation_id, '{{ dataset }}' as dataset, {{ column }} as record_key
    from deciding_errors
    where {{ column }} is not null
    {%- endfor %}
),

records as (
    select violation_id, dataset, record_key, role, 1 as deciding_count
    from deciding
    union all
    select violation_id, dataset, record_key, cast(null as {{ dbt.type_string() }}) as role, 0 as deciding_count
    from context
)

select
    violation_id,
    dataset,
    record_key,
    coalesce(max(role), 'context') as role,
    max(deciding_count) = 1 as is_deciding
from records
group by violation_id, dataset, record_key
