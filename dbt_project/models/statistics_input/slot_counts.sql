with

windows as (
    {{ windows_of('slot') }}
),

ancestors as (
    {{ compared_ancestors() }}
),

own_counts as (
    select
        hours.family,
        hours.org_unit_id,
        hours.employee_id,
        {{ iso_weekday('hours.activity_date') }} as weekday,
        hours.activity_hour as hour,
        0 as event_count,
        sum(hours.exposure_count) as exposure_count
    from {{ ref('exposure_hourly') }} as hours
    inner join windows
        on hours.family = windows.family
        and hours.activity_date between windows.period_start and windows.period_end
    group by 1, 2, 3, 4, 5
    union all
    select
        incidents.family,
        incidents.org_unit_id,
        cast(null as {{ dbt.type_string() }}) as employee_id,
        {{ iso_weekday('incidents.activity_date') }} as weekday,
        incidents.activity_hour as hour,
        count(*) as event_count,
        0 as exposure_count
    from {{ ref('incidents') }} as incidents
    inner join windows
        on incidents.family = windows.family
        and incidents.activity_date between windows.period_start and windows.period_end
    group by 1, 2, 3, 4, 5
),

rolled_up as (
    select
        own_counts.family,
        ancestors.ancestor_id as org_unit_id,
        own_counts.weekday,
        own_counts.hour,
        {#- Someone who moved within the unit counts once in it. #}
        count(distinct own_counts.employee_id) as employee_count,
        sum(own_counts.event_count) as event_count,
        sum(own_counts.exposure_count) as exposure_count
    from own_counts
    inner join ancestors on own_counts.org_unit_id = ancestors.org_unit_id
    group by own_counts.family, ancestors.ancestor_id, own_counts.weekday, own_counts.hour
),

totals as (
    select
        family,
        org_unit_id,
        sum(event_count) as event_count,
        sum(exposure_count) as exposure_count
    from rolled_up
    group by family, org_unit_id
),

slots as (
    {%- for weekday in range(1, 8) %}
    {%- set is_last_day = loop.last %}
    {%- for hour in range(24) %}
    select {{ weekday }} as weekday, {{ hour }} as hour{{ ' union all' if not (is_last_day and loop.last) }}
    {%- endfor %}
    {%- endfor %}
)

select
    totals.family,
    totals.org_unit_id,
    slots.weekday,
    slots.hour,
    cast(coalesce(rolled_up.employee_count, 0) as bigint) as employee_count,
    {{ comparison_columns('rolled_up', 'totals', 'windows') }}
from totals
cross join slots
inner join windows on totals.family = windows.family
left join rolled_up
    on totals.family = rolled_up.family
    and totals.org_unit_id = rolled_up.org_unit_id
    and slots.weekday = rolled_up.weekday
    and slots.hour = rolled_up.hour
