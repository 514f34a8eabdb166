{#-
  What a reader of the case needs to see around a hit, and every message that a rule may cite. Bounded by the
  conversation: 20 messages to either side of a hit, and its removed or edited ones.
-#}
{%- set reach = 20 %}
with

hit_conversations as (
    select conversation_id
    from {{ ref('sig_message_hit') }}
    group by conversation_id
),

numbered as (
    select
        messages.message_id,
        messages.conversation_id,
        messages.employee_id,
        messages.customer_id,
        messages.sender,
        coalesce(messages.message_type, 'text') as message_type,
        messages.transfer_amount,
        messages.currency,
        messages.sent_at,
        messages.text,
        messages.deleted_at,
        messages.edited_at,
        row_number() over (
            partition by messages.conversation_id order by messages.sent_at, messages.message_id
        ) as position,
        messages._source_file,
        messages._source_row,
        messages._row_hash
    from {{ ref('stg_crm__messages') }} as messages
    inner join hit_conversations on messages.conversation_id = hit_conversations.conversation_id
),

hit_positions as (
    select numbered.conversation_id, numbered.position
    from numbered
    inner join {{ ref('sig_message_hit') }} as hits on numbered.message_id = hits.message_id
    group by numbered.conversation_id, numbered.position
),

near as (
    select numbered.message_id
    from numbered
    inner join hit_positions
        on numbered.conversation_id = hit_positions.conversation_id
        and numbered.position between hit_positions.position - {{ reach }} and hit_positions.position + {{ reach }}
    group by numbered.message_id
)

select
    numbered.message_id,
    numbered.conversation_id,
    numbered.employee_id,
    numbered.customer_id,
    numbered.sender,
    numbered.message_type,
    numbered.transfer_amount,
    numbered.currency,
    numbered.sent_at,
    numbered.text,
    numbered.deleted_at,
    numbered.edited_at,
    numbered.position,
    numbered.message_id as record_key,
    numbered._source_file as source_file,
    numbered._source_row as source_row,
    numbered._row_hash as row_hash
from numbered
left join near on numbered.message_id = near.message_id
where near.message_id is not null or numbered.deleted_at is not null or numbered.edited_at is not null
