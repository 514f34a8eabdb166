{#- Cohort of what cannot be placed: it stays in the table, so that the cohorts of a unit add up to the unit. -#}
{% macro unknown_cohort() -%}unknown{%- endmacro %}
