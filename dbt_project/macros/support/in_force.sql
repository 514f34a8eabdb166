{#-
  Half-open validities (valid_from <= t < valid_to; a null end is open) of dates or moments.
  The open end is a far date, not an `or ... is null`: that `or` turns a left join into a nested loop.
-#}
{% macro open_end(alias) -%}
    coalesce({{ alias }}.valid_to, cast('9999-12-31' as timestamp))
{%- endmacro %}

{#- Condition: the validity of `alias` holds at `moment`. -#}
{% macro in_force(alias, moment) -%}
    {{ moment }} >= {{ alias }}.valid_from
    and {{ moment }} < {{ open_end(alias) }}
{%- endmacro %}

{#- Condition: the validity of `alias` holds at the last instant before `moment` (the end of a month or stretch). -#}
{% macro in_force_until(alias, moment) -%}
    {{ alias }}.valid_from < {{ moment }}
    and {{ moment }} <= {{ open_end(alias) }}
{%- endmacro %}
