{#-
  Persons named by an account. Exports name people by the accounts of their own systems; landing writes such a value as
  `system:account`, and staging replaces it by the employee number of whoever had the account when the row happened.
  Where nobody did, or more than one person, the value stays as it was delivered: never guessed, never dropped.

  kind says when a row of a dataset happened:
    moment    a time stamp; where it is null, the delivery stamp
    day       a date: the account must have had one owner all day, as far as it had any
    month     a YYYY-MM period, likewise
    delivery  the delivery stamp: the dataset has no event time, or the column tells how it stood at the delivery
  row: alias of landed rows (their offsets are still beside them), or of staged ones with is_staged.
  Needs `group_zone` (stg_hr__group_timezone) among the joined relations.
-#}
{% macro used_from(kind, event, row, is_staged=false) -%}
    {%- set delivered -%} {{ local_time(row ~ '._delivered_at', 0, 'group_zone.timezone') }} {%- endset -%}
    {%- set value = row ~ '.' ~ event -%}
    {%- if kind == 'delivery' -%}
    {{ delivered }}
    {%- elif kind == 'moment' and is_staged -%}
    coalesce({{ value }}, {{ delivered }})
    {%- elif kind == 'moment' -%}
    case
        when {{ value }} is null then {{ delivered }}
        when {{ row }}._ts_offsets is null then {{ value }}
        when {{ json_int(row ~ '._ts_offsets', event) }} is null then {{ value }}
        else {{ local_time(value, json_int(row ~ '._ts_offsets', event), 'group_zone.timezone') }}
    end
    {%- elif kind == 'day' -%}
    cast({{ value }} as timestamp)
    {%- elif kind == 'month' -%}
    cast({{ period_month(value) }} as timestamp)
    {%- else -%}
    {{ exceptions.raise_compiler_error("unknown kind of event '" ~ kind ~ "'") }}
    {%- endif -%}
{%- endmacro %}

{#- End of the time that used_from starts, exclusive; a moment is its own end and belongs to the time. -#}
{% macro used_to(kind, event, row, is_staged=false) -%}
    {%- if kind == 'day' -%}
    cast({{ dbt.dateadd('day', 1, used_from(kind, event, row, is_staged)) }} as timestamp)
    {%- elif kind == 'month' -%}
    cast({{ dbt.dateadd('month', 1, used_from(kind, event, row, is_staged)) }} as timestamp)
    {%- else -%}
    {{ used_from(kind, event, row, is_staged) }}
    {%- endif -%}
{%- endmacro %}

{#-
  CTEs `<column>_owners` (person_ref, used_on, employee_id) for the people whose rows tell of a whole day or month: more
  than one stretch of an account may lie in it, and only one owner in all of them is an answer.
-#}
{% macro span_owners(relation, people, event) -%}
{%- for column, kind in people.items() if kind in ['day', 'month'] %}
{{ column }}_owners as (
    select
        landed.{{ column }} as person_ref,
        landed.{{ event }} as used_on,
        case
            when count(*) = count(owners.employee_id) and min(owners.employee_id) = max(owners.employee_id)
                then min(owners.employee_id)
        end as employee_id
    from {{ relation }} as landed
    inner join {{ ref('stg_hr__account_owners') }} as owners
        on landed.{{ column }} = owners.person_ref
        and {{ used_from(kind, event, 'landed') }} < owners.valid_to
        and {{ used_to(kind, event, 'landed') }} > owners.valid_from
    group by landed.{{ column }}, landed.{{ event }}
),
{% endfor %}
{%- endmacro %}

{#- Joins of the owner of each person column of `row`, as `<column>_owner`; at most one row each. -#}
{% macro owner_joins(people, event, row) -%}
{%- for column, kind in people.items() %}
{%- if kind in ['day', 'month'] %}
left join {{ column }}_owners as {{ column }}_owner
    on {{ row }}.{{ column }} = {{ column }}_owner.person_ref
    and {{ row }}.{{ event }} = {{ column }}_owner.used_on
{%- else %}
left join {{ ref('stg_hr__account_owners') }} as {{ column }}_owner
    on {{ row }}.{{ column }} = {{ column }}_owner.person_ref
    and {{ used_from(kind, event, row) }} >= {{ column }}_owner.valid_from
    and {{ used_from(kind, event, row) }} < {{ column }}_owner.valid_to
{%- endif %}
{%- endfor %}
{%- endmacro %}

{#- The person that a column of `row` names, once the owners are joined. -#}
{% macro resolved_person(column, row) -%}
    coalesce({{ column }}_owner.employee_id, {{ row }}.{{ column }})
{%- endmacro %}

{#-
  The uses of one person column by ids that no employee list knows: one row per id and time of use.
  condition: SQL over `facts`; rows that do not meet it name nobody of the company in that column.
-#}
{% macro uses_of_unknown_people(model_name, dataset, column, kind, event=none, condition=none) -%}
    select
        '{{ dataset }}' as dataset,
        '{{ column }}' as column_name,
        facts.{{ column }} as person,
        {%- if event is none %}
        cast(null as timestamp) as event_at,
        {%- elif kind == 'month' %}
        {{ used_from(kind, event, 'facts', is_staged=true) }} as event_at,
        {%- else %}
        cast(facts.{{ event }} as timestamp) as event_at,
        {%- endif %}
        {{ used_from(kind, event, 'facts', is_staged=true) }} as used_from,
        {{ used_to(kind, event, 'facts', is_staged=true) }} as used_to,
        count(*) as row_count
    from {{ ref(model_name) }} as facts
    cross join {{ ref('stg_hr__group_timezone') }} as group_zone
    left join {{ ref('stg_hr__employees') }} as known on facts.{{ column }} = known.employee_id
    where facts.{{ column }} is not null and known.employee_id is null{{ ' and ' ~ condition if condition }}
    group by 1, 2, 3, 4, 5, 6
{%- endmacro %}
