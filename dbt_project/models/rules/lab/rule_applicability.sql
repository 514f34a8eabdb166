{#- A unit answers for all below it: a rule applies to it where it applies to any of them. -#}
with

judged_limits as (
    {%- for rule_id, limit_codes in labour_rule_limits().items() %}
    {%- set outer = loop %}
    {%- for limit_code in limit_codes %}
    select '{{ rule_id }}' as rule_id, '{{ limit_code }}' as limit_code
    {{ 'union all' if not (outer.last and loop.last) }}
    {%- endfor %}
    {%- endfor %}
)

select
    judged_limits.rule_id,
    lineage.ancestor_id as org_unit_id,
    limits.valid_from,
    limits.valid_to
from judged_limits
inner join {{ ref('int_labour_limit') }} as limits on judged_limits.limit_code = limits.limit_code
inner join {{ ref('bridge_org_unit_ancestor') }} as lineage on limits.org_unit_id = lineage.org_unit_id
where limits.value is not null
group by judged_limits.rule_id, lineage.ancestor_id, limits.valid_from, limits.valid_to
