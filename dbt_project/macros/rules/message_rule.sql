{#- Verdicts of one category of message hits. -#}
{% macro message_hits(category) -%}
    select
        hits.message_id as subject_id,
        hits.employee_id,
        person.org_unit_id,
        hits.sent_at as occurred_at,
        hits.sent_at as episode_started_at,
        hits.customer_id,
        hits.amount as amount_at_risk,
        hits.currency,
        conversations.status,
        'conversation/' || hits.conversation_id as incident_key,
        case when not hits.is_employee_identified then 'unidentified_employee' end as review_cause,
        hits.kind,
        hits.matched_text,
        {{ evidence([
            evidence_entry('message', 'messages', 'hits.message_id'),
            evidence_entry('offer', 'messages', 'hits.offer_message_id'),
        ]) }} as evidence
    from {{ ref('sig_message_hit') }} as hits
    inner join {{ ref('int_red_conversation') }} as conversations on hits.conversation_id = conversations.conversation_id
    {{ employee_at_join('person', 'hits.employee_id', 'hits.sent_at') }}
    where hits.category = '{{ category }}'
{%- endmacro %}
