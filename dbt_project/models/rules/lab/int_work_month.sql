{#-
  Comprehensive hours are reckoned by the approved cycle: what was worked in it beyond the standard hours is overtime of
  the month in which it ends, as an average per month of the cycle. Only months with any work count on either side.
-#}
with

days as (
    select
        employee_id,
        cast({{ dbt.date_trunc('month', 'work_date') }} as date) as month,
        work_date,
        org_unit_id,
        work_regime,
        country_code,
        worked_minutes,
        ordinary_overtime_minutes,
        rest_day_minutes,
        public_holiday_minutes,
        row_number() over (
            partition by employee_id, cast({{ dbt.date_trunc('month', 'work_date') }} as date) order by work_date
        ) as position
    from {{ ref('int_work_day') }}
),

{#- Who moved within the month is judged by the place of its first day, with what was worked in that country. -#}
first_days as (
    select employee_id, month, org_unit_id, work_regime, country_code
    from days
    where position = 1
),

sums as (
    select
        days.employee_id,
        days.month,
        max(days.work_date) as last_work_date,
        sum(days.worked_minutes) as worked_minutes,
        sum(days.ordinary_overtime_minutes) as ordinary_overtime_minutes,
        sum(days.rest_day_minutes) as rest_day_minutes,
        sum(days.public_holiday_minutes) as public_holiday_minutes
    from days
    inner join first_days
        on days.employee_id = first_days.employee_id
        and days.month = first_days.month
        and days.country_code = first_days.country_code
    group by days.employee_id, days.month
),

{#- Time off in lieu, at most a standard day for each calendar day that it touches. -#}
lieu_leaves as (
    select
        leaves.employee_id,
        cast({{ dbt.date_trunc('month', 'leaves.starts_at') }} as date) as month,
        sum({{ dbt.datediff('leaves.starts_at', 'leaves.ends_at', 'minute') }}) as leave_minutes,
        sum({{ dbt.datediff('leaves.starts_at', 'leaves.ends_at', 'day') }} + 1) as leave_days
    from {{ ref('fct_leave') }} as leaves
    where leaves.leave_kind = 'time_off_in_lieu' and leaves.is_approved and leaves.starts_at < leaves.ends_at
    group by leaves.employee_id, cast({{ dbt.date_trunc('month', 'leaves.starts_at') }} as date)
),

cycles as (
    select
        first_days.employee_id,
        first_days.month,
        first_days.org_unit_id,
        first_days.work_regime,
        first_days.country_code,
        sums.last_work_date,
        sums.worked_minutes,
        sums.ordinary_overtime_minutes,
        sums.rest_day_minutes,
        sums.public_holiday_minutes,
        case when offsets.value = 1 then least(
            sums.rest_day_minutes,
            coalesce(least(lieu_leaves.leave_minutes, lieu_leaves.leave_days * 60 * standard_day.value), 0)
        ) else 0 end as lieu_minutes,
        standard_day.value as standard_day_hours,
        standard_week.value as standard_week_hours,
        cast(coalesce(case when first_days.work_regime = 'comprehensive' then cycle.value end, 1) as integer) as cycle_months,
        first_days.work_regime <> 'comprehensive' or coalesce(cycle.is_agreed, true) as is_cycle_stated
    from first_days
    inner join sums on first_days.employee_id = sums.employee_id and first_days.month = sums.month
    left join lieu_leaves on first_days.employee_id = lieu_leaves.employee_id and first_days.month = lieu_leaves.month
    {%- for alias, code in [
        ('offsets', 'lieu_offsets_rest_day'), ('standard_day', 'standard_day_hours'),
        ('standard_week', 'standard_week_hours'), ('cycle', 'comprehensive_cycle_months'),
    ] %}
    {{ labour_limit_join(alias, code, 'first_days.month', 'first_days.org_unit_id', 'first_days.work_regime', kind='left') }}
    {%- endfor %}
),

month_days as (
    {%- for day_of_month in range(31) %}
    select {{ day_of_month }} as day_offset
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

months as (
    select country_code, month
    from cycles
    where work_regime = 'comprehensive'
    group by country_code, month
),

calendar_days as (
    select months.country_code, months.month, cast({{ dbt.dateadd('day', 'month_days.day_offset', 'months.month') }} as date) as day
    from months
    cross join month_days
),

{#- A public holiday on a weekend is given back on a working day, so each takes one from the month. -#}
calendar_months as (
    select
        calendar_days.country_code,
        calendar_days.month,
        count(*) as day_count,
        sum(case when {{ iso_weekday('calendar_days.day') }} <= 5 then 1 else 0 end) - count(holidays.holiday_date) as working_days
    from calendar_days
    left join {{ ref('public_holidays') }} as holidays
        on calendar_days.country_code = holidays.country_code and calendar_days.day = holidays.holiday_date
    where cast({{ dbt.date_trunc('month', 'calendar_days.day') }} as date) = calendar_days.month
    group by calendar_days.country_code, calendar_days.month
),

cycle_months as (
    select
        cycles.employee_id,
        cycles.month,
        cycles.worked_minutes - cycles.public_holiday_minutes as counted_minutes,
        {#- Where holidays are swapped for weekends, the month has its working days; elsewhere the law counts weeks. #}
        60 * case
            when swaps.value = 1 then calendar_months.working_days * cycles.standard_day_hours
            else calendar_months.day_count * cycles.standard_week_hours / 7
        end as standard_minutes,
        cycles.cycle_months,
        extract(year from cycles.month) * 12
            + floor((extract(month from cycles.month) - 1) / cycles.cycle_months) as cycle_no,
        mod(cast(extract(month from cycles.month) as integer), cycles.cycle_months) = 0 as is_cycle_end
    from cycles
    inner join calendar_months
        on cycles.country_code = calendar_months.country_code and cycles.month = calendar_months.month
    {{ labour_limit_join('swaps', 'holiday_swap_weeks', 'cycles.month', 'cycles.org_unit_id', 'cycles.work_regime', kind='left') }}
    where cycles.work_regime = 'comprehensive'
),

cycle_overtime as (
    select
        employee_id,
        month,
        is_cycle_end,
        greatest(0, floor(
            sum(counted_minutes - standard_minutes) over (partition by employee_id, cycle_no, cycle_months)
        )) as overtime_minutes
    from cycle_months
)

select
    cycles.employee_id,
    cycles.month,
    cycles.org_unit_id,
    cycles.work_regime,
    cycles.country_code,
    cycles.last_work_date,
    cycles.cycle_months,
    cycles.is_cycle_stated,
    cast(cycles.worked_minutes as integer) as worked_minutes,
    cast(
        case
            when cycles.work_regime <> 'comprehensive' then cycles.ordinary_overtime_minutes
            when cycle_overtime.is_cycle_end then coalesce(cycle_overtime.overtime_minutes, 0)
            else 0
        end as integer
    ) as ordinary_overtime_minutes,
    cast(cycles.rest_day_minutes - cycles.lieu_minutes as integer) as rest_day_minutes,
    cast(cycles.public_holiday_minutes as integer) as public_holiday_minutes,
    cast(cycles.lieu_minutes as integer) as lieu_minutes
from cycles
left join cycle_overtime on cycles.employee_id = cycle_overtime.employee_id and cycles.month = cycle_overtime.month
