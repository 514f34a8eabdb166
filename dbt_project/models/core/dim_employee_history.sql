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
            when 'hire' then 1
            when 'rehire' then 2
            when 'resignation_notice' then 4
            when 'termination' then 5
            else 3
        end as type_rank,
        event_id
    from {{ ref('stg_hr__employee_events') }}
),

first_events as (
    select
        employee_id,
        min(effective_date) as first_date,
        min(case when type_rank <= 2 then effective_date end) as first_hire_date
    from events
    group by employee_id
),

known_people as (
    select employee_id from {{ ref('stg_hr__employees') }}
    union all
    select employee_id from first_events
),

people as (
    select employee_id
    from known_people
    group by employee_id
),

employees as (
    select
        people.employee_id,
        listed.org_unit_id,
        listed.position_id,
        listed.manager_id,
        listed._delivered_at as listed_at,
        first_events.first_date as first_event_date,
        coalesce(listed.hire_date, first_events.first_hire_date, cast('1900-01-01' as date)) as hire_date
    from people
    left join {{ ref('stg_hr__employees') }} as listed on people.employee_id = listed.employee_id
    left join first_events on people.employee_id = first_events.employee_id
),

{#- Everyone starts with an event that names nothing, so that the time before the first real one has a state. -#}
all_events as (
    select employee_id, effective_date, org_unit_id, position_id, manager_id, type_rank, event_id
    from events
    union all
    select
        employee_id,
        case when first_event_date < hire_date then first_event_date else hire_date end as effective_date,
        cast(null as {{ dbt.type_string() }}) as org_unit_id,
        cast(null as {{ dbt.type_string() }}) as position_id,
        cast(null as {{ dbt.type_string() }}) as manager_id,
        0 as type_rank,
        '' as event_id
    from employees
),

numbered as (
    select
        employee_id,
        effective_date,
        org_unit_id,
        position_id,
        manager_id,
        row_number() over (
            partition by employee_id order by effective_date, type_rank, {{ dbt.length('event_id') }}, event_id
        ) as event_no,
        lead(effective_date) over (
            partition by employee_id order by effective_date, type_rank, {{ dbt.length('event_id') }}, event_id
        ) as next_effective_date
    from all_events
),

known as (
    select
        employee_id,
        effective_date,
        next_effective_date,
        event_no,
        {%- for attribute in attributes %}
        {{ attribute }},
        {{ known_so_far(attribute, 'employee_id', 'event_no') }} as {{ attribute }}_known{{ ',' if not loop.last }}
        {%- endfor %}
    from numbered
),

filled as (
    select
        employee_id,
        effective_date,
        next_effective_date,
        {%- for attribute in attributes %}
        max({{ attribute }}) over (partition by employee_id, {{ attribute }}_known) as {{ attribute }},
        max(case when {{ attribute }}_known = 1 then {{ attribute }} end) over (
            partition by employee_id
        ) as first_{{ attribute }},
        min(case when {{ attribute }} is not null then effective_date end) over (
            partition by employee_id
        ) as {{ attribute }}_since{{ ',' if not loop.last }}
        {%- endfor %}
    from known
),

{#-
  The last event of a day stands for the day. Before the first event that names a value, a list delivered before it
  says what held; a later list tells only of the time after, so then the first known value is the best guess.
-#}
states as (
    select
        filled.employee_id,
        filled.effective_date,
        {%- for attribute in attributes %}
        coalesce(
            filled.{{ attribute }},
            case when employees.listed_at < filled.{{ attribute }}_since then employees.{{ attribute }} end,
            filled.first_{{ attribute }},
            employees.{{ attribute }}
        ) as {{ attribute }}{{ ',' if not loop.last }}
        {%- endfor %}
    from filled
    inner join employees on filled.employee_id = employees.employee_id
    where filled.next_effective_date is null or filled.next_effective_date > filled.effective_date
),

compared as (
    select
        employee_id,
        effective_date,
        {%- for attribute in attributes %}
        {{ attribute }},
        lag({{ attribute }}) over (partition by employee_id order by effective_date) as previous_{{ attribute }},
        {%- endfor %}
        row_number() over (partition by employee_id order by effective_date) as state_no
    from states
),

changes as (
    select employee_id, effective_date, org_unit_id, position_id, manager_id
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
