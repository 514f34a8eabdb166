{#-
  Fails with one row per interval that is empty or inverted, or that starts before the one before it has ended.
  Required: key (column of the thing that the intervals describe). Optional: valid_from, valid_to (half-open; null = open).
-#}
{% test intervals_do_not_overlap(model, key, valid_from='valid_from', valid_to='valid_to') %}
with

ordered as (
    select
        {{ key }},
        {{ valid_from }},
        {{ valid_to }},
        row_number() over (partition by {{ key }} order by {{ valid_from }}) as position,
        lag({{ valid_to }}) over (partition by {{ key }} order by {{ valid_from }}) as previous_valid_to
    from {{ model }}
)

select {{ key }}, {{ valid_from }}, {{ valid_to }}, previous_valid_to
from ordered
where
    {{ valid_from }} is null
    or {{ valid_from }} >= {{ valid_to }}
    or (position > 1 and (previous_valid_to is null or previous_valid_to > {{ valid_from }}))
{% endtest %}
