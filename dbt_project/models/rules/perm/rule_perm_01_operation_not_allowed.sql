{#-
  Most people may do what they do for as long as they do it: whole combinations of person, action and object type are
  settled first, and only the operations of the rest are looked at one by one.
-#}
with

{# A person of null is everybody. #}
permissions as (
    select
        roles.employee_id,
        policy.object_type,
        policy.action,
        roles.valid_from_utc,
        coalesce(roles.valid_to_utc, cast('9999-12-31' as timestamp)) as valid_to_utc,
        policy.valid_from,
        policy.valid_to
    from {{ ref('dim_role_history') }} as roles
    inner join {{ ref('operation_permissions') }} as policy on roles.role_code = policy.role_code
    union all
    select
        cast(null as {{ dbt.type_string() }}) as employee_id,
        object_type,
        action,
        cast('0001-01-01' as timestamp) as valid_from_utc,
        cast('9999-12-31' as timestamp) as valid_to_utc,
        valid_from,
        valid_to
    from {{ ref('operation_permissions') }}
    where role_code = '*'
),

combinations as (
    select
        employee_id,
        action,
        coalesce(object_type, '') as object_key,
        min(occurred_at) as first_at,
        max(occurred_at) as last_at,
        min(occurred_at_utc) as first_at_utc,
        max(occurred_at_utc) as last_at_utc
    from {{ ref('fct_operation') }}
    where coalesce(success, true)
    group by employee_id, action, coalesce(object_type, '')
),

settled as (
    {%- for whose in ['and combinations.employee_id = permissions.employee_id', 'and permissions.employee_id is null'] %}
    select combinations.employee_id, combinations.action, combinations.object_key
    from combinations
    inner join permissions
        on combinations.action = permissions.action
        {{ whose }}
        and permissions.object_type in (combinations.object_key, '*')
        and combinations.first_at_utc >= permissions.valid_from_utc
        and combinations.last_at_utc < permissions.valid_to_utc
        and {{ in_force('permissions', 'combinations.first_at') }}
        and {{ in_force('permissions', 'combinations.last_at') }}
    {{ 'union' if not loop.last }}
    {%- endfor %}
),

unsettled as (
    select combinations.employee_id, combinations.action, combinations.object_key
    from combinations
    left join settled
        on combinations.employee_id = settled.employee_id
        and combinations.action = settled.action
        and combinations.object_key = settled.object_key
    where settled.employee_id is null
),

questioned as (
    select
        operations.event_id,
        operations.employee_id,
        operations.is_employee_identified,
        operations.org_unit_id,
        operations.system,
        operations.action,
        operations.object_type,
        operations.object_id,
        unsettled.object_key,
        operations.occurred_at,
        operations.occurred_at_utc,
        operations.record_key
    from {{ ref('fct_operation') }} as operations
    inner join unsettled
        on operations.employee_id = unsettled.employee_id
        and operations.action = unsettled.action
        and coalesce(operations.object_type, '') = unsettled.object_key
    where coalesce(operations.success, true)
),

allowed as (
    {%- for whose in ['and questioned.employee_id = permissions.employee_id', 'and permissions.employee_id is null'] %}
    select questioned.event_id
    from questioned
    inner join permissions
        on questioned.action = permissions.action
        {{ whose }}
        and permissions.object_type in (questioned.object_key, '*')
        and questioned.occurred_at_utc >= permissions.valid_from_utc
        and questioned.occurred_at_utc < permissions.valid_to_utc
        and {{ in_force('permissions', 'questioned.occurred_at') }}
    {{ 'union' if not loop.last }}
    {%- endfor %}
),

refused as (
    select
        questioned.event_id,
        questioned.employee_id,
        questioned.is_employee_identified,
        questioned.org_unit_id,
        questioned.system,
        questioned.action,
        questioned.object_type,
        questioned.object_id,
        questioned.occurred_at,
        questioned.occurred_at_utc,
        questioned.record_key
    from questioned
    left join allowed on questioned.event_id = allowed.event_id
    where allowed.event_id is null
),

of_known_type as (
    select refused.event_id
    from refused
    inner join {{ ref('operation_permissions') }} as policy
        on refused.object_type = policy.object_type
        and {{ in_force('policy', 'refused.occurred_at') }}
    group by refused.event_id
),

held_roles as (
    select
        refused.event_id,
        {{ dbt.listagg('roles.role_code', "', '", 'order by roles.role_code') }} as role_codes,
        {{ evidence_entries('role_held', 'permission_grants', 'roles.record_key') }} as grant_evidence
    from refused
    inner join {{ ref('dim_role_history') }} as roles
        on refused.employee_id = roles.employee_id
        and refused.occurred_at_utc >= roles.valid_from_utc
        and refused.occurred_at_utc < coalesce(roles.valid_to_utc, cast('9999-12-31' as timestamp))
    group by refused.event_id
),

hits as (
    select
        refused.event_id as subject_id,
        refused.employee_id,
        refused.org_unit_id,
        refused.occurred_at,
        refused.occurred_at as episode_started_at,
        case when refused.object_type = 'customer' then refused.object_id end as customer_id,
        {#- What a leaver still did is one act with the rest of the leaving. #}
        case
            when leaves.employee_id is not null then 'leaver/' || refused.employee_id
            else 'operation/' || refused.event_id
        end as incident_key,
        case
            when of_known_type.event_id is null then 'unknown_object_type'
            when not refused.is_employee_identified then 'unidentified_employee'
        end as review_cause,
        refused.system,
        refused.action,
        refused.object_type,
        held_roles.role_codes,
        {{ evidence([
            evidence_entry('operation', 'operation_log', 'refused.record_key'),
            'held_roles.grant_evidence',
        ]) }} as evidence
    from refused
    left join of_known_type on refused.event_id = of_known_type.event_id
    left join held_roles on refused.event_id = held_roles.event_id
    left join {{ ref('int_leave') }} as leaves
        on refused.employee_id = leaves.employee_id
        and refused.occurred_at >= leaves.left_at
        and refused.occurred_at < coalesce(leaves.returned_at, cast('9999-12-31' as timestamp))
)

{{ rule_output('PERM-01', 'hits', has=['customer_id']) }}
