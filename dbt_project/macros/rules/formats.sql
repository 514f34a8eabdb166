{#- Text of a wall-clock moment, to the second: the same in every engine, so that hashes of it are too. -#}
{% macro moment_text(moment) -%}
    {{ return(adapter.dispatch('moment_text', 'hufu')(moment)) }}
{%- endmacro %}

{% macro duckdb__moment_text(moment) -%}
    strftime({{ moment }}, '%Y-%m-%d %H:%M:%S')
{%- endmacro %}

{% macro spark__moment_text(moment) -%}
    date_format({{ moment }}, 'yyyy-MM-dd HH:mm:ss')
{%- endmacro %}

{#- Decimal text without needless zeros; keeps one decimal where `keeps_one` (折 are said as 3.0). -#}
{% macro number_text(value, keeps_one=false) -%}
    {%- set text = 'cast(cast(' ~ value ~ ' as decimal(38, 5)) as ' ~ dbt.type_string() ~ ')' -%}
    {{ regex_replace_all(text, '0{1,4}$', '') if keeps_one else regex_replace_all(text, '[.]?0+$', '') }}
{%- endmacro %}

{#- Text of a value in an explanation; null stays null. Formats: text, number, rounded, money, share, paid, moment, day. -#}
{% macro value_text(value, format, language) -%}
    {%- if format == 'number' -%} {{ number_text(value) }}
    {%- elif format == 'rounded' -%} {{ number_text('round(' ~ value ~ ', 1)') }}
    {%- elif format == 'money' -%} cast(cast({{ value }} as decimal(18, 2)) as {{ dbt.type_string() }})
    {%- elif format == 'paid' and language == 'zh' -%} {{ number_text('10 * (' ~ value ~ ')', keeps_one=true) }} || '折'
    {%- elif format == 'paid' -%} {{ number_text('100 * (' ~ value ~ ')') }} || ' % of list'
    {%- elif format == 'share' -%} {{ number_text('round(100 * (' ~ value ~ '), 1)') }} || {{ "'%'" if language == 'zh' else "' %'" }}
    {%- elif format == 'moment' -%} substring({{ moment_text(value) }}, 1, 16)
    {%- elif format == 'day' -%} substring({{ moment_text(value) }}, 1, 10)
    {%- elif format == 'text' -%} cast({{ value }} as {{ dbt.type_string() }})
    {%- else -%} {{ exceptions.raise_compiler_error("unknown format '" ~ format ~ "' in an explanation") }}
    {%- endif -%}
{%- endmacro %}

{#- ISO text of a date. -#}
{% macro day_text(day) -%}
    {{ return(adapter.dispatch('day_text', 'hufu')(day)) }}
{%- endmacro %}

{% macro duckdb__day_text(day) -%}
    strftime({{ day }}, '%Y-%m-%d')
{%- endmacro %}

{% macro spark__day_text(day) -%}
    date_format({{ day }}, 'yyyy-MM-dd')
{%- endmacro %}
