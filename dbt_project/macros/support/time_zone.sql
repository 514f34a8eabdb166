{#-
  Wall-clock time in `zone` of a wall-clock value that was written with an offset.
  value: timestamp as written; offset_minutes: minutes east of UTC; zone: IANA name.
-#}
{% macro local_time(value, offset_minutes, zone) -%}
    {{ return(adapter.dispatch('local_time', 'hufu')(value, offset_minutes, zone)) }}
{%- endmacro %}

{% macro duckdb__local_time(value, offset_minutes, zone) -%}
    timezone({{ zone }}, timezone('UTC', {{ value }} - to_minutes(cast({{ offset_minutes }} as bigint))))
{%- endmacro %}

{% macro spark__local_time(value, offset_minutes, zone) -%}
    from_utc_timestamp({{ value }} - make_interval(0, 0, 0, 0, 0, {{ offset_minutes }}, 0), {{ zone }})
{%- endmacro %}

{#- The UTC instant of a wall-clock value of `zone`. -#}
{% macro utc_instant(value, zone) -%}
    {{ return(adapter.dispatch('utc_instant', 'hufu')(value, zone)) }}
{%- endmacro %}

{% macro duckdb__utc_instant(value, zone) -%}
    timezone('UTC', timezone({{ zone }}, {{ value }}))
{%- endmacro %}

{% macro spark__utc_instant(value, zone) -%}
    to_utc_timestamp({{ value }}, {{ zone }})
{%- endmacro %}

{#- Integer member of a JSON object held as text; null when it is absent. -#}
{% macro json_int(json_text, member) -%}
    {{ return(adapter.dispatch('json_int', 'hufu')(json_text, member)) }}
{%- endmacro %}

{% macro duckdb__json_int(json_text, member) -%}
    cast(json_extract_string({{ json_text }}, '$.{{ member }}') as bigint)
{%- endmacro %}

{% macro spark__json_int(json_text, member) -%}
    cast(get_json_object({{ json_text }}, '$.{{ member }}') as bigint)
{%- endmacro %}
