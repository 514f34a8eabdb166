{#- Where the facts that rules judge ever occurred; a unit outside it has nothing that such a rule could judge. -#}
with

messages as (
    select person.org_unit_id
    from {{ ref('sig_message_exposure') }} as exposure
    {{ employee_at_join('person', 'exposure.employee_id', 'cast(exposure.activity_date as timestamp)') }}
    group by person.org_unit_id
),

steps as (
    select person.org_unit_id
    from {{ ref('fct_approval_step') }} as steps
    {{ employee_at_join('person', 'steps.approver_id', 'steps.acted_at') }}
    group by person.org_unit_id
),

places as (
    select 'orders' as dataset, org_unit_id from {{ ref('fct_order') }} group by org_unit_id
    union all
    select 'approval_requests' as dataset, org_unit_id from {{ ref('fct_approval_request') }} group by org_unit_id
    union all
    select 'approval_steps' as dataset, org_unit_id from steps
    union all
    select 'messages' as dataset, org_unit_id from messages
),

placed as (
    select
        places.dataset,
        coalesce(places.org_unit_id, group_unit.org_unit_id) as org_unit_id
    from places
    inner join {{ ref('dim_org_unit') }} as group_unit on group_unit.is_group
)

select placed.dataset, lineage.ancestor_id as org_unit_id
from placed
inner join {{ ref('bridge_org_unit_ancestor') }} as lineage on placed.org_unit_id = lineage.org_unit_id
group by placed.dataset, lineage.ancestor_id
