{#-
  A way in directly before a way out makes a presence; two ways in or out in a row leave one without its pair, which
  gives no time, but shows that the person was there. A presence belongs to the day whose shift it overlaps most, else
  to the day on which it began, so that a night shift stays one day.
-#}
with

punches as (
    select
        punch_id,
        employee_id,
        org_unit_id,
        job_family,
        punched_at,
        punched_at_utc,
        direction,
        lead(direction) over (partition by employee_id order by punched_at_utc, direction, punch_id) as next_direction,
        lead(punch_id) over (partition by employee_id order by punched_at_utc, direction, punch_id) as next_punch_id,
        lead(punched_at) over (partition by employee_id order by punched_at_utc, direction, punch_id) as next_punched_at,
        lead(punched_at_utc) over (partition by employee_id order by punched_at_utc, direction, punch_id) as next_punched_at_utc
    from {{ ref('fct_punch') }}
    where direction in ('in', 'out') and is_employee_identified
),

judged as (
    select
        punches.punch_id,
        punches.employee_id,
        punches.org_unit_id,
        punches.punched_at,
        punches.punched_at_utc,
        punches.direction,
        punches.next_punch_id,
        punches.next_punched_at,
        punches.next_punched_at_utc,
        punches.direction = 'in'
        and coalesce(punches.next_direction, 'in') = 'out'
        and {{ dbt.datediff('punches.punched_at_utc', 'punches.next_punched_at_utc', 'minute') }} <= 60 * pairing.value as opens_presence
    from punches
    {{ threshold_join('pairing', 'LAB-01', 'pairing_hours', 'punches.punched_at', 'punches.org_unit_id', 'punches.job_family') }}
),

closed as (
    select
        punch_id,
        employee_id,
        org_unit_id,
        punched_at,
        punched_at_utc,
        direction,
        next_punch_id,
        next_punched_at,
        next_punched_at_utc,
        opens_presence,
        coalesce(
            lag(opens_presence) over (partition by employee_id order by punched_at_utc, direction, punch_id), false
        ) and direction = 'out' as closes_presence
    from judged
),

presences as (
    select
        punch_id as presence_id,
        employee_id,
        org_unit_id,
        case when direction = 'in' then punch_id end as in_punch_id,
        case when opens_presence then next_punch_id when direction = 'out' then punch_id end as out_punch_id,
        opens_presence as is_timed,
        punched_at as started_at,
        punched_at_utc as started_at_utc,
        case when opens_presence then next_punched_at_utc else punched_at_utc end as ended_at_utc
    from closed
    where not closes_presence
),

day_offsets as (
    select -1 as day_offset
    union all
    select 0 as day_offset
    union all
    select 1 as day_offset
),

possible_days as (
    select
        presences.presence_id,
        presences.employee_id,
        presences.started_at_utc,
        presences.ended_at_utc,
        cast({{ dbt.dateadd('day', 'day_offsets.day_offset', 'presences.started_at') }} as date) as shift_date
    from presences
    cross join day_offsets
),

overlapped as (
    select
        possible_days.presence_id,
        possible_days.shift_date,
        row_number() over (
            partition by possible_days.presence_id
            order by
                {{ dbt.datediff(
                    'greatest(possible_days.started_at_utc, shifts.shift_start_utc)',
                    'least(possible_days.ended_at_utc, shifts.shift_end_utc)',
                    'second'
                ) }} desc,
                possible_days.shift_date
        ) as position
    from possible_days
    inner join {{ ref('fct_shift') }} as shifts
        on possible_days.employee_id = shifts.employee_id and possible_days.shift_date = shifts.shift_date
    where
        coalesce(shifts.shift_type, 'work') in ('work', 'on_call')
        and possible_days.started_at_utc <= shifts.shift_end_utc
        and possible_days.ended_at_utc >= shifts.shift_start_utc
)

select
    presences.presence_id,
    presences.employee_id,
    presences.org_unit_id,
    coalesce(overlapped.shift_date, cast(presences.started_at as date)) as work_date,
    presences.in_punch_id,
    presences.out_punch_id,
    presences.is_timed,
    presences.started_at_utc,
    presences.ended_at_utc
from presences
left join overlapped on presences.presence_id = overlapped.presence_id and overlapped.position = 1
