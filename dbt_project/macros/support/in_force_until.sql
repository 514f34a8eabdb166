{#-
  End of a half-open validity, far away where it is open. A condition `a < x.valid_to or x.valid_to is null` says the
  same, but its `or` turns a left join into a nested loop.
-#}
{% macro open_end(alias) -%}
    coalesce({{ alias }}.valid_to, cast('9999-12-31' as timestamp))
{%- endmacro %}

{#- Condition: the validity of `alias` holds at the last instant before `moment` (the end of a month or stretch). -#}
{% macro in_force_until(alias, moment) -%}
    {{ alias }}.valid_from < {{ moment }}
    and {{ moment }} <= {{ open_end(alias) }}
{%- endmacro %}
