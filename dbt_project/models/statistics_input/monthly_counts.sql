with

windows as (
    {{ windows_of('month') }}
),

exposed as (
    select
        family,
        month,
        org_unit_id,
        0 as violation_count,
        0 as incident_count,
        0 as points,
        cast(0 as decimal(18, 2)) as amount_at_risk,
        0 as unconverted_count,
        sum(exposure_count) as exposure_count
    from {{ ref('exposure_hourly') }}
    group by family, month, org_unit_id
),

happened as (
    select
        family,
        month,
        org_unit_id,
        0 as violation_count,
        count(*) as incident_count,
        sum(points) as points,
        cast(0 as decimal(18, 2)) as amount_at_risk,
        0 as unconverted_count,
        0 as exposure_count
    from {{ ref('incidents') }}
    group by family, month, org_unit_id
),

violated as (
    select
        violations.family,
        violations.month,
        violations.org_unit_id,
        count(*) as violation_count,
        0 as incident_count,
        0 as points,
        sum(coalesce(cast(violations.amount * rates.rate_to_cny as decimal(18, 2)), 0)) as amount_at_risk,
        sum(case when violations.amount is not null and rates.rate_to_cny is null then 1 else 0 end) as unconverted_count,
        0 as exposure_count
    from {{ ref('counted_violations') }} as violations
    left join {{ ref('dim_exchange_rate') }} as rates
        on violations.currency = rates.currency
        and {{ in_force('rates', 'violations.month') }}
    group by violations.family, violations.month, violations.org_unit_id
),

own_counts as (
    {%- for part in ['exposed', 'happened', 'violated'] %}
    select
        family,
        month,
        org_unit_id,
        violation_count,
        incident_count,
        points,
        amount_at_risk,
        unconverted_count,
        exposure_count
    from {{ part }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select
    own_counts.month,
    bridge.ancestor_id as org_unit_id,
    own_counts.family,
    cast(sum(own_counts.violation_count) as bigint) as violation_count,
    cast(sum(own_counts.incident_count) as bigint) as event_count,
    cast(sum(own_counts.points) as decimal(18, 2)) as points,
    cast(sum(own_counts.amount_at_risk) as decimal(18, 2)) as amount_at_risk,
    cast(sum(own_counts.unconverted_count) as bigint) as unconverted_count,
    cast(
        case when max(windows.exposure_unit) is not null then sum(own_counts.exposure_count) end as bigint
    ) as exposure_count,
    max(windows.exposure_unit) as exposure_unit,
    max(windows.minimum_exposure) as minimum_exposure
from own_counts
inner join {{ ref('bridge_org_unit_ancestor') }} as bridge on own_counts.org_unit_id = bridge.org_unit_id
left join windows on own_counts.family = windows.family
group by own_counts.month, bridge.ancestor_id, own_counts.family
