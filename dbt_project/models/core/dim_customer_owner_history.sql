{#-
  Ownership records tell it best; where a customer has none, its changes of owner do; where it has neither, the owner
  on the list has had it since the customer was entered.
-#}
with

told_owners as (
    select
        customer_id,
        valid_from,
        valid_to,
        employee_id as owner_id,
        reason,
        'customer_ownership' as record_dataset,
        customer_id || '/' || {{ moment_text('valid_from') }} as record_key
    from {{ ref('stg_crm__customer_ownership') }}
),

changed_owners as (
    select
        changes.customer_id,
        changes.changed_at as valid_from,
        cast(null as timestamp) as valid_to,
        nullif(changes.new_value, '') as owner_id,
        cast(null as {{ dbt.type_string() }}) as reason,
        'customer_changes' as record_dataset,
        changes.record_key
    from {{ ref('fct_customer_change') }} as changes
    where
        changes.field = 'owner'
        and not exists (select 1 from told_owners where told_owners.customer_id = changes.customer_id)
),

{#- Of two changes at one moment the later record stands. -#}
last_changes as (
    select
        customer_id,
        valid_from,
        valid_to,
        owner_id,
        reason,
        record_dataset,
        record_key,
        row_number() over (partition by customer_id, valid_from order by record_key desc) as position
    from changed_owners
),

listed_owners as (
    select
        customers.customer_id,
        customers.created_at as valid_from,
        cast(null as timestamp) as valid_to,
        customers.owner_id,
        cast(null as {{ dbt.type_string() }}) as reason,
        'customers' as record_dataset,
        customers.record_key
    from {{ ref('dim_customer') }} as customers
    where
        customers.owner_id is not null
        and not exists (select 1 from told_owners where told_owners.customer_id = customers.customer_id)
        and not exists (select 1 from changed_owners where changed_owners.customer_id = customers.customer_id)
),

owners as (
    select customer_id, valid_from, valid_to, owner_id, reason, record_dataset, record_key
    from told_owners
    union all
    select customer_id, valid_from, valid_to, owner_id, reason, record_dataset, record_key
    from last_changes
    where position = 1
    union all
    select customer_id, valid_from, valid_to, owner_id, reason, record_dataset, record_key
    from listed_owners
),

ordered as (
    select
        customer_id,
        valid_from,
        valid_to as told_to,
        lead(valid_from) over (partition by customer_id order by valid_from) as next_from,
        owner_id,
        lag(owner_id) over (partition by customer_id order by valid_from) as previous_owner_id,
        reason,
        record_dataset,
        record_key
    from owners
)

select
    ordered.customer_id,
    ordered.valid_from,
    case when ordered.next_from < ordered.told_to or ordered.told_to is null then ordered.next_from else ordered.told_to end
        as valid_to,
    ordered.owner_id,
    people.employee_id is not null as is_owner_identified,
    ordered.previous_owner_id,
    ordered.reason,
    ordered.record_dataset,
    ordered.record_key
from ordered
left join {{ ref('int_known_person') }} as people on ordered.owner_id = people.employee_id
where
    ordered.owner_id is not null
    and (ordered.told_to is null or ordered.valid_from < ordered.told_to)
