{#- Where the facts that rules judge ever occurred; a unit outside it has nothing that such a rule could judge. -#}
{%- set people = {
    'messages': ('sig_message_exposure', 'employee_id', 'cast(facts.activity_date as timestamp)'),
    'steps': ('fct_approval_step', 'approver_id', 'facts.acted_at'),
    'role_holders': ('dim_role_history', 'employee_id', 'facts.valid_from'),
    'customer_owners': ('dim_customer_owner_history', 'owner_id', 'facts.valid_from'),
    'payees': ('fct_receipt', 'payee_employee_id', 'facts.received_at'),
} %}
with

{% for name, (model_name, person, moment) in people.items() -%}
{{ name }} as (
    select person.org_unit_id
    from {{ ref(model_name) }} as facts
    {{ employee_at_join('person', 'facts.' ~ person, moment) }}
    group by person.org_unit_id
),

{% endfor -%}
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
