{#-
  Fails with one row per value of `columns` that occurs more than once, or that is null in a part.
  Required: columns. One query for what `unique` and a `not_null` for each column would ask one by one.
-#}
{% test primary_key(model, columns) %}
select
    {{ columns | join(', ') }},
    count(*) as row_count
from {{ model }}
group by {{ columns | join(', ') }}
having count(*) > 1 {% for column in columns %} or {{ column }} is null {% endfor %}
{% endtest %}
