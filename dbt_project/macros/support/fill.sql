{#-
  Number of known values of `column` up to and including the row: rows that share it have the same last known value,
  so that `max(column)` over it fills forward without `ignore nulls`, whose syntax differs between engines.
-#}
{% macro known_so_far(column, partition_by, order_by) -%}
    count({{ column }}) over (
        partition by {{ partition_by }} order by {{ order_by }}
        rows between unbounded preceding and current row
    )
{%- endmacro %}
