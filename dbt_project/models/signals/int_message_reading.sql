{#-
  What is reported of others and what is allowed is cut out first, then what is refused; a demand counts in whatever is
  left, thanks for a gift only where the message refuses nothing. Of one message, and of the numbers given before in its
  conversation.
-#}
-- depends_on: {{ ref('terms') }}
{%- set terms = load_terms() %}
with

{# A number that the customer has given before is only repeated. #}
given_numbers as (
    select conversation_id, mobile_number, min(sent_at) as first_given_at
    from {{ ref('int_message_candidate') }}
    where sender = 'customer' and mobile_number is not null
    group by conversation_id, mobile_number
),

reported_cut as (
    select
        candidates.message_id,
        candidates.sender,
        candidates.message_type,
        candidates.mobile_number is not null as has_mobile_number,
        coalesce(given_numbers.first_given_at <= candidates.sent_at, false) as is_repeated_number,
        split_numbers.message_id is not null as is_split_number,
        {{ without_terms(terms, 'zh', 'allow', 'report', 'candidates.clauses') }} as clauses,
        {{ without_terms(terms, 'en', 'allow', 'report', 'candidates.words') }} as words
    from {{ ref('int_message_candidate') }} as candidates
    left join given_numbers
        on candidates.conversation_id = given_numbers.conversation_id
        and candidates.mobile_number = given_numbers.mobile_number
        and candidates.sender = 'agent'
    left join {{ ref('int_split_number') }} as split_numbers on candidates.message_id = split_numbers.message_id
),

allowed_cut as (
    select
        message_id,
        sender,
        message_type,
        has_mobile_number,
        is_repeated_number,
        is_split_number,
        clauses,
        words,
        {{ without_terms(terms, 'zh', 'allow', 'gift', 'clauses') }} as gift_clauses,
        {{ without_terms(terms, 'en', 'allow', 'gift', 'words') }} as gift_words,
        {{ without_terms(terms, 'zh', 'allow', 'channel', 'clauses') }} as channel_clauses,
        {{ without_terms(terms, 'en', 'allow', 'channel', 'words') }} as channel_words
    from reported_cut
),

{#- What an agent gives to a customer is no gift to the agent; what a customer asks the shop for is no offer. -#}
directed_cut as (
    select
        message_id,
        sender,
        message_type,
        has_mobile_number,
        is_repeated_number,
        is_split_number,
        clauses,
        words,
        case
            when sender = 'agent' then {{ without_terms(terms, 'zh', 'allow', 'outbound', 'gift_clauses') }}
            else {{ without_terms(terms, 'zh', 'allow', 'question', 'gift_clauses') }}
        end as gift_clauses,
        case
            when sender = 'agent' then {{ without_terms(terms, 'en', 'allow', 'outbound', 'gift_words') }}
            else {{ without_terms(terms, 'en', 'allow', 'question', 'gift_words') }}
        end as gift_words,
        channel_clauses,
        channel_words
    from allowed_cut
),

refused_cut as (
    select
        message_id,
        sender,
        message_type,
        has_mobile_number,
        is_repeated_number,
        is_split_number,
        clauses,
        words,
        gift_clauses as offered_clauses,
        gift_words as offered_words,
        sender = 'agent' and {{ has_term(terms, 'refusal', 'gift', 'gift_clauses', 'gift_words') }} as is_gift_refusal,
        {{ without_terms(terms, 'zh', 'refusal', 'gift', 'gift_clauses') }} as gift_clauses,
        {{ without_terms(terms, 'en', 'refusal', 'gift', 'gift_words') }} as gift_words,
        channel_clauses as open_channel_clauses,
        channel_words as open_channel_words,
        {{ without_terms(terms, 'zh', 'refusal', 'channel', 'channel_clauses') }} as channel_clauses,
        {{ without_terms(terms, 'en', 'refusal', 'channel', 'channel_words') }} as channel_words
    from directed_cut
),

payable as (
    select
        message_id,
        sender,
        message_type,
        has_mobile_number,
        is_repeated_number,
        is_split_number,
        clauses,
        words,
        offered_clauses,
        offered_words,
        is_gift_refusal,
        gift_clauses,
        gift_words,
        open_channel_clauses,
        open_channel_words,
        channel_clauses,
        channel_words,
        {{ without_terms(terms, 'zh', 'refusal', 'channel', 'gift_clauses') }} as payee_clauses,
        {{ without_terms(terms, 'en', 'refusal', 'channel', 'gift_words') }} as payee_words
    from refused_cut
),

flagged as (
    select
        texts.message_id,
        texts.is_gift_refusal,
        texts.sender = 'agent'
        and {{ has_term(terms, 'gift_money', 'ask', 'texts.gift_clauses', 'texts.gift_words') }} as is_gift_ask,
        texts.sender = 'agent'
        and not texts.is_gift_refusal
        and {{ has_term(terms, 'gift_money', 'accept', 'texts.gift_clauses', 'texts.gift_words') }} as is_gift_acceptance,
        texts.sender = 'agent'
        and (
            {{ has_term(terms, 'off_channel', 'move', 'texts.channel_clauses', 'texts.channel_words') }}
            or {{ has_term(terms, 'off_channel', 'evade', 'texts.open_channel_clauses', 'texts.open_channel_words') }}
        ) as is_move,
        texts.sender = 'agent'
        and {{ has_term(terms, 'off_channel', 'payee', 'texts.payee_clauses', 'texts.payee_words') }} as is_private_payee,
        {#- A number beside "me" is one's own; any other counts unless it is repeated or about a delivery or a hotline. -#}
        texts.sender = 'agent'
        and (
            texts.is_split_number
            or (
                texts.has_mobile_number
                and (
                    {{ regex_matches('texts.clauses', '(?:' ~ term_pattern(terms, 'zh', 'off_channel', 'own') ~ ')[^。]{0,6}☎') }}
                    or not (texts.is_repeated_number or {{ has_term(terms, 'allow', 'phone', 'texts.clauses', 'texts.words') }})
                )
            )
            or (
                {{ has_term(terms, 'off_channel', 'phone_ask', 'texts.channel_clauses', 'texts.channel_words') }}
                and not {{ has_term(terms, 'allow', 'phone', 'texts.clauses', 'texts.words') }}
            )
        ) as is_private_number,
        texts.sender = 'customer'
        and (
            texts.message_type in ('red_packet', 'transfer')
            or {{ has_term(terms, 'gift_money', 'offer', 'texts.offered_clauses', 'texts.offered_words') }}
        ) as is_gift_offer,
        texts.sender = 'customer'
        and (
            texts.message_type in ('red_packet', 'transfer')
            or {{ has_term(terms, 'gift_money', 'given', 'texts.offered_clauses', 'texts.offered_words') }}
        ) as is_gift_given,
        texts.sender = 'customer'
        and {{ has_term(terms, 'gift_money', 'favour', 'texts.offered_clauses', 'texts.offered_words') }} as is_favour_offer,
        texts.sender = 'customer'
        and {{ has_term(terms, 'gift_money', 'how_much', 'texts.clauses', 'texts.words') }} as is_sum_question,
        texts.sender = 'customer'
        and {{ has_term(
            terms, 'off_channel', 'invite', 'texts.open_channel_clauses', 'texts.open_channel_words'
        ) }} as is_channel_invitation,
        texts.gift_clauses,
        texts.gift_words,
        texts.channel_clauses,
        texts.channel_words,
        texts.open_channel_clauses,
        texts.open_channel_words,
        texts.payee_clauses,
        texts.payee_words
    from payable as texts
)

select
    message_id,
    is_gift_refusal,
    is_gift_ask,
    is_gift_acceptance,
    is_move,
    is_private_payee,
    is_private_number,
    is_gift_offer,
    is_gift_given,
    is_favour_offer,
    is_sum_question,
    is_channel_invitation,
    case
        when is_gift_ask then {{ first_term(terms, 'gift_money', 'ask', 'gift_clauses', 'gift_words') }}
        when is_gift_acceptance then {{ first_term(terms, 'gift_money', 'accept', 'gift_clauses', 'gift_words') }}
    end as gift_term,
    case
        when is_move
            then coalesce(
                {{ first_term(terms, 'off_channel', 'move', 'channel_clauses', 'channel_words') }},
                {{ first_term(terms, 'off_channel', 'evade', 'open_channel_clauses', 'open_channel_words') }}
            )
        when is_private_payee
            then {{ first_term(terms, 'off_channel', 'payee', 'payee_clauses', 'payee_words') }}
    end as channel_term
from flagged
