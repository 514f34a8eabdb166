{#-
  Fails with one row per combination of missing values, and how many rows miss them.
  Required: columns, none of which may be null. One query for what a `not_null` each would ask one by one.
-#}
{% test required(model, columns) %}
select
    {%- for column in columns %}
    {{ column }} is null as is_{{ column }}_missing,
    {%- endfor %}
    count(*) as row_count
from {{ model }}
where {% for column in columns %} {{ 'or ' if not loop.first }} {{ column }} is null {% endfor %}
group by {% for column in columns %} {{ column }} is null {{ ',' if not loop.last }} {% endfor %}
{% endtest %}
