{#-
  Says where a person was, not whether: the last state stays open after the last working day, so that what happens
  afterwards still has a place. Who was employed when is dim_employment.
-#}
{%- set attributes = ['org_unit_id', 'position_id', 'manager_id'] -%}
with

events as (
    select
        employee_id,
        effective_date,
        org_unit_id,
        position_id,
        manager_id,
        case event_type
            when 'hire' then 0
            when 'rehire' then 1
            when 'resignation_notice' then 3
            when 'termination' then 4
            else 2
        end as type_rank,
        {{ dbt.length('event_id') }} as id_length,
        event_id
    from {{ ref('stg_hr__employee_events') }}
),

numbered as (
    select
        employee_id,
        effective_date,
        org_unit_id,
        position_id,
        manager_id,
        row_number() over (
            partition by employee_id order by effective_date, type_rank, id_length, event_id
        ) as event_no,
        row_number() over (
            partition by employee_id, effective_date order by type_rank desc, id_length desc, event_id desc
        ) as rank_in_day
    from events
),

known as (
    select
        employee_id,
        effective_date,
        event_no,
        rank_in_day,
        {%- for attribute in attributes %}
        {{ attribute }},
        {{ known_so_far(attribute, 'employee_id', 'event_no') }} as {{ attribute }}_known{{ ',' if not loop.last }}
        {%- endfor %}
    from numbered
),

{#- A known count of 0 is the time before the first known value: that value holds there too. -#}
filled as (
    select
        employee_id,
        effective_date,
        event_no,
        rank_in_day,
        {%- for attribute in attributes %}
        coalesce(
            max({{ attribute }}) over (partition by employee_id, {{ attribute }}_known),
            max(case when {{ attribute }}_known = 1 then {{ attribute }} end) over (partition by employee_id)
        ) as {{ attribute }}{{ ',' if not loop.last }}
        {%- endfor %}
    from known
),

known_people as (
    select employee_id from {{ ref('stg_hr__employees') }}
    union all
    select employee_id from events
),

people as (
    select employee_id
    from known_people
    group by employee_id
),

first_events as (
    select
        employee_id,
        min(effective_date) as first_date,
        min(case when type_rank <= 1 then effective_date end) as first_hire_date
    from events
    group by employee_id
),

employees as (
    select
        people.employee_id,
        delivered.org_unit_id,
        delivered.position_id,
        delivered.manager_id,
        first_events.first_date as first_event_date,
        coalesce(delivered.hire_date, first_events.first_hire_date, cast('1900-01-01' as date)) as hire_date
    from people
    left join {{ ref('stg_hr__employees') }} as delivered on people.employee_id = delivered.employee_id
    left join first_events on people.employee_id = first_events.employee_id
),

states as (
    select
        employees.employee_id,
        coalesce(filled.effective_date, employees.hire_date) as effective_date,
        {%- for attribute in attributes %}
        coalesce(filled.{{ attribute }}, employees.{{ attribute }}) as {{ attribute }},
        {%- endfor %}
        case
            when employees.first_event_date < employees.hire_date then employees.first_event_date
            else employees.hire_date
        end as first_date
    from employees
    left join filled on employees.employee_id = filled.employee_id and filled.rank_in_day = 1
),

compared as (
    select
        employee_id,
        effective_date,
        first_date,
        {%- for attribute in attributes %}
        {{ attribute }},
        lag({{ attribute }}) over (partition by employee_id order by effective_date) as previous_{{ attribute }},
        {%- endfor %}
        row_number() over (partition by employee_id order by effective_date) as state_no
    from states
),

changes as (
    select
        employee_id,
        case when state_no = 1 then first_date else effective_date end as effective_date,
        {%- for attribute in attributes %}
        {{ attribute }}{{ ',' if not loop.last }}
        {%- endfor %}
    from compared
    where
        state_no = 1
        {%- for attribute in attributes %}
        or {{ attribute }} is distinct from previous_{{ attribute }}
        {%- endfor %}
)

select
    changes.employee_id,
    cast(changes.effective_date as timestamp) as valid_from,
    cast(
        lead(changes.effective_date) over (partition by changes.employee_id order by changes.effective_date) as timestamp
    ) as valid_to,
    changes.org_unit_id,
    org_unit.branch_id,
    changes.position_id,
    position_list.job_family,
    changes.manager_id
from changes
left join {{ ref('dim_org_unit') }} as org_unit on changes.org_unit_id = org_unit.org_unit_id
left join {{ ref('stg_hr__positions') }} as position_list on changes.position_id = position_list.position_id
