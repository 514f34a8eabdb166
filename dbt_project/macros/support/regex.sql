{#-
  Regular expressions that mean the same in RE2 (DuckDB) and java.util.regex (Spark): no look-around, no back-references,
  no backslashes (write [.] and [0-9]), Chinese characters as the range [一-鿿].
-#}
{% macro regex_matches(text, pattern) -%}
    {{ return(adapter.dispatch('regex_matches', 'hufu')(text, pattern)) }}
{%- endmacro %}

{% macro duckdb__regex_matches(text, pattern) -%}
    regexp_matches({{ text }}, '{{ pattern | replace("'", "''") }}')
{%- endmacro %}

{% macro spark__regex_matches(text, pattern) -%}
    ({{ text }} rlike '{{ pattern | replace("'", "\\'") }}')
{%- endmacro %}

{#- Every match replaced by `replacement`. -#}
{% macro regex_replace_all(text, pattern, replacement) -%}
    {{ return(adapter.dispatch('regex_replace_all', 'hufu')(text, pattern, replacement)) }}
{%- endmacro %}

{% macro duckdb__regex_replace_all(text, pattern, replacement) -%}
    regexp_replace({{ text }}, '{{ pattern | replace("'", "''") }}', '{{ replacement }}', 'g')
{%- endmacro %}

{% macro spark__regex_replace_all(text, pattern, replacement) -%}
    regexp_replace({{ text }}, '{{ pattern | replace("'", "\\'") }}', '{{ replacement }}')
{%- endmacro %}

{#- The first match, empty where there is none. -#}
{% macro regex_first(text, pattern) -%}
    {{ return(adapter.dispatch('regex_first', 'hufu')(text, pattern)) }}
{%- endmacro %}

{% macro duckdb__regex_first(text, pattern) -%}
    regexp_extract({{ text }}, '{{ pattern | replace("'", "''") }}')
{%- endmacro %}

{% macro spark__regex_first(text, pattern) -%}
    regexp_extract({{ text }}, '{{ pattern | replace("'", "\\'") }}', 0)
{%- endmacro %}

{#- Reference to a group of the pattern, for a replacement. -#}
{% macro regex_group(number) -%}
    {{ return(adapter.dispatch('regex_group', 'hufu')(number)) }}
{%- endmacro %}

{% macro duckdb__regex_group(number) -%}{{ return('\\' ~ number) }}{%- endmacro %}

{% macro spark__regex_group(number) -%}{{ return('$' ~ number) }}{%- endmacro %}
