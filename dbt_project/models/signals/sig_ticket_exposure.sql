{#- Of the tickets of one day and hour only, so a day can be reduced again alone. -#}
select
    employee_id,
    cast(opened_at as date) as activity_date,
    {{ hour_of('opened_at') }} as activity_hour,
    count(*) as ticket_count
from {{ ref('stg_crm__tickets') }}
group by employee_id, cast(opened_at as date), {{ hour_of('opened_at') }}
