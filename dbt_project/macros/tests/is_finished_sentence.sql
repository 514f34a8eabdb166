{#- Fails with one row per text that is missing, or that still holds a placeholder. -#}
{% test is_finished_sentence(model, column_name) %}
select {{ column_name }}
from {{ model }}
where
    {{ column_name }} is null
    or trim({{ column_name }}) = ''
    or {{ dbt.position("'{'", column_name) }} > 0
    or {{ dbt.position("'}'", column_name) }} > 0
{% endtest %}
