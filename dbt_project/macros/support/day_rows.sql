{#-
  One row per row of `relation` and day from `first_day` to `last_day`, both included, as `day`: what spans days can then
  be joined by equality. A stretch that ends before it begins has its first day; one with a mistyped end stops after a year.
-#}
{% macro day_rows(relation, columns, first_day, last_day) -%}
    {%- set longest = dbt.dateadd('day', 366, first_day) -%}
    {{ return(adapter.dispatch('day_rows', 'hufu')(
        relation, columns, 'cast(' ~ first_day ~ ' as date)',
        'cast(greatest(' ~ first_day ~ ', least(' ~ last_day ~ ', ' ~ longest ~ ')) as date)'
    )) }}
{%- endmacro %}

{% macro duckdb__day_rows(relation, columns, first_day, last_day) -%}
    select
        {{ columns | join(', ') }},
        cast(unnest(generate_series({{ first_day }}, {{ last_day }}, interval 1 day)) as date) as day
    from {{ relation }}
{%- endmacro %}

{% macro spark__day_rows(relation, columns, first_day, last_day) -%}
    select
        {{ columns | join(', ') }},
        explode(sequence({{ first_day }}, {{ last_day }}, interval 1 day)) as day
    from {{ relation }}
{%- endmacro %}
