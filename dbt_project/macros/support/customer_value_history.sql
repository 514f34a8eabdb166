{#-
  What a field of each customer held from when to when. Its recorded changes tell it, and of the time before the first
  of them the value that this one replaced; the list adds its own value with the moment at which it was set
  (`listed_at`), or, where nothing was ever changed, as held since the customer was entered. A value repeated is one state.
-#}
{% macro customer_value_history(field, listed_at=none) -%}
with

changes as (
    select
        customer_id,
        changed_at,
        changed_at_utc,
        nullif(old_value, '') as old_value,
        nullif(new_value, '') as new_value,
        record_key,
        row_number() over (partition by customer_id order by changed_at_utc, record_key) as change_no,
        row_number() over (partition by customer_id, changed_at_utc order by record_key desc) as position_of_moment
    from {{ ref('fct_customer_change') }}
    where field = '{{ field }}'
),

{#- Of two changes at one moment the later record stands. -#}
changed as (
    select
        customer_id,
        changed_at as valid_from,
        changed_at_utc as valid_from_utc,
        new_value as {{ field }},
        true as is_start_known,
        'customer_changes' as record_dataset,
        record_key
    from changes
    where position_of_moment = 1
),

before_changes as (
    select
        changes.customer_id,
        customers.created_at as valid_from,
        customers.created_at_utc as valid_from_utc,
        changes.old_value as {{ field }},
        false as is_start_known,
        'customer_changes' as record_dataset,
        changes.record_key
    from changes
    inner join {{ ref('dim_customer') }} as customers on changes.customer_id = customers.customer_id
    where changes.change_no = 1 and customers.created_at_utc < changes.changed_at_utc
),

listed as (
    {%- if listed_at %}
    select
        customers.customer_id,
        customers.{{ listed_at }} as valid_from,
        customers.{{ listed_at }}_utc as valid_from_utc,
        customers.{{ field }},
        true as is_start_known,
        'customers' as record_dataset,
        customers.record_key
    from {{ ref('dim_customer') }} as customers
    left join changed on customers.customer_id = changed.customer_id and customers.{{ listed_at }} = changed.valid_from
    where customers.{{ listed_at }} is not null and changed.customer_id is null
    union all
    {%- endif %}
    select
        customers.customer_id,
        customers.created_at as valid_from,
        customers.created_at_utc as valid_from_utc,
        customers.{{ field }},
        false as is_start_known,
        'customers' as record_dataset,
        customers.record_key
    from {{ ref('dim_customer') }} as customers
    left join changes on customers.customer_id = changes.customer_id and changes.change_no = 1
    where changes.customer_id is null {%- if listed_at %} and customers.{{ listed_at }} is null {%- endif %}
),

told as (
    {%- for relation in ['changed', 'before_changes', 'listed'] %}
    select customer_id, valid_from, valid_from_utc, {{ field }}, is_start_known, record_dataset, record_key
    from {{ relation }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

compared as (
    select
        customer_id,
        valid_from,
        valid_from_utc,
        {{ field }},
        lag({{ field }}) over (partition by customer_id order by valid_from_utc, record_dataset) as previous_value,
        is_start_known,
        record_dataset,
        record_key
    from told
),

states as (
    select
        customer_id,
        valid_from,
        lead(valid_from) over (partition by customer_id order by valid_from_utc, record_dataset) as next_from,
        valid_from_utc,
        lead(valid_from_utc) over (partition by customer_id order by valid_from_utc, record_dataset) as next_from_utc,
        {{ field }},
        is_start_known,
        record_dataset,
        record_key
    from compared
    where {{ field }} is distinct from previous_value
),

{#- A customer that a later full list no longer holds has no state from then on. -#}
ends as (
    select
        customers.customer_id,
        {{ local_time('customers.ended_at', 0, 'group_zone.timezone') }} as ended_at,
        customers.ended_at as ended_at_utc
    from {{ ref('dim_customer') }} as customers
    cross join {{ ref('stg_hr__group_timezone') }} as group_zone
    where customers.ended_at is not null
)

select
    states.customer_id,
    states.valid_from,
    coalesce(states.next_from, ends.ended_at) as valid_to,
    states.valid_from_utc,
    coalesce(states.next_from_utc, ends.ended_at_utc) as valid_to_utc,
    states.{{ field }},
    states.is_start_known,
    states.record_dataset,
    states.record_key
from states
left join ends on states.customer_id = ends.customer_id and states.valid_from_utc < ends.ended_at_utc
where states.{{ field }} is not null and (states.next_from_utc is null or states.valid_from_utc < states.next_from_utc)
{%- endmacro %}
