{#- Branches are compared with each other: what happens above them (head office) is no branch's peer. -#}
with

windows as (
    {{ windows_of('branch') }}
),

own_counts as (
    select
        days.family,
        units.branch_id,
        0 as event_count,
        sum(days.exposure_count) as exposure_count
    from {{ ref('exposure_hourly') }} as days
    inner join windows
        on days.family = windows.family
        and days.activity_date between windows.period_start and windows.period_end
    inner join {{ ref('dim_org_unit') }} as units on days.org_unit_id = units.org_unit_id
    where units.branch_id is not null
    group by days.family, units.branch_id
    union all
    select
        incidents.family,
        units.branch_id,
        count(*) as event_count,
        0 as exposure_count
    from {{ ref('incidents') }} as incidents
    inner join windows
        on incidents.family = windows.family
        and incidents.activity_date between windows.period_start and windows.period_end
    inner join {{ ref('dim_org_unit') }} as units on incidents.org_unit_id = units.org_unit_id
    where units.branch_id is not null
    group by incidents.family, units.branch_id
),

branches as (
    select
        family,
        branch_id,
        sum(event_count) as event_count,
        sum(exposure_count) as exposure_count
    from own_counts
    group by family, branch_id
),

totals as (
    select
        family,
        sum(event_count) as event_count,
        sum(exposure_count) as exposure_count
    from branches
    group by family
)

select
    branches.family,
    branches.branch_id as org_unit_id,
    {{ comparison_columns('branches', 'totals', 'windows') }}
from branches
inner join totals on branches.family = totals.family
inner join windows on branches.family = windows.family
