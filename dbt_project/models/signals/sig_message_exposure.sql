{#- Of the messages of one day and hour only, so a day can be reduced again alone. -#}
select
    employee_id,
    cast(sent_at as date) as activity_date,
    {{ hour_of('sent_at') }} as activity_hour,
    count(*) as message_count,
    count(distinct conversation_id) as conversation_count
from {{ ref('stg_crm__messages') }}
where sender = 'agent'
group by employee_id, cast(sent_at as date), {{ hour_of('sent_at') }}
