{#- What each cap on hours is held against. Windows of several months or weeks count in the month in which they end. -#}
{%- set longest_average = 6 -%}
with

months as (
    select
        employee_id,
        month,
        org_unit_id,
        work_regime,
        last_work_date,
        is_cycle_stated,
        ordinary_overtime_minutes,
        {#- Of a cycle, the average per month. -#}
        cast(ordinary_overtime_minutes / cycle_months as decimal(18, 4)) + rest_day_minutes + public_holiday_minutes
            as all_overtime_minutes
    from {{ ref('int_work_month') }}
),

capped_countries as (
    select org_unit_id, work_regime, limit_code
    from {{ ref('int_labour_limit') }}
    where value is not null
    group by org_unit_id, work_regime, limit_code
),

month_measures as (
    {%- for code, minutes in [
        ('overtime_month_hours', 'ordinary_overtime_minutes'), ('all_overtime_month_hours', 'all_overtime_minutes'),
    ] %}
    select
        employee_id,
        '{{ code }}' as limit_code,
        substring({{ day_text('month') }}, 1, 7) as period,
        month as window_from,
        last_work_date as window_to,
        org_unit_id,
        work_regime,
        is_cycle_stated,
        cast({{ minutes }} / 60 as decimal(18, 4)) as measured
    from months
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

window_lengths as (
    {%- for month_count in range(2, longest_average + 1) %}
    select {{ month_count }} as month_count
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

{#- Every average over two to six months that ends in a month, where the law caps it at all. -#}
average_sums as (
    select
        ends.employee_id,
        ends.month,
        ends.org_unit_id,
        ends.work_regime,
        ends.last_work_date,
        cast({{ dbt.dateadd('month', '1 - window_lengths.month_count', 'ends.month') }} as date) as window_from,
        window_lengths.month_count,
        sum(parts.all_overtime_minutes) as overtime_minutes
    from months as ends
    inner join capped_countries
        on ends.org_unit_id = capped_countries.org_unit_id
        and ends.work_regime = capped_countries.work_regime
        and capped_countries.limit_code = 'all_overtime_average_hours'
    cross join window_lengths
    inner join months as parts
        on ends.employee_id = parts.employee_id
        and parts.month <= ends.month
        and parts.month >= {{ dbt.dateadd('month', '1 - window_lengths.month_count', 'ends.month') }}
    group by 1, 2, 3, 4, 5, 6, 7
),

average_measures as (
    select
        employee_id,
        'all_overtime_average_hours' as limit_code,
        substring({{ day_text('month') }}, 1, 7) as period,
        window_from,
        last_work_date as window_to,
        org_unit_id,
        work_regime,
        true as is_cycle_stated,
        cast(overtime_minutes / 60 / month_count as decimal(18, 4)) as measured
    from average_sums
),

year_months as (
    select
        months.employee_id,
        cast({{ dbt.date_trunc('year', 'months.month') }} as date) as year_start,
        months.month,
        months.org_unit_id,
        months.work_regime,
        months.last_work_date,
        months.ordinary_overtime_minutes,
        case when months.ordinary_overtime_minutes > 60 * month_cap.statutory_value then 1 else 0 end as is_above_cap,
        row_number() over (
            partition by months.employee_id, cast({{ dbt.date_trunc('year', 'months.month') }} as date) order by months.month
        ) as position
    from months
    {{ labour_limit_join('month_cap', 'overtime_month_hours', 'months.month', 'months.org_unit_id', 'months.work_regime', kind='left') }}
),

years as (
    select
        employee_id,
        year_start,
        max(case when position = 1 then org_unit_id end) as org_unit_id,
        max(case when position = 1 then work_regime end) as work_regime,
        max(last_work_date) as last_work_date,
        sum(ordinary_overtime_minutes) as overtime_minutes,
        sum(is_above_cap) as above_count
    from year_months
    group by employee_id, year_start
),

year_measures as (
    {%- for code, measure in [
        ('overtime_year_hours', 'overtime_minutes / 60'), ('months_above_overtime_cap', 'above_count'),
    ] %}
    select
        employee_id,
        '{{ code }}' as limit_code,
        substring({{ day_text('year_start') }}, 1, 4) as period,
        year_start as window_from,
        last_work_date as window_to,
        org_unit_id,
        work_regime,
        true as is_cycle_stated,
        cast({{ measure }} as decimal(18, 4)) as measured
    from years
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

{#- Only who worked more than the average in some week can exceed it over a window. -#}
week_days as (
    select
        days.employee_id,
        days.week_start,
        days.work_date,
        days.org_unit_id,
        days.work_regime,
        days.worked_minutes,
        row_number() over (partition by days.employee_id, days.week_start order by days.work_date) as position
    from {{ ref('int_work_day') }} as days
    inner join capped_countries
        on days.org_unit_id = capped_countries.org_unit_id
        and days.work_regime = capped_countries.work_regime
        and capped_countries.limit_code = 'average_week_hours'
),

weeks as (
    select
        employee_id,
        week_start,
        max(case when position = 1 then org_unit_id end) as org_unit_id,
        max(case when position = 1 then work_regime end) as work_regime,
        max(work_date) as last_work_date,
        sum(worked_minutes) as worked_minutes
    from week_days
    group by employee_id, week_start
),

limited_weeks as (
    select
        weeks.employee_id,
        weeks.week_start,
        weeks.org_unit_id,
        weeks.work_regime,
        weeks.last_work_date,
        weeks.worked_minutes,
        cast({{ dbt.dateadd('day', '7 - 7 * cast(lengths.value as integer)', 'weeks.week_start') }} as date) as window_from,
        cast({{ dbt.dateadd('day', 7, 'weeks.week_start') }} as date) as window_end,
        lengths.value as week_count,
        min(weeks.week_start) over (partition by weeks.employee_id) as first_week,
        max(case when weeks.worked_minutes > 60 * week_cap.value then 1 else 0 end) over (
            partition by weeks.employee_id
        ) as is_ever_above
    from weeks
    {{ labour_limit_join('week_cap', 'average_week_hours', 'weeks.week_start', 'weeks.org_unit_id', 'weeks.work_regime') }}
    {{ labour_limit_join('lengths', 'average_window_weeks', 'weeks.week_start', 'weeks.org_unit_id', 'weeks.work_regime') }}
),

window_sums as (
    select
        ends.employee_id,
        ends.week_start,
        ends.org_unit_id,
        ends.work_regime,
        ends.last_work_date,
        ends.window_from,
        ends.window_end,
        ends.week_count,
        sum(parts.worked_minutes) as worked_minutes
    from limited_weeks as ends
    inner join weeks as parts
        on ends.employee_id = parts.employee_id
        and parts.week_start >= ends.window_from
        and parts.week_start <= ends.week_start
    where ends.is_ever_above = 1 and ends.first_week <= ends.window_from
    group by 1, 2, 3, 4, 5, 6, 7, 8
),

{#- Days of leave are neutral: they take nothing from the average and add nothing to it. -#}
day_leaves as (
    select
        employee_id,
        cast(starts_at as date) as first_day,
        cast(ends_at as date) as last_day
    from {{ ref('fct_leave') }}
    where is_approved and {{ dbt.datediff('starts_at', 'ends_at', 'hour') }} >= 6
),

window_leaves as (
    select
        windows.employee_id,
        windows.week_start,
        sum({{ dbt.datediff(
            'greatest(leaves.first_day, windows.window_from)',
            'least(leaves.last_day, cast(' ~ dbt.dateadd('day', -1, 'windows.window_end') ~ ' as date))',
            'day'
        ) }} + 1) as leave_days
    from window_sums as windows
    inner join day_leaves as leaves
        on windows.employee_id = leaves.employee_id
        and leaves.first_day < windows.window_end
        and leaves.last_day >= windows.window_from
    group by windows.employee_id, windows.week_start
),

week_measures as (
    select
        windows.employee_id,
        'average_week_hours' as limit_code,
        substring({{ day_text('windows.last_work_date') }}, 1, 7) as period,
        windows.window_from,
        windows.last_work_date as window_to,
        windows.org_unit_id,
        windows.work_regime,
        true as is_cycle_stated,
        cast(
            windows.worked_minutes / 60 * 7 / nullif(greatest(0, 7 * windows.week_count - coalesce(window_leaves.leave_days, 0)), 0)
            as decimal(18, 4)
        ) as measured
    from window_sums as windows
    left join window_leaves
        on windows.employee_id = window_leaves.employee_id and windows.week_start = window_leaves.week_start
),

measures as (
    {%- for relation in ['month_measures', 'average_measures', 'year_measures', 'week_measures'] %}
    select
        employee_id, limit_code, period, window_from, window_to, org_unit_id, work_regime, is_cycle_stated, measured
    from {{ relation }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

ranked as (
    select
        employee_id,
        limit_code,
        period,
        window_from,
        window_to,
        org_unit_id,
        work_regime,
        is_cycle_stated,
        measured,
        row_number() over (
            partition by employee_id, limit_code, period order by measured desc, window_from, window_to
        ) as position
    from measures
)

select employee_id, limit_code, period, window_from, window_to, org_unit_id, work_regime, is_cycle_stated, measured
from ranked
where position = 1 and measured > 0
