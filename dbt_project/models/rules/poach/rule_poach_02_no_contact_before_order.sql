{#-
  An order is judged only where the records of contacts reach back over its whole window; of earlier orders nobody can
  say whether there was a contact.
-#}
with

observed as (
    select first_event_at as observed_from
    from {{ ref('dim_dataset') }}
    where dataset = 'interactions'
),

judged as (
    select
        orders.order_id,
        orders.customer_id,
        orders.employee_id,
        orders.is_employee_identified,
        orders.org_unit_id,
        orders.ordered_at,
        orders.ordered_at_utc,
        orders.net_amount,
        orders.currency,
        orders.quote_id,
        time_window.value as window_days
    from {{ ref('fct_order') }} as orders
    cross join observed
    {{ threshold_join(
        'time_window', 'POACH-02', 'window_days', 'orders.ordered_at', 'orders.org_unit_id', 'orders.job_family'
    ) }}
    where
        orders.status not in ('draft', 'cancelled')
        and {{ dbt.datediff('observed.observed_from', 'orders.ordered_at', 'second') }} >= 86400 * time_window.value
),

contacts as (
    select
        customer_id,
        occurred_at as contact_at,
        occurred_at_utc as contact_at_utc,
        {{ evidence_entry('last_contact', 'interactions', 'record_key') }} as contact_evidence
    from {{ ref('fct_interaction') }}
    union all
    select
        customer_id,
        quoted_at as contact_at,
        quoted_at_utc as contact_at_utc,
        {{ evidence_entry('last_contact', 'quotes', 'record_key') }} as contact_evidence
    from {{ ref('fct_quote') }}
),

dealings as (
    select customer_id, contact_at_utc as at_utc, contact_at_utc, cast(null as {{ dbt.type_string() }}) as order_id, 0 as is_order
    from contacts
    union all
    select customer_id, ordered_at_utc as at_utc, cast(null as timestamp) as contact_at_utc, order_id, 1 as is_order
    from judged
),

dealings_so_far as (
    select
        order_id,
        max(contact_at_utc) over (
            partition by customer_id order by at_utc, is_order rows between unbounded preceding and current row
        ) as last_contact_at_utc
    from dealings
),

{#- The quote that an order names is its quote however old it is. -#}
without_contact as (
    select
        judged.order_id,
        judged.customer_id,
        judged.employee_id,
        judged.is_employee_identified,
        judged.org_unit_id,
        judged.ordered_at,
        judged.net_amount,
        judged.currency,
        judged.window_days,
        judged.quote_id is not null and quotes.quote_id is null as is_quote_missing,
        dealings_so_far.last_contact_at_utc
    from judged
    inner join dealings_so_far on judged.order_id = dealings_so_far.order_id
    left join {{ ref('fct_quote') }} as quotes on judged.quote_id = quotes.quote_id
    where
        (
            dealings_so_far.last_contact_at_utc is null
            or {{ dbt.datediff('dealings_so_far.last_contact_at_utc', 'judged.ordered_at_utc', 'second') }}
                > 86400 * judged.window_days
        )
        and (
            quotes.quote_id is null
            or quotes.customer_id <> judged.customer_id
            or quotes.quoted_at_utc > judged.ordered_at_utc
        )
),

last_contacts as (
    select
        without_contact.order_id,
        min(contacts.contact_at) as last_contact_at,
        min(contacts.contact_evidence) as contact_evidence
    from without_contact
    inner join contacts
        on without_contact.customer_id = contacts.customer_id
        and without_contact.last_contact_at_utc = contacts.contact_at_utc
    group by without_contact.order_id
),

hits as (
    select
        without_contact.order_id as subject_id,
        without_contact.employee_id,
        without_contact.org_unit_id,
        without_contact.ordered_at as occurred_at,
        without_contact.ordered_at as episode_started_at,
        without_contact.customer_id,
        without_contact.net_amount as amount_at_risk,
        without_contact.currency,
        'order/' || without_contact.order_id as incident_key,
        case
            when not without_contact.is_employee_identified then 'unidentified_employee'
            when without_contact.is_quote_missing then 'unknown_quote'
        end as review_cause,
        without_contact.ordered_at,
        without_contact.net_amount,
        without_contact.window_days,
        last_contacts.last_contact_at,
        {{ evidence([
            evidence_entry('order', 'orders', 'without_contact.order_id'),
            'last_contacts.contact_evidence',
        ]) }} as evidence
    from without_contact
    left join last_contacts on without_contact.order_id = last_contacts.order_id
)

{{ rule_output('POACH-02', 'hits', has=['customer_id', 'amount_at_risk', 'currency']) }}
