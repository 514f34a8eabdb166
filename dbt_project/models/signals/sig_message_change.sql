{#- Of one message only, so a day can be reduced again alone. -#}
select
    messages.message_id,
    messages.conversation_id,
    messages.employee_id,
    people.employee_id is not null as is_employee_identified,
    messages.customer_id,
    messages.sent_at,
    messages.deleted_at,
    messages.edited_at,
    {{ utc_instant('messages.deleted_at', 'coalesce(zone.timezone, group_zone.timezone)') }} as deleted_at_utc,
    {{ utc_instant('messages.edited_at', 'coalesce(zone.timezone, group_zone.timezone)') }} as edited_at_utc
from {{ ref('stg_crm__messages') }} as messages
cross join {{ ref('stg_hr__group_timezone') }} as group_zone
left join {{ ref('stg_hr__employee_timezones') }} as zone on messages.employee_id = zone.employee_id
left join {{ ref('int_known_person') }} as people on messages.employee_id = people.employee_id
where messages.sender = 'agent' and (messages.deleted_at is not null or messages.edited_at is not null)
