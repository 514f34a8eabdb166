{#-
  Fails with one row per combination of `columns` that occurs more than once.
  Required: columns. A null counts as a value, so two nulls are a repetition.
-#}
{% test unique_together(model, columns) %}
select
    {{ columns | join(', ') }},
    count(*) as row_count
from {{ model }}
group by {{ columns | join(', ') }}
having count(*) > 1
{% endtest %}
