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

role_holders as (
    select person.org_unit_id
    from {{ ref('dim_role_history') }} as roles
    {{ employee_at_join('person', 'roles.employee_id', 'roles.valid_from') }}
    group by person.org_unit_id
),

customer_owners as (
    select person.org_unit_id
    from {{ ref('dim_customer_owner_history') }} as owners
    {{ employee_at_join('person', 'owners.owner_id', 'owners.valid_from') }}
    group by person.org_unit_id
),

payees as (
    select person.org_unit_id
    from {{ ref('fct_receipt') }} as receipts
    {{ employee_at_join('person', 'receipts.payee_employee_id', 'receipts.received_at') }}
    group by person.org_unit_id
),

places as (
    {%- for dataset, subject_model in subject_models().items() %}
    select '{{ dataset }}' as dataset, org_unit_id from {{ ref(subject_model) }} group by org_unit_id
    union all
    {%- endfor %}
    select 'approval_steps' as dataset, org_unit_id from steps
    union all
    select 'messages' as dataset, org_unit_id from messages
    union all
    select 'permission_grants' as dataset, org_unit_id from role_holders
    union all
    select 'customers' as dataset, org_unit_id from customer_owners
    union all
    select 'customer_ownership' as dataset, org_unit_id from customer_owners
    union all
    {#- Who owns customers may be paid by them. #}
    select 'receipts' as dataset, org_unit_id from customer_owners
    union all
    select 'receipts' as dataset, org_unit_id from payees
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
