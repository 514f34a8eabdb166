{#-
  Join of the value that a rule's parameter has for a unit and a job family at a moment, as <alias>.value.
  Every unit, the unknown one (null) and every family has a row in rule_threshold, so the join is inner.
-#}
{% macro threshold_join(alias, rule_id, parameter, moment, org_unit_id, job_family) -%}
inner join {{ ref('rule_threshold') }} as {{ alias }}
    on {{ alias }}.rule_id = '{{ rule_id }}'
    and {{ alias }}.parameter = '{{ parameter }}'
    and {{ org_unit_id }} is not distinct from {{ alias }}.org_unit_id
    and {{ job_family }} is not distinct from {{ alias }}.job_family
    and {{ in_force(alias, moment) }}
{%- endmacro %}
