{#-
  The answer is the first of the agent's next messages that takes or refuses: what is said after it answers something
  else. A row depends on the messages of one conversation within a day of the offer.
-#}
-- depends_on: {{ ref('terms') }}
{%- set terms = load_terms() -%}
{%- set answer_messages = 4 -%}
{%- set answer_hours = 24 %}
with

offers as (
    select
        candidates.message_id as offer_message_id,
        candidates.conversation_id,
        candidates.message_type as offer_type,
        candidates.transfer_amount,
        candidates.currency,
        candidates.sent_at as offered_at,
        readings.is_gift_offer,
        readings.is_channel_invitation
    from {{ ref('int_message_candidate') }} as candidates
    inner join {{ ref('int_message_reading') }} as readings on candidates.message_id = readings.message_id
    where readings.is_gift_offer or readings.is_channel_invitation
),

followers as (
    select
        offers.offer_message_id,
        offers.is_gift_offer,
        offers.is_channel_invitation,
        offers.transfer_amount,
        offers.currency,
        messages.message_id,
        messages.conversation_id,
        messages.employee_id,
        messages.customer_id,
        messages.sender,
        messages.sent_at,
        messages.text,
        row_number() over (
            partition by offers.offer_message_id order by messages.sent_at, messages.message_id
        ) as position
    from offers
    inner join {{ ref('stg_crm__messages') }} as messages
        on offers.conversation_id = messages.conversation_id
        and messages.sent_at >= offers.offered_at
        and messages.sent_at <= {{ dbt.dateadd('hour', answer_hours, 'offers.offered_at') }}
        and (messages.sent_at > offers.offered_at or messages.message_id > offers.offer_message_id)
),

folded as (
    select
        offer_message_id,
        is_gift_offer,
        is_channel_invitation,
        transfer_amount,
        currency,
        message_id,
        conversation_id,
        employee_id,
        customer_id,
        sent_at,
        position,
        {{ folded_text('text') }} as folded
    from followers
    where position <= {{ answer_messages }} and sender = 'agent' and text is not null
),

normalised as (
    select
        offer_message_id,
        is_gift_offer,
        is_channel_invitation,
        transfer_amount,
        currency,
        message_id,
        conversation_id,
        employee_id,
        customer_id,
        sent_at,
        position,
        {{ spelled_text(terms, clause_text('folded')) }} as clauses,
        {{ word_text('folded') }} as words
    from folded
),

allowed_cut as (
    select
        offer_message_id,
        is_gift_offer,
        is_channel_invitation,
        transfer_amount,
        currency,
        message_id,
        conversation_id,
        employee_id,
        customer_id,
        sent_at,
        position,
        {#- Before the allowed is cut out: "we take no private transfers" names an allowed thing and refuses. -#}
        {{ has_term(terms, 'refusal', 'channel', 'clauses', 'words') }} as is_channel_refusal,
        {{ has_term(terms, 'refusal', 'gift', 'clauses', 'words') }}
        or {{ has_term(terms, 'refusal', 'answer', 'clauses', 'words') }} as is_gift_refusal,
        {{ without_terms(
            terms, 'zh', 'allow', 'outbound', without_terms(terms, 'zh', 'allow', 'gift', 'clauses')
        ) }} as clauses,
        {{ without_terms(
            terms, 'en', 'allow', 'outbound', without_terms(terms, 'en', 'allow', 'gift', 'words')
        ) }} as words
    from normalised
),

read_texts as (
    select
        offer_message_id,
        is_gift_offer,
        is_channel_invitation,
        transfer_amount,
        currency,
        message_id,
        conversation_id,
        employee_id,
        customer_id,
        sent_at,
        position,
        clauses,
        words,
        is_gift_refusal,
        is_channel_refusal,
        {{ without_terms(terms, 'zh', 'refusal', 'gift', 'clauses') }} as open_clauses,
        {{ without_terms(terms, 'en', 'refusal', 'gift', 'words') }} as open_words
    from allowed_cut
),

judged as (
    select
        offer_message_id,
        is_gift_offer,
        transfer_amount,
        currency,
        message_id,
        conversation_id,
        employee_id,
        customer_id,
        sent_at,
        position,
        case
            when is_gift_offer and {{ has_term(terms, 'gift_money', 'take_firmly', 'open_clauses', 'open_words') }} then 'taken'
            when is_gift_offer and is_gift_refusal then 'refused'
            when is_channel_invitation and is_channel_refusal then 'refused'
            when not is_gift_offer then null
            when {{ has_term(terms, 'gift_money', 'take', 'open_clauses', 'open_words') }} then 'taken'
            when {{ has_term(terms, 'gift_money', 'accept', 'open_clauses', 'open_words') }} then 'taken'
        end as answer
    from read_texts
),

ranked as (
    select
        offer_message_id,
        transfer_amount,
        currency,
        message_id,
        conversation_id,
        employee_id,
        customer_id,
        sent_at,
        is_gift_offer,
        answer,
        row_number() over (partition by offer_message_id order by position) as answer_rank
    from judged
    where answer is not null
)

select
    offer_message_id,
    message_id as answer_message_id,
    conversation_id,
    employee_id,
    customer_id,
    sent_at as answered_at,
    case when is_gift_offer then 'gift_money' else 'off_channel' end as category,
    answer,
    transfer_amount,
    currency
from ranked
where answer_rank = 1
