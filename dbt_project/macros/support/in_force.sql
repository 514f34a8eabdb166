{#- Condition: the half-open validity of `alias` (dates or moments; null end = open) holds at `moment`. -#}
{% macro in_force(alias, moment) -%}
    {{ moment }} >= {{ alias }}.valid_from
    and ({{ moment }} < {{ alias }}.valid_to or {{ alias }}.valid_to is null)
{%- endmacro %}
