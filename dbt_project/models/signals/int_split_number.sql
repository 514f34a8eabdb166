{#-
  A number that is sent in pieces is found where the pieces stand together. Of messages of one conversation within some
  minutes.
-#}
{%- set span_minutes = 5 %}
with

fragments as (
    select
        message_id,
        conversation_id,
        employee_id,
        sent_at,
        number_fragment,
        row_number() over (partition by conversation_id, employee_id order by sent_at, message_id) as position
    from {{ ref('int_message_candidate') }}
    where number_fragment is not null
),

starts as (
    select
        first.conversation_id,
        first.employee_id,
        first.position as first_position,
        case
            when {{ regex_matches('first.number_fragment || second.number_fragment', '^1[3-9][0-9]{9}$') }}
                then second.position
            when third.sent_at <= {{ dbt.dateadd('minute', span_minutes, 'first.sent_at') }}
                and {{ regex_matches(
                    'first.number_fragment || second.number_fragment || third.number_fragment', '^1[3-9][0-9]{9}$'
                ) }}
                then third.position
        end as last_position
    from fragments as first
    inner join fragments as second
        on first.conversation_id = second.conversation_id
        and first.employee_id = second.employee_id
        and first.position + 1 = second.position
        and second.sent_at <= {{ dbt.dateadd('minute', span_minutes, 'first.sent_at') }}
    left join fragments as third
        on second.conversation_id = third.conversation_id
        and second.employee_id = third.employee_id
        and second.position + 1 = third.position
)

select fragments.message_id
from fragments
inner join starts
    on fragments.conversation_id = starts.conversation_id
    and fragments.employee_id = starts.employee_id
    and fragments.position between starts.first_position and starts.last_position
group by fragments.message_id
