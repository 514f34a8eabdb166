{#- Of the operations of one day and hour only, so a day can be reduced again alone. -#}
select
    employee_id,
    cast(occurred_at as date) as activity_date,
    {{ hour_of('occurred_at') }} as activity_hour,
    count(*) as operation_count
from {{ ref('stg_hr__operation_log') }}
group by employee_id, cast(occurred_at as date), {{ hour_of('occurred_at') }}
