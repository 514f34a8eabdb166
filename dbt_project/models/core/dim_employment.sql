{#-
  A termination date and the last working date count as worked, so the half-open end is the day after. The employee
  list's last working date is better evidence than a termination event of the same stretch.
-#}
with

employees as (
    select
        employees.employee_id,
        employees.hire_date,
        employees.last_working_date,
        employees.resignation_notice_date,
        employees.employment_status,
        {{ local_time('employees._delivered_at', '0', 'zones.timezone') }} as delivered_at,
        {{ local_time('employees._ended_at', '0', 'zones.timezone') }} as ended_at
    from {{ ref('stg_hr__employees') }} as employees
    inner join {{ ref('stg_hr__employee_timezones') }} as zones on employees.employee_id = zones.employee_id
),

events as (
    select employee_id, event_type, effective_date
    from {{ ref('stg_hr__employee_events') }}
),

event_ranges as (
    select
        employee_id,
        min(effective_date) as first_date,
        max(effective_date) as last_date
    from events
    group by employee_id
),

{#- On one day: hired, left, hired again. -#}
told_boundaries as (
    select employee_id, hire_date as boundary_date, 'start' as kind, 0 as day_rank, false as is_listed
    from employees
    union all
    select
        employee_id,
        effective_date as boundary_date,
        case when event_type = 'termination' then 'end' else 'start' end as kind,
        case event_type when 'hire' then 0 when 'termination' then 1 else 2 end as day_rank,
        false as is_listed
    from events
    where event_type in ('hire', 'rehire', 'termination')
    union all
    select employee_id, last_working_date as boundary_date, 'end' as kind, 1 as day_rank, true as is_listed
    from employees
    where last_working_date is not null
    union all
    {# Known by other events alone: employed since the first of them, as far as anyone can say. #}
    select event_ranges.employee_id, event_ranges.first_date as boundary_date, 'sign' as kind, -1 as day_rank, false as is_listed
    from event_ranges
    left join employees on event_ranges.employee_id = employees.employee_id
    where employees.employee_id is null
),

{# Two sources that tell the same are one boundary: with ties left, the windows below could order them differently. #}
boundaries as (
    select employee_id, boundary_date, kind, day_rank, is_listed
    from told_boundaries
    group by employee_id, boundary_date, kind, day_rank, is_listed
),

ordered as (
    select
        employee_id,
        boundary_date,
        kind,
        is_listed,
        day_rank,
        lag(kind) over (partition by employee_id order by boundary_date, day_rank, is_listed) as previous_kind
    from boundaries
),

{#- A start while employed is no new stretch: hire date and hire event often both tell of the same one. -#}
numbered as (
    select
        employee_id,
        boundary_date,
        kind,
        is_listed,
        sum(case when kind = 'start' and coalesce(previous_kind, 'end') <> 'start' then 1 else 0 end) over (
            partition by employee_id order by boundary_date, day_rank, is_listed
            rows between unbounded preceding and current row
        ) as stretch_no
    from ordered
),

stretches as (
    select
        employee_id,
        stretch_no,
        min(case when kind = 'start' then boundary_date end) as start_date,
        min(boundary_date) as first_date,
        max(case when kind = 'end' and is_listed then boundary_date end) as listed_end_date,
        min(case when kind = 'end' then boundary_date end) as end_date
    from numbered
    group by employee_id, stretch_no
),

judged as (
    select
        stretches.employee_id,
        stretches.start_date is not null as is_start_known,
        coalesce(stretches.start_date, stretches.first_date) as start_date,
        coalesce(stretches.listed_end_date, stretches.end_date) as end_date,
        max(case when stretches.start_date is not null then 1 else 0 end) over (
            partition by stretches.employee_id
        ) as has_known_start,
        lead(coalesce(stretches.start_date, stretches.first_date)) over (
            partition by stretches.employee_id order by stretches.stretch_no
        ) as next_start_date,
        employees.employment_status,
        employees.delivered_at,
        employees.ended_at,
        greatest(
            coalesce(stretches.start_date, stretches.first_date),
            coalesce(employees.resignation_notice_date, stretches.first_date),
            case
                when event_ranges.last_date <= employees.delivered_at then event_ranges.last_date
                else stretches.first_date
            end
        ) as last_sign_date
    from stretches
    left join employees on stretches.employee_id = employees.employee_id
    left join event_ranges on stretches.employee_id = event_ranges.employee_id
),

ended as (
    select
        employee_id,
        is_start_known,
        start_date,
        cast(start_date as timestamp) as valid_from,
        case
            when end_date is not null then cast({{ dbt.dateadd('day', 1, 'end_date') }} as timestamp)
            {#- Left on a day that nobody tells: not counted beyond the last sign of the person. -#}
            when employment_status = 'left' and start_date <= delivered_at
                then cast({{ dbt.dateadd('day', 1, 'last_sign_date') }} as timestamp)
            else ended_at
        end as valid_to,
        end_date is not null or coalesce(employment_status, 'active') <> 'left' as is_end_known,
        cast(next_start_date as timestamp) as next_valid_from
    from judged
    where is_start_known or end_date is not null or has_known_start = 0
)

select
    employee_id,
    valid_from,
    case when next_valid_from < valid_to then next_valid_from else valid_to end as valid_to,
    is_start_known,
    is_end_known
from ended
where valid_to is null or valid_from < valid_to
