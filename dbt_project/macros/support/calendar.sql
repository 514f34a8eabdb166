{#- First day of a 'YYYY-MM' period. -#}
{% macro period_month(period) -%}
    cast({{ dbt.concat([period, "'-01'"]) }} as date)
{%- endmacro %}

{#- Day of the week, Monday = 1 ... Sunday = 7. -#}
{% macro iso_weekday(value) -%}
    {{ return(adapter.dispatch('iso_weekday', 'hufu')(value)) }}
{%- endmacro %}

{% macro duckdb__iso_weekday(value) -%}
    cast(extract(isodow from {{ value }}) as integer)
{%- endmacro %}

{% macro spark__iso_weekday(value) -%}
    cast(weekday({{ value }}) + 1 as integer)
{%- endmacro %}

{#- Hour of the day, 0 ... 23. -#}
{% macro hour_of(value) -%}
    cast(extract(hour from {{ value }}) as integer)
{%- endmacro %}

{#- First day of the delivery period (frequency: daily, weekly from Monday, monthly) that `day` lies in. -#}
{% macro period_start(frequency, day) -%}
    cast(
        case {{ frequency }}
            when 'monthly' then {{ dbt.date_trunc('month', day) }}
            when 'weekly' then {{ dbt.date_trunc('week', day) }}
            else {{ dbt.date_trunc('day', day) }}
        end as date
    )
{%- endmacro %}

{#- The day after the last one of that period. -#}
{% macro period_end(frequency, day) -%}
    cast(
        case {{ frequency }}
            when 'monthly' then {{ dbt.dateadd('month', 1, dbt.date_trunc('month', day)) }}
            when 'weekly' then {{ dbt.dateadd('day', 7, dbt.date_trunc('week', day)) }}
            else {{ dbt.dateadd('day', 1, dbt.date_trunc('day', day)) }}
        end as date
    )
{%- endmacro %}

{#- Half of the year that `day` lies in, as '2026-H1'. -#}
{% macro half_year(day) -%}
    {{ dbt.concat([
        'cast(extract(year from ' ~ day ~ ') as ' ~ dbt.type_string() ~ ')',
        "case when extract(month from " ~ day ~ ") <= 6 then '-H1' else '-H2' end"
    ]) }}
{%- endmacro %}
