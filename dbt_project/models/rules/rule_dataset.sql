{#-
  A rule that looks back over a window (`judged_after`: the parameter that says how long it is) can judge only what
  happens once its subject dataset covers the window; that is when its first event counts from.
-#}
{%- set registry = rule_registry() -%}
{%- set none_text = 'cast(null as ' ~ dbt.type_string() ~ ')' -%}
with

needs as (
    {%- for rule in registry %}
    {%- set outer = loop %}
    {%- for dataset in rule.required_datasets + rule.optional_datasets %}
    select
        '{{ rule.rule_id }}' as rule_id,
        '{{ dataset }}' as dataset,
        {{ 'true' if dataset in rule.required_datasets else 'false' }} as is_required,
        {{ 'true' if dataset == rule.subject_dataset else 'false' }} as is_subject,
        {{ sql_text(rule.judged_after) if rule.judged_after and dataset == rule.subject_dataset else none_text }} as window_parameter
    {{ 'union all' if not (outer.last and loop.last) }}
    {%- endfor %}
    {%- else %}
    select '' as rule_id, '' as dataset, true as is_required, true as is_subject, {{ none_text }} as window_parameter
    where 1 = 0
    {%- endfor %}
),

{#- The longest that ever holds anywhere. -#}
windows as (
    select rule_id, parameter, max(value) as window_days
    from {{ ref('rule_threshold') }}
    group by rule_id, parameter
)

select
    needs.rule_id,
    needs.dataset,
    needs.is_required,
    needs.is_subject,
    datasets.is_delivered,
    case
        when windows.window_days is null then datasets.first_event_at
        else {{ dbt.dateadd('day', 'cast(windows.window_days as integer)', 'datasets.first_event_at') }}
    end as first_event_at,
    datasets.system_as_of
from needs
inner join {{ ref('dim_dataset') }} as datasets on needs.dataset = datasets.dataset
left join windows on needs.rule_id = windows.rule_id and needs.window_parameter = windows.parameter
