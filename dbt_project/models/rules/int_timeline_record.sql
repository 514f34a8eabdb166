{#-
  What decided a verdict, and what a reader needs around it: the whole request, the product's seasons, the talk, the
  dealings with the customer, its owners, the person's day, the ticket, training and articles of an error.
-#}
{%- set reach = 20 -%}
{%- set receipt_days = 7 -%}
{%- set customer_days = 30 %}
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

{#- The day of the person whose whereabouts are in question. -#}
days as (
    select violation_id, employee_id, cast(occurred_at as date) as day
    from {{ ref('rule_verdict') }}
    where family = 'TRAJ'
),

deciding_messages as (
    select deciding.violation_id, messages.conversation_id, messages.position
    from deciding
    inner join {{ ref('sig_message_context') }} as messages on deciding.record_key = messages.record_key
    where deciding.dataset = 'messages'
),

{#- What was done for the customer, and changed of it, in the days around. -#}
customer_verdicts as (
    select
        violation_id,
        customer_id,
        {{ dbt.dateadd('day', -customer_days, 'episode_started_at') }} as around_from,
        {{ dbt.dateadd('day', customer_days, 'occurred_at') }} as around_to
    from {{ ref('rule_verdict') }}
    where family in ('POACH', 'CUST') and customer_id is not null
),

around_customers as (
    {%- for dataset, model, moment in [
        ('interactions', 'fct_interaction', 'occurred_at'),
        ('quotes', 'fct_quote', 'quoted_at'),
        ('customer_changes', 'fct_customer_change', 'changed_at'),
        ('customer_ownership', 'fct_customer_ownership', 'valid_from'),
    ] %}
    select customer_verdicts.violation_id, '{{ dataset }}' as dataset, records.record_key
    from customer_verdicts
    inner join {{ ref(model) }} as records
        on customer_verdicts.customer_id = records.customer_id
        and records.{{ moment }} >= customer_verdicts.around_from
        and records.{{ moment }} < customer_verdicts.around_to
    {{ 'union all' if not loop.last }}
    {%- endfor %}
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
    {%- for dataset, moment in {
        'punches': 'punched_at', 'work_plans': 'planned_start', 'work_summaries': 'claimed_start', 'interactions': 'occurred_at'
    }.items() %}
    union all
    select days.violation_id, '{{ dataset }}' as dataset, records.record_key
    from days
    inner join {{ ref(record_models()[dataset]) }} as records
        on days.employee_id = records.employee_id and days.day = cast(records.{{ moment }} as date)
    {%- endfor %}
    union all
    select verdicts.violation_id, 'contracts' as dataset, contracts.record_key
    from {{ ref('rule_verdict') }} as verdicts
    inner join {{ ref('fct_contract') }} as contracts on verdicts.incident_key = 'contract/' || contracts.contract_id
    union all
    select violation_id, dataset, record_key
    from around_customers
    union all
    select verdicts.violation_id, 'customer_ownership' as dataset, ownership.record_key
    from {{ ref('rule_verdict') }} as verdicts
    inner join {{ ref('fct_customer_ownership') }} as ownership on verdicts.customer_id = ownership.customer_id
    where verdicts.family = 'EXIT' and verdicts.subject_type = 'customer'
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
