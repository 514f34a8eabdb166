{#- Of the messages of one conversation within a day of the hit. -#}
with

taken as (
    select
        answer_message_id as message_id,
        category,
        min(offer_message_id) as offer_message_id,
        max(transfer_amount) as transfer_amount,
        max(currency) as currency
    from {{ ref('int_offer_answer') }}
    where answer = 'taken'
    group by answer_message_id, category
),

hits as (
    select
        message_id,
        'gift_money' as category,
        case when is_gift_ask then 'ask' else 'accept' end as kind,
        gift_term as matched_text
    from {{ ref('int_message_reading') }}
    where is_gift_ask or is_gift_acceptance
    union all
    select
        message_id,
        'off_channel' as category,
        case when is_move then 'move' when is_private_payee then 'payee' else 'number' end as kind,
        case when is_move or is_private_payee then channel_term end as matched_text
    from {{ ref('int_message_reading') }}
    where is_move or is_private_payee or is_private_number
    union all
    select
        taken.message_id,
        taken.category,
        case when taken.category = 'gift_money' then 'accept' else 'agree' end as kind,
        cast(null as {{ dbt.type_string() }}) as matched_text
    from taken
    left join {{ ref('int_message_reading') }} as readings
        on taken.message_id = readings.message_id
        and case
            when taken.category = 'gift_money' then readings.is_gift_ask or readings.is_gift_acceptance
            else readings.is_move or readings.is_private_payee or readings.is_private_number
        end
    where readings.message_id is null
)

select
    hits.message_id,
    hits.category,
    hits.kind,
    substring({{ regex_replace_all('hits.matched_text', '[0-9a-z]{5,}', '…') }}, 1, 30) as matched_text,
    taken.offer_message_id,
    messages.conversation_id,
    messages.employee_id,
    people.employee_id is not null as is_employee_identified,
    messages.customer_id,
    messages.sent_at,
    {{ utc_instant('messages.sent_at', 'coalesce(zone.timezone, group_zone.timezone)') }} as sent_at_utc,
    messages.text,
    case when hits.category = 'gift_money' then coalesce(messages.transfer_amount, taken.transfer_amount) end as amount,
    coalesce(messages.currency, taken.currency) as currency
from hits
inner join {{ ref('stg_crm__messages') }} as messages on hits.message_id = messages.message_id
cross join {{ ref('stg_hr__group_timezone') }} as group_zone
left join {{ ref('stg_hr__employee_timezones') }} as zone on messages.employee_id = zone.employee_id
left join {{ ref('int_known_person') }} as people on messages.employee_id = people.employee_id
left join taken on hits.message_id = taken.message_id and hits.category = taken.category
