{#- Median of a column within a group, halfway between the two middle values of an even count; nulls are left out. -#}
{% macro median(column) -%}
    {{ quantile(column, 0.5) }}
{%- endmacro %}

{#- The value that `share` of the group does not exceed, interpolated; nulls are left out. -#}
{% macro quantile(column, share) -%}
    percentile_cont({{ share }}) within group (order by {{ column }})
{%- endmacro %}
