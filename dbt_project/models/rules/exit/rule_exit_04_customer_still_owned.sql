with

judged_until as (
    select system_as_of as as_of
    from {{ ref('dim_dataset') }}
    where dataset = 'customers'
),

owned as (
    select
        owners.customer_id,
        leaves.employee_id as leaver_id,
        leaves.manager_id,
        leaves.org_unit_id,
        leaves.last_working_date,
        leaves.left_at,
        case when owners.valid_from > leaves.left_at then owners.valid_from else leaves.left_at end as exceeded_at,
        owners.valid_to,
        case when owners.valid_to > judged_until.as_of then null else owners.valid_to end as handed_over_at,
        leaves.end_evidence,
        owners.record_dataset || ':' || owners.record_key as owner_record,
        row_number() over (
            partition by owners.customer_id, leaves.employee_id, leaves.left_at order by owners.valid_from
        ) as position
    from {{ ref('dim_customer_owner_history') }} as owners
    inner join {{ ref('int_leave') }} as leaves
        on owners.owner_id = leaves.employee_id
        and owners.valid_from < coalesce(leaves.returned_at, cast('9999-12-31' as timestamp))
        and coalesce(owners.valid_to, cast('9999-12-31' as timestamp)) > leaves.left_at
    cross join judged_until
    inner join {{ ref('dim_org_unit') }} as group_unit on group_unit.is_group
    left join {{ ref('dim_customer') }} as customers on owners.customer_id = customers.customer_id
    where
        leaves.left_at < judged_until.as_of
        and owners.valid_from < judged_until.as_of
        and (
            customers.ended_at is null
            or {{ local_time('customers.ended_at', 0, 'group_unit.timezone') }} > leaves.left_at
        )
),

hits as (
    select
        customer_id as subject_id,
        manager_id as employee_id,
        org_unit_id,
        exceeded_at as occurred_at,
        left_at as episode_started_at,
        customer_id,
        'leaver/' || leaver_id as incident_key,
        case when last_working_date is null then 'unknown_last_day' end as review_cause,
        leaver_id,
        last_working_date,
        handed_over_at,
        {{ evidence(["'ownership=' || owner_record", 'end_evidence']) }} as evidence
    from owned
    where position = 1
)

{{ rule_output('EXIT-04', 'hits', has=['customer_id']) }}
