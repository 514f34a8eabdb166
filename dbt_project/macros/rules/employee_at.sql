{#- Join of the person's state at a moment (org unit, branch, job family); no row = unidentified or not yet hired. -#}
{% macro employee_at_join(alias, employee_id, moment) -%}
left join {{ ref('dim_employee_history') }} as {{ alias }}
    on {{ employee_id }} = {{ alias }}.employee_id
    and {{ in_force(alias, moment) }}
{%- endmacro %}

{#-
  Joins of a customer's owner at a moment, as `owners`, of the owner's state then, as `person`, and of the values that a
  rule's parameters have for that person (thresholds: alias -> parameter). `facts` holds customer_id. No owner = no row.
-#}
{% macro customer_owner_joins(facts, moment, rule_id=none, thresholds={}) -%}
left join {{ ref('dim_customer_owner_history') }} as owners
    on {{ facts }}.customer_id = owners.customer_id
    and {{ in_force('owners', moment) }}
{{ employee_at_join('person', 'owners.owner_id', moment) }}
{%- for alias, parameter in thresholds.items() %}
{{ threshold_join(alias, rule_id, parameter, moment, 'person.org_unit_id', 'person.job_family') }}
{%- endfor %}
{%- endmacro %}
