{#-
  The answer is the first of the agent's next messages that takes or refuses: what is said after it answers something
  else. A row depends on the messages of one conversation within a day of the offer.
-#}
-- depends_on: {{ ref('terms') }}
{%- set terms = load_terms() -%}
{%- set answer_messages = 4 -%}
{%- set sum_answer_messages = 1 -%}
{%- set answer_hours = 24 -%}
{%- set carried = [
    'offer_message_id', 'category', 'offer_kind', 'transfer_amount', 'currency', 'message_id', 'conversation_id',
    'employee_id', 'customer_id', 'sender', 'sent_at', 'position',
] %}
with

read_messages as (
    select
        candidates.message_id,
        candidates.conversation_id,
        candidates.transfer_amount,
        candidates.currency,
        candidates.sent_at,
        readings.is_gift_offer,
        readings.is_gift_given,
        readings.is_favour_offer,
        readings.is_sum_question,
        readings.is_channel_invitation,
        readings.is_gift_ask
    from {{ ref('int_message_candidate') }} as candidates
    inner join {{ ref('int_message_reading') }} as readings on candidates.message_id = readings.message_id
),

asked_conversations as (
    select conversation_id, min(sent_at) as first_asked_at
    from read_messages
    where is_gift_ask
    group by conversation_id
),

{#- "How much?" is an offer where the agent has asked; a favour without a name can be refused, but not taken. -#}
offers as (
    select
        messages.message_id as offer_message_id,
        messages.conversation_id,
        'gift_money' as category,
        messages.transfer_amount,
        messages.currency,
        messages.sent_at as offered_at,
        case
            when messages.is_gift_given then 'given'
            when messages.is_gift_offer then 'offered'
            when messages.is_sum_question and asked.first_asked_at < messages.sent_at then 'sum'
            else 'favour'
        end as offer_kind
    from read_messages as messages
    left join asked_conversations as asked on messages.conversation_id = asked.conversation_id
    where
        messages.is_gift_offer
        or messages.is_gift_given
        or messages.is_favour_offer
        or (messages.is_sum_question and asked.first_asked_at < messages.sent_at)
    union all
    select
        message_id as offer_message_id,
        conversation_id,
        'off_channel' as category,
        cast(null as {{ dbt.type_numeric() }}) as transfer_amount,
        cast(null as {{ dbt.type_string() }}) as currency,
        sent_at as offered_at,
        'invited' as offer_kind
    from read_messages
    where is_channel_invitation
),

followers as (
    select
        offers.offer_message_id,
        offers.category,
        offers.offer_kind,
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
            partition by offers.offer_message_id, offers.category order by messages.sent_at, messages.message_id
        ) as position
    from offers
    inner join {{ ref('stg_crm__messages') }} as messages
        on offers.conversation_id = messages.conversation_id
        and messages.sent_at >= offers.offered_at
        and messages.sent_at <= {{ dbt.dateadd('hour', answer_hours, 'offers.offered_at') }}
        and (messages.sent_at > offers.offered_at or messages.message_id > offers.offer_message_id)
),

{#- Once the agent has replied and the customer has gone on, "of course" and "we cannot" speak of something else. -#}
turns as (
    select
        {{ carried | join(', ') }},
        text,
        min(case when sender = 'agent' then position end) over (
            partition by offer_message_id, category order by position rows between unbounded preceding and 1 preceding
        ) as first_reply_position,
        max(case when sender = 'customer' then position end) over (
            partition by offer_message_id, category order by position rows between unbounded preceding and 1 preceding
        ) as last_word_position
    from followers
    where position <= case when offer_kind = 'sum' then {{ sum_answer_messages }} else {{ answer_messages }} end
),

folded as (
    select
        {{ carried | join(', ') }},
        {{ folded_text('text') }} as folded
    from turns
    where
        sender in ('agent', 'system')
        and text is not null
        and (category <> 'off_channel' or coalesce(first_reply_position > last_word_position, true))
),

normalised as (
    select
        {{ carried | join(', ') }},
        {{ spelled_text(terms, clause_text('folded')) }} as said_clauses,
        {{ word_text('folded') }} as said_words
    from folded
),

{{ cuts_in_order(
    'texts',
    'normalised',
    carried=carried,
    terms=terms,
    text='said',
    cuts=[
        ('meant', 'said', 'allow', 'report'),
        ('doubtful', 'meant', 'allow', 'gift'),
        ('gift', 'doubtful', 'allow', 'outbound'),
        ('open', 'gift', 'refusal', 'gift'),
        ('open_channel', 'meant', 'allow', 'channel'),
        ('channel', 'open_channel', 'refusal', 'channel'),
    ],
) }},

read_texts as (
    select
        {{ carried | join(', ') }},
        channel_clauses,
        channel_words,
        open_clauses,
        open_words,
        {#- Of all that was said: "we take no private transfers" names an allowed thing and refuses. -#}
        {{ has_term(terms, 'refusal', 'channel', 'said_clauses', 'said_words') }}
        or {{ has_term(terms, 'refusal', 'channel_answer', 'said_clauses', 'said_words') }} as is_channel_refusal,
        {{ has_term(terms, 'refusal', 'gift', 'said_clauses', 'said_words') }}
        or {{ has_term(terms, 'refusal', 'answer', 'said_clauses', 'said_words') }} as is_gift_refusal,
        {#- What the platform itself says of a red packet or transfer. -#}
        sender = 'system'
        and {{ has_term(terms, 'gift_money', 'collected', 'said_clauses', 'said_words') }} as is_collected_notice,
        sender = 'system'
        and {{ has_term(terms, 'gift_money', 'returned', 'said_clauses', 'said_words') }} as is_returned_notice
    from texts
),

noticed as (
    select
        {{ carried | join(', ') }},
        channel_clauses,
        channel_words,
        is_gift_refusal,
        is_channel_refusal,
        open_clauses,
        open_words,
        max(case when is_collected_notice then 1 else 0 end) over (
            partition by offer_message_id, category order by position rows unbounded preceding
        ) = 1 as is_collected,
        max(case when is_returned_notice then 1 else 0 end) over (
            partition by offer_message_id, category order by position rows unbounded preceding
        ) = 1 as is_returned
    from read_texts
),

judged as (
    select
        offer_message_id,
        category,
        transfer_amount,
        currency,
        message_id,
        conversation_id,
        employee_id,
        customer_id,
        sent_at,
        position,
        case
            when category = 'off_channel'
                then case
                    when is_channel_refusal then 'refused'
                    when {{ has_term(terms, 'off_channel', 'agree', 'channel_clauses', 'channel_words') }} then 'taken'
                end
            when offer_kind = 'sum'
                then case
                    when is_gift_refusal then null
                    when {{ has_term(terms, 'gift_money', 'sum', 'open_clauses', 'open_words') }} then 'taken'
                end
            when
                offer_kind <> 'favour'
                and not is_returned
                and {{ has_term(terms, 'gift_money', 'take_firmly', 'open_clauses', 'open_words') }}
                then 'taken'
            when is_gift_refusal then 'refused'
            when offer_kind = 'favour' or is_returned then null
            when is_collected then 'taken'
            when {{ has_term(terms, 'gift_money', 'take', 'open_clauses', 'open_words') }} then 'taken'
            when {{ has_term(terms, 'gift_money', 'accept', 'open_clauses', 'open_words') }} then 'taken'
            when
                offer_kind = 'given'
                and {{ has_term(terms, 'gift_money', 'take_given', 'open_clauses', 'open_words') }}
                then 'taken'
        end as answer
    from noticed
    where sender = 'agent'
),

ranked as (
    select
        offer_message_id,
        category,
        transfer_amount,
        currency,
        message_id,
        conversation_id,
        employee_id,
        customer_id,
        sent_at,
        answer,
        row_number() over (partition by offer_message_id, category order by position) as answer_rank
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
    category,
    answer,
    transfer_amount,
    currency
from ranked
where answer_rank = 1
