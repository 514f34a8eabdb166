{%- set registry = rule_registry() -%}
with

needs as (
    {%- for rule in registry %}
    {%- set outer = loop %}
    {%- for dataset in rule.required_datasets + rule.optional_datasets %}
    select
        '{{ rule.rule_id }}' as rule_id,
        '{{ dataset }}' as dataset,
        {{ 'true' if dataset in rule.required_datasets else 'false' }} as is_required,
        {{ 'true' if dataset == rule.subject_dataset else 'false' }} as is_subject
    {{ 'union all' if not (outer.last and loop.last) }}
    {%- endfor %}
    {%- else %}
    select '' as rule_id, '' as dataset, true as is_required, true as is_subject
    where 1 = 0
    {%- endfor %}
)

select
    needs.rule_id,
    needs.dataset,
    needs.is_required,
    needs.is_subject,
    datasets.is_delivered,
    datasets.first_event_at,
    datasets.system_as_of
from needs
inner join {{ ref('dim_dataset') }} as datasets on needs.dataset = datasets.dataset
