{%- set parameters = registered_parameters() -%}
{%- for parameter in parameters %}
select
    '{{ parameter.rule_id }}' as rule_id,
    '{{ parameter.parameter }}' as parameter,
    cast({{ parameter.value }} as decimal(18, 6)) as value,
    {{ sql_text(parameter.unit) }} as unit,
    '{{ parameter.stricter_is }}' as stricter_is,
    {{ sql_text(parameter.label.zh) }} as label_zh,
    {{ sql_text(parameter.label.en) }} as label_en
{{ 'union all' if not loop.last }}
{%- else %}
select
    '' as rule_id, '' as parameter, cast(0 as decimal(18, 6)) as value, '' as unit, '' as stricter_is, '' as label_zh,
    '' as label_en
where 1 = 0
{%- endfor %}
