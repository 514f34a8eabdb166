{#- Join of the person's state at a moment (org unit, branch, job family); no row = unidentified or not yet hired. -#}
{% macro employee_at_join(alias, employee_id, moment) -%}
left join {{ ref('dim_employee_history') }} as {{ alias }}
    on {{ employee_id }} = {{ alias }}.employee_id
    and {{ in_force(alias, moment) }}
{%- endmacro %}
