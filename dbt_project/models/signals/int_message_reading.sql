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

spoken as (
    select
        candidates.message_id,
        candidates.sender,
        candidates.message_type,
        candidates.mobile_number is not null as has_mobile_number,
        coalesce(given_numbers.first_given_at <= candidates.sent_at, false) as is_repeated_number,
        split_numbers.message_id is not null as is_split_number,
        candidates.clauses as said_clauses,
        candidates.words as said_words
    from {{ ref('int_message_candidate') }} as candidates
    left join given_numbers
        on candidates.conversation_id = given_numbers.conversation_id
        and candidates.mobile_number = given_numbers.mobile_number
        and candidates.sender = 'agent'
    left join {{ ref('int_split_number') }} as split_numbers on candidates.message_id = split_numbers.message_id
),

{#-
  What an agent gives to a customer is no gift to the agent; what a customer asks the shop for is no offer; the price of
  goods is nothing for the agent, whoever's account it is paid to.
#}
{{ cuts_in_order(
    'texts',
    'spoken',
    carried=['message_id', 'sender', 'message_type', 'has_mobile_number', 'is_repeated_number', 'is_split_number'],
    terms=terms,
    text='said',
    cuts=[
        ('meant', 'said', 'allow', 'report'),
        ('doubtful', 'meant', 'allow', 'gift'),
        ('directed', 'doubtful', 'allow', 'outbound', "sender = 'agent'"),
        ('offered', 'directed', 'allow', 'question', "sender = 'customer'"),
        ('demanded', 'offered', 'refusal', 'gift'),
        ('gift', 'demanded', 'allow', 'price'),
        ('payee', 'demanded', 'refusal', 'channel'),
        ('open_channel', 'meant', 'allow', 'channel'),
        ('channel', 'open_channel', 'refusal', 'channel'),
    ],
) }},

flagged as (
    select
        texts.message_id,
        texts.sender = 'agent'
        and {{ has_term(terms, 'refusal', 'gift', 'texts.offered_clauses', 'texts.offered_words') }} as is_gift_refusal,
        texts.sender = 'agent'
        and {{ has_term(terms, 'gift_money', 'ask', 'texts.gift_clauses', 'texts.gift_words') }} as is_gift_ask,
        texts.sender = 'agent'
        and {{ has_term(terms, 'gift_money', 'accept', 'texts.gift_clauses', 'texts.gift_words') }} as is_thanked_for,
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
                    {{ regex_matches('texts.meant_clauses', '(?:' ~ term_pattern(terms, 'zh', 'off_channel', 'own') ~ ')[^。]{0,6}☎') }}
                    or not (texts.is_repeated_number or {{ has_term(terms, 'allow', 'phone', 'texts.meant_clauses', 'texts.meant_words') }})
                )
            )
            or (
                {{ has_term(terms, 'off_channel', 'phone_ask', 'texts.channel_clauses', 'texts.channel_words') }}
                and not {{ has_term(terms, 'allow', 'phone', 'texts.meant_clauses', 'texts.meant_words') }}
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
        and {{ has_term(terms, 'gift_money', 'how_much', 'texts.meant_clauses', 'texts.meant_words') }} as is_sum_question,
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
    from texts
)

select
    message_id,
    is_gift_refusal,
    is_gift_ask,
    is_thanked_for and not is_gift_refusal as is_gift_acceptance,
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
        when is_thanked_for and not is_gift_refusal then {{ first_term(terms, 'gift_money', 'accept', 'gift_clauses', 'gift_words') }}
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
