{#-
  A fact of one person: its columns, whether that person is known, the person's place and job family at `moment`, the
  UTC instants of `instants`, and where its row stands. The record key is the contract's key, parts joined by '/'.
-#}
{% macro located_fact(staged, keys, person, moment, columns, instants=[], identified_as=none) -%}
{%- set identified = identified_as or 'is_' ~ person[:-3] ~ '_identified' -%}
with

located as (
    select
        {%- for column in columns %}
        facts.{{ column }},
        {%- endfor %}
        people.employee_id is not null as {{ identified }},
        person.org_unit_id,
        person.branch_id,
        person.job_family,
        coalesce(zone.timezone, group_zone.timezone) as timezone,
        facts._source_file,
        facts._source_row,
        facts._row_hash
    from {{ ref(staged) }} as facts
    cross join {{ ref('stg_hr__group_timezone') }} as group_zone
    left join {{ ref('stg_hr__employee_timezones') }} as zone on facts.{{ person }} = zone.employee_id
    left join {{ ref('int_known_person') }} as people on facts.{{ person }} = people.employee_id
    {{ employee_at_join('person', 'facts.' ~ person, 'facts.' ~ moment) }}
)

select
    {{ columns | join(',\n    ') }},
    {%- for instant in instants %}
    {{ utc_instant(instant, 'timezone') }} as {{ instant }}_utc,
    {%- endfor %}
    {{ identified }},
    org_unit_id,
    branch_id,
    job_family,
    {{ record_key_of(keys) }} as record_key,
    _source_file as source_file,
    _source_row as source_row,
    _row_hash as row_hash
from located
{%- endmacro %}

{#- The contract's key as one text, parts joined by '/'; only texts and whole numbers. -#}
{% macro record_key_of(keys) -%}
    {%- set parts = [] -%}
    {%- for key in keys -%} {%- do parts.append('cast(' ~ key ~ ' as ' ~ dbt.type_string() ~ ')') -%} {%- endfor -%}
    {{ parts | join(" || '/' || ") }}
{%- endmacro %}
