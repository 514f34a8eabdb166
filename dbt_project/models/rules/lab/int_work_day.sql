{#-
  Overtime is what exceeds the law's standard day or week, not the shift: a shift that is planned longer than the law's
  day does not hide it, and extra minutes of a short shift are none. Time before and after the shift counts from the
  grace on, then in full. Where a break was not recorded, or no shift is known, nothing beyond the standard day is taken
  as worked within it: nobody is accused by a guess.
-#}
{%- set frame_codes = [
    'standard_day_hours', 'standard_week_hours', 'week_first_day', 'protected_rest_days', 'holiday_swap_weeks',
    'rate_ordinary', 'rate_rest_day', 'rate_public_holiday',
] -%}
with

attended as (
    select employee_id, work_date, min(org_unit_id) as org_unit_id, max(case when is_timed then 1 else 0 end) = 1 as is_timed
    from {{ ref('int_presence') }}
    group by employee_id, work_date
),

placed as (
    select
        attended.employee_id,
        attended.work_date,
        attended.is_timed,
        coalesce(person.org_unit_id, attended.org_unit_id) as org_unit_id,
        person.job_family,
        coalesce(employees.work_regime, 'standard') as work_regime
    from attended
    {{ employee_at_join('person', 'attended.employee_id', 'cast(attended.work_date as timestamp)') }}
    left join {{ ref('dim_employee') }} as employees on attended.employee_id = employees.employee_id
),

frame_days as (
    select org_unit_id, work_regime, work_date
    from placed
    group by org_unit_id, work_regime, work_date
),

{#- The law of each unit and day, once for all who worked there. -#}
frames as (
    select
        frame_days.org_unit_id,
        frame_days.work_regime,
        frame_days.work_date,
        limits.country_code,
        {%- for code in frame_codes %}
        max(case when limits.limit_code = '{{ code }}' then limits.value end) as {{ code }}{{ ',' if not loop.last }}
        {%- endfor %}
    from frame_days
    inner join {{ ref('int_labour_limit') }} as limits
        on frame_days.org_unit_id = limits.org_unit_id
        and frame_days.work_regime = limits.work_regime
        and limits.scope = 'all'
        and limits.limit_code in ('{{ frame_codes | join("', '") }}')
        and {{ in_force('limits', 'frame_days.work_date') }}
    group by frame_days.org_unit_id, frame_days.work_regime, frame_days.work_date, limits.country_code
),

framed as (
    select
        placed.employee_id,
        placed.work_date,
        placed.is_timed,
        placed.org_unit_id,
        placed.job_family,
        placed.work_regime,
        frames.country_code,
        frames.standard_day_hours * 60 as standard_day_minutes,
        frames.standard_week_hours * 60 as standard_week_minutes,
        frames.week_first_day,
        {{ week_start('placed.work_date', 'frames.week_first_day') }} as week_start,
        frames.protected_rest_days,
        frames.holiday_swap_weeks,
        frames.rate_ordinary,
        frames.rate_rest_day,
        frames.rate_public_holiday
    from placed
    inner join frames
        on placed.org_unit_id = frames.org_unit_id
        and placed.work_regime = frames.work_regime
        and placed.work_date = frames.work_date
),

shifts as (
    select
        employee_id,
        shift_date,
        coalesce(shift_type, 'work') as shift_type,
        coalesce(shift_type, 'work') in ('work', 'on_call') as is_work,
        shift_start_utc,
        shift_end_utc,
        break_minutes,
        {{ dbt.datediff('shift_start_utc', 'shift_end_utc', 'minute') }} as shift_minutes,
        record_key
    from {{ ref('fct_shift') }}
),

{#- The week of each shift, as weeks begin on Monday and on Sunday; which one counts is the country's. -#}
shift_weeks as (
    {%- for first_weekday in [1, 7] %}
    select employee_id, {{ week_start('shift_date', first_weekday) }} as week_start, shift_date, shift_type
    from shifts
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

scheduled_weeks as (
    select employee_id, week_start
    from shift_weeks
    group by employee_id, week_start
),

holidays as (
    select country_code, holiday_date
    from {{ ref('public_holidays') }}
),

days as (
    select
        framed.employee_id,
        framed.work_date,
        framed.is_timed,
        framed.org_unit_id,
        framed.job_family,
        framed.work_regime,
        framed.country_code,
        framed.standard_day_minutes,
        framed.standard_week_minutes,
        framed.week_first_day,
        framed.week_start,
        framed.protected_rest_days,
        framed.holiday_swap_weeks,
        framed.rate_ordinary,
        framed.rate_rest_day,
        framed.rate_public_holiday,
        shifts.is_work and shifts.shift_start_utc < shifts.shift_end_utc as has_shift,
        shifts.shift_start_utc,
        shifts.shift_end_utc,
        shifts.shift_minutes,
        shifts.break_minutes,
        shifts.record_key as shift_record_key,
        case
            when holidays.holiday_date is not null or shifts.shift_type = 'holiday' then 'public_holiday'
            when shifts.shift_type = 'rest' then 'rest_day'
            when shifts.shift_date is null and scheduled_weeks.employee_id is not null then 'rest_day'
            else 'working_day'
        end as day_kind
    from framed
    left join shifts on framed.employee_id = shifts.employee_id and framed.work_date = shifts.shift_date
    left join scheduled_weeks
        on framed.employee_id = scheduled_weeks.employee_id and framed.week_start = scheduled_weeks.week_start
    left join holidays on framed.country_code = holidays.country_code and framed.work_date = holidays.holiday_date
),

parts as (
    select
        days.employee_id,
        days.work_date,
        sum({{ dbt.datediff('presences.started_at_utc', 'presences.ended_at_utc', 'second') }}) as presence_seconds,
        sum(case when days.has_shift then greatest(0, {{ dbt.datediff(
            'presences.started_at_utc', 'least(presences.ended_at_utc, days.shift_start_utc)', 'second'
        ) }}) else 0 end) as before_seconds,
        sum(case when days.has_shift then greatest(0, {{ dbt.datediff(
            'greatest(presences.started_at_utc, days.shift_end_utc)', 'presences.ended_at_utc', 'second'
        ) }}) else 0 end) as after_seconds,
        {#- From the first to the last moment within the shift, or within the day where there is none. #}
        {{ dbt.datediff(
            'min(case when days.has_shift then greatest(presences.started_at_utc, days.shift_start_utc) else presences.started_at_utc end)',
            'max(case when days.has_shift then least(presences.ended_at_utc, days.shift_end_utc) else presences.ended_at_utc end)',
            'second'
        ) }} as span_seconds
    from days
    inner join {{ ref('int_presence') }} as presences
        on days.employee_id = presences.employee_id and days.work_date = presences.work_date
    where presences.is_timed
    group by days.employee_id, days.work_date
),

measured as (
    select
        days.employee_id,
        days.work_date,
        days.org_unit_id,
        days.work_regime,
        days.country_code,
        days.day_kind,
        days.is_timed,
        days.standard_day_minutes,
        days.standard_week_minutes,
        days.week_start,
        days.week_first_day,
        days.protected_rest_days,
        days.holiday_swap_weeks,
        days.rate_ordinary,
        days.rate_rest_day,
        days.rate_public_holiday,
        days.shift_record_key,
        days.has_shift,
        coalesce(floor((parts.presence_seconds - parts.before_seconds - parts.after_seconds) / 60), 0) as inside_minutes,
        {#- A pause between two presences is a part of the break that was taken. #}
        greatest(
            0,
            coalesce(
                days.break_minutes,
                case when days.has_shift then greatest(0, days.shift_minutes - days.standard_day_minutes) end,
                0
            )
            - greatest(0, coalesce(
                floor((parts.span_seconds - (parts.presence_seconds - parts.before_seconds - parts.after_seconds)) / 60), 0
            ))
        ) as break_minutes,
        case
            when parts.before_seconds > 60 * grace.value then floor(parts.before_seconds / 60) else 0
        end
        + case
            when parts.after_seconds > 60 * grace.value then floor(parts.after_seconds / 60) else 0
        end as outside_minutes
    from days
    left join parts on days.employee_id = parts.employee_id and days.work_date = parts.work_date
    {{ threshold_join('grace', 'LAB-01', 'grace_minutes', 'days.work_date', 'days.org_unit_id', 'days.job_family') }}
),

worked as (
    select
        employee_id,
        work_date,
        org_unit_id,
        work_regime,
        country_code,
        day_kind,
        is_timed,
        standard_day_minutes,
        standard_week_minutes,
        week_start,
        protected_rest_days,
        holiday_swap_weeks,
        rate_ordinary,
        rate_rest_day,
        rate_public_holiday,
        shift_record_key,
        case
            when day_kind = 'working_day' and not coalesce(has_shift, false)
                then least(inside_minutes, coalesce(standard_day_minutes, inside_minutes))
            else greatest(0, inside_minutes - break_minutes) + outside_minutes
        end as worked_minutes
    from measured
),

rest_weeks as (
    select employee_id, week_start
    from days
    where day_kind = 'rest_day'
    group by employee_id, week_start
),

{#- Days of a week that are no rest: worked, or planned as work or holiday. -#}
engaged_dates as (
    select employee_id, week_start, work_date as engaged_date
    from days
    union
    select rest_weeks.employee_id, rest_weeks.week_start, shift_weeks.shift_date as engaged_date
    from rest_weeks
    inner join shift_weeks
        on rest_weeks.employee_id = shift_weeks.employee_id and rest_weeks.week_start = shift_weeks.week_start
    where shift_weeks.shift_type <> 'rest'
),

engaged_weeks as (
    select employee_id, week_start, count(*) as engaged_count
    from engaged_dates
    group by employee_id, week_start
),

swap_weeks as (
    {%- for week_offset in [-7, 0, 7] %}
    select country_code, cast({{ dbt.dateadd('day', week_offset, week_start('holiday_date', 1)) }} as date) as week_start
    from holidays
    {{ 'union' if not loop.last }}
    {%- endfor %}
),

classed as (
    select
        worked.employee_id,
        worked.work_date,
        worked.org_unit_id,
        worked.work_regime,
        worked.country_code,
        worked.day_kind,
        worked.is_timed,
        worked.standard_day_minutes,
        worked.standard_week_minutes,
        worked.week_start,
        worked.rate_ordinary,
        worked.shift_record_key,
        worked.worked_minutes,
        worked.holiday_swap_weeks = 1 and swap_weeks.week_start is not null as is_swap_week,
        case
            when worked.day_kind = 'public_holiday' and worked.rate_public_holiday is not null then 'public_holiday'
            when
                worked.day_kind = 'rest_day'
                and worked.rate_rest_day is not null
                {#- The law protects so many rest days a week; the last ones are those that were lost. #}
                and row_number() over (
                    partition by worked.employee_id, worked.week_start, worked.day_kind order by worked.work_date desc
                ) <= worked.protected_rest_days - (7 - engaged_weeks.engaged_count)
                then 'rest_day'
            else 'ordinary'
        end as time_kind,
        case worked.day_kind
            when 'public_holiday' then worked.rate_public_holiday
            when 'rest_day' then worked.rate_rest_day
        end as special_rate
    from worked
    inner join engaged_weeks
        on worked.employee_id = engaged_weeks.employee_id and worked.week_start = engaged_weeks.week_start
    left join swap_weeks
        on worked.country_code = swap_weeks.country_code and worked.week_start = swap_weeks.week_start
),

split as (
    select
        employee_id,
        work_date,
        org_unit_id,
        work_regime,
        country_code,
        day_kind,
        time_kind,
        is_timed,
        standard_week_minutes,
        week_start,
        shift_record_key,
        worked_minutes,
        is_swap_week,
        {#- Hours beyond the standard day of a special day go to the dearer of the two rates. #}
        case
            when time_kind = 'ordinary' then 0
            when special_rate >= rate_ordinary then worked_minutes
            else least(worked_minutes, coalesce(standard_day_minutes, worked_minutes))
        end as special_minutes,
        case
            when time_kind <> 'ordinary' then 0
            else least(worked_minutes, coalesce(standard_day_minutes, worked_minutes))
        end as regular_minutes
    from classed
),

summed as (
    select
        employee_id,
        work_date,
        org_unit_id,
        work_regime,
        country_code,
        day_kind,
        time_kind,
        is_timed,
        week_start,
        shift_record_key,
        worked_minutes,
        special_minutes,
        {#- Averages over a cycle are judged by int_work_month. #}
        case when work_regime = 'comprehensive' then 0 else worked_minutes - special_minutes - regular_minutes end
            as day_overtime_minutes,
        case
            when work_regime = 'comprehensive' or is_swap_week or standard_week_minutes is null then 0
            else least(
                regular_minutes,
                greatest(
                    0,
                    sum(regular_minutes) over (
                        partition by employee_id, week_start order by work_date
                        rows between unbounded preceding and current row
                    ) - standard_week_minutes
                )
            )
        end as week_overtime_minutes
    from split
)

select
    employee_id,
    work_date,
    org_unit_id,
    work_regime,
    country_code,
    day_kind,
    week_start,
    is_timed,
    shift_record_key,
    cast(worked_minutes as integer) as worked_minutes,
    cast(day_overtime_minutes as integer) as day_overtime_minutes,
    cast(day_overtime_minutes + week_overtime_minutes as integer) as ordinary_overtime_minutes,
    cast(case when time_kind = 'rest_day' then special_minutes else 0 end as integer) as rest_day_minutes,
    cast(case when time_kind = 'public_holiday' then special_minutes else 0 end as integer) as public_holiday_minutes
from summed
