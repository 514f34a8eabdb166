{#-
  Who declines a thing and asks for it in the same message has refused nothing. Of the messages of one conversation
  within a day of the offer.
-#}
with

refusals as (
    select
        answers.answer_message_id as message_id,
        answers.conversation_id,
        answers.employee_id,
        answers.customer_id,
        answers.offer_message_id,
        answers.category,
        answers.answered_at,
        row_number() over (
            partition by answers.conversation_id, answers.employee_id, cast(answers.answered_at as date)
            order by answers.answered_at, answers.answer_message_id, answers.offer_message_id
        ) as position
    from {{ ref('int_offer_answer') }} as answers
    left join {{ ref('int_message_reading') }} as readings on answers.answer_message_id = readings.message_id
    where
        answers.answer = 'refused'
        and not case
            when answers.category = 'gift_money' then coalesce(readings.is_gift_ask, false)
            else coalesce(readings.is_move or readings.is_private_payee or readings.is_private_number, false)
        end
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
