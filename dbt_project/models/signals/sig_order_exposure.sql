{#- Of the orders of one day and hour only, so a day can be reduced again alone. -#}
with

line_counts as (
    select order_id, count(*) as line_count
    from {{ ref('stg_crm__order_lines') }}
    group by order_id
)

select
    orders.employee_id,
    cast(orders.ordered_at as date) as activity_date,
    {{ hour_of('orders.ordered_at') }} as activity_hour,
    count(*) as order_count,
    coalesce(sum(line_counts.line_count), 0) as order_line_count
from {{ ref('stg_crm__orders') }} as orders
left join line_counts on orders.order_id = line_counts.order_id
group by orders.employee_id, cast(orders.ordered_at as date), {{ hour_of('orders.ordered_at') }}
