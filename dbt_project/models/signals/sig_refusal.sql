{#- Of the messages of one conversation within a day of the offer. -#}
with

refusals as (
    select
        answer_message_id as message_id,
        conversation_id,
        employee_id,
        customer_id,
        offer_message_id,
        category,
        answered_at,
        row_number() over (
            partition by conversation_id, employee_id, cast(answered_at as date)
            order by answered_at, answer_message_id, offer_message_id
        ) as position
    from {{ ref('int_offer_answer') }}
    where answer = 'refused'
)

select
    message_id,
    conversation_id,
    employee_id,
    customer_id,
    offer_message_id,
    category,
    answered_at as occurred_at
from refusals
where position = 1
