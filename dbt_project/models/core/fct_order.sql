with

located as (
    select
        orders.order_id,
        orders.customer_id,
        orders.employee_id,
        orders.ordered_at,
        orders.channel,
        orders.list_amount,
        orders.net_amount,
        orders.currency,
        orders.status,
        orders.quote_id,
        orders.contract_id,
        people.employee_id is not null as is_employee_identified,
        person.org_unit_id,
        person.branch_id,
        person.job_family,
        {{ utc_instant('orders.ordered_at', 'coalesce(zone.timezone, group_zone.timezone)') }} as ordered_at_utc,
        orders._source_file,
        orders._source_row,
        orders._row_hash
    from {{ ref('stg_crm__orders') }} as orders
    cross join {{ ref('stg_hr__group_timezone') }} as group_zone
    left join {{ ref('stg_hr__employee_timezones') }} as zone on orders.employee_id = zone.employee_id
    left join {{ ref('int_known_person') }} as people on orders.employee_id = people.employee_id
    {{ employee_at_join('person', 'orders.employee_id', 'orders.ordered_at') }}
),

role_floors as (
    select
        orders.order_id,
        min(floors.floor) as role_floor
    from located as orders
    inner join {{ ref('dim_role_history') }} as roles
        on orders.employee_id = roles.employee_id
        and orders.ordered_at_utc >= roles.valid_from_utc
        and (orders.ordered_at_utc < roles.valid_to_utc or roles.valid_to_utc is null)
    inner join {{ ref('role_discount_floors') }} as floors
        on roles.role_code = floors.role_code
        and {{ in_force('floors', 'orders.ordered_at') }}
    group by orders.order_id
)

select
    located.order_id,
    located.customer_id,
    located.employee_id,
    located.is_employee_identified,
    located.org_unit_id,
    located.branch_id,
    located.job_family,
    located.ordered_at,
    located.ordered_at_utc,
    located.channel,
    located.list_amount,
    located.net_amount,
    located.currency,
    located.status,
    located.quote_id,
    located.contract_id,
    role_floors.role_floor,
    located.order_id as record_key,
    located._source_file as source_file,
    located._source_row as source_row,
    located._row_hash as row_hash
from located
left join role_floors on located.order_id = role_floors.order_id
