{#-
  A cheap test over all messages, so that the dear patterns run over few. Of one message only, so a day can be reduced
  again alone.
-#}
-- depends_on: {{ ref('terms') }}
{%- set terms = load_terms() -%}
{#- Only the words that a trigger looks for can be hidden by another spelling. -#}
{%- set spellings = [] -%}
{%- set triggers = term_pattern(terms, 'zh', 'trigger', 'agent') -%}
{%- for word in spelled_words(terms) -%}
    {%- if word in triggers -%}
        {%- do spellings.append(term_pattern(terms, 'zh', 'spelling', word)) -%}
    {%- endif -%}
{%- endfor -%}
{%- set agent_trigger = (spellings + [triggers]) | join('|') -%}
{%- set customer_trigger = (spellings + [term_pattern(terms, 'zh', 'trigger', 'customer')]) | join('|') %}
with

folded as (
    select
        message_id,
        conversation_id,
        employee_id,
        customer_id,
        order_id,
        sender,
        coalesce(message_type, 'text') as message_type,
        transfer_amount,
        currency,
        sent_at,
        {#- The order that the talk is about may look like a phone number. -#}
        case
            when length(order_id) >= 6 then replace({{ folded_text('text') }}, lower(order_id), '')
            else {{ folded_text('text') }}
        end as folded,
        _source_file,
        _source_row,
        _row_hash
    from {{ ref('stg_crm__messages') }}
    where sender in ('agent', 'customer')
),

triggered as (
    select
        message_id,
        conversation_id,
        employee_id,
        customer_id,
        order_id,
        sender,
        message_type,
        transfer_amount,
        currency,
        sent_at,
        folded,
        nullif({{ mobile_number('folded') }}, '') as mobile_number,
        case
            when sender = 'agent' and length(folded) <= {{ fragment_message_length() }}
                then nullif({{ number_fragment('folded') }}, '')
        end as number_fragment,
        _source_file,
        _source_row,
        _row_hash
    from folded
    where
        message_type in ('red_packet', 'transfer')
        or (
            sender = 'agent'
            and (
                {{ regex_matches(dense_text('folded'), agent_trigger) }}
                or {{ regex_matches('folded', term_pattern(terms, 'en', 'trigger', 'agent')) }}
                or {{ regex_matches('folded', mobile_number_pattern()) }}
                or (
                    length(folded) <= {{ fragment_message_length() }}
                    and {{ regex_matches('folded', number_fragment_pattern()) }}
                )
            )
        )
        or (
            sender = 'customer'
            and (
                {{ regex_matches(dense_text('folded'), customer_trigger) }}
                or {{ regex_matches('folded', term_pattern(terms, 'en', 'trigger', 'customer')) }}
                or {{ regex_matches('folded', mobile_number_pattern()) }}
            )
        )
),

marked as (
    select
        message_id,
        conversation_id,
        employee_id,
        customer_id,
        order_id,
        sender,
        message_type,
        transfer_amount,
        currency,
        sent_at,
        mobile_number,
        number_fragment,
        case
            when mobile_number is not null
                then {{ regex_replace_all('folded', mobile_number_pattern(), regex_group(1) ~ '☎' ~ regex_group(2)) }}
            else folded
        end as folded,
        _source_file,
        _source_row,
        _row_hash
    from triggered
)

select
    message_id,
    conversation_id,
    employee_id,
    customer_id,
    order_id,
    sender,
    message_type,
    transfer_amount,
    currency,
    sent_at,
    mobile_number,
    number_fragment,
    coalesce({{ spelled_text(terms, clause_text('folded')) }}, '') as clauses,
    coalesce({{ word_text('folded') }}, '') as words,
    _source_file as source_file,
    _source_row as source_row,
    _row_hash as row_hash
from marked
