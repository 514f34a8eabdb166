with

hits as (
    select conversation_id, min(sent_at) as first_hit_at
    from {{ ref('sig_message_hit') }}
    group by conversation_id
),

completed as (
    select conversation_id
    from {{ ref('int_red_receipt') }}
    group by conversation_id
),

refused as (
    select hits.conversation_id
    from hits
    inner join {{ ref('sig_refusal') }} as refusals on hits.conversation_id = refusals.conversation_id
    where refusals.occurred_at > hits.first_hit_at
    group by hits.conversation_id
)

select
    hits.conversation_id,
    case
        when completed.conversation_id is not null then 'completed'
        when refused.conversation_id is not null then 'refused'
        else 'attempted'
    end as status
from hits
left join completed on hits.conversation_id = completed.conversation_id
left join refused on hits.conversation_id = refused.conversation_id
