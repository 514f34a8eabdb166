-- What the group shows is what happened: no incident, exposure or amount is lost or doubled by a roll-up or a join.
{% set divisions = ['slot'] + cohort_types() %}
with

group_unit as (
    select org_unit_id
    from {{ ref('dim_org_unit') }}
    where is_group
),

happened as (
    select 'monthly incidents' as quantity, family, count(*) as total
    from {{ ref('incidents') }}
    group by family
    union all
    select 'monthly exposure' as quantity, family, sum(exposure_count) as total
    from {{ ref('exposure_hourly') }}
    group by family
    union all
    select 'loss ' || currency as quantity, family, sum(amount) as total
    from {{ ref('counted_violations') }}
    where amount is not null
    group by currency, family
    {%- for division in divisions %}
    union all
    select '{{ division }} incidents' as quantity, incidents.family, count(*) as total
    from {{ ref('incidents') }} as incidents
    inner join {{ ref('comparison_windows') }} as windows
        on incidents.family = windows.family
        and windows.scope = '{{ 'slot' if division == 'slot' else 'cohort' }}'
        and incidents.activity_date between windows.period_start and windows.period_end
    group by incidents.family
    union all
    select '{{ division }} exposure' as quantity, days.family, sum(days.exposure_count) as total
    from {{ ref('exposure_hourly') }} as days
    inner join {{ ref('comparison_windows') }} as windows
        on days.family = windows.family
        and windows.scope = '{{ 'slot' if division == 'slot' else 'cohort' }}'
        and days.activity_date between windows.period_start and windows.period_end
    group by days.family
    {%- endfor %}
),

shown as (
    select 'monthly incidents' as quantity, counts.family, sum(counts.event_count) as total
    from {{ ref('monthly_counts') }} as counts
    inner join group_unit on counts.org_unit_id = group_unit.org_unit_id
    group by counts.family
    union all
    select 'monthly exposure' as quantity, counts.family, sum(counts.exposure_count) as total
    from {{ ref('monthly_counts') }} as counts
    inner join group_unit on counts.org_unit_id = group_unit.org_unit_id
    group by counts.family
    union all
    select 'loss ' || currency as quantity, family, sum(hard_loss_amount + amount_at_risk) as total
    from {{ ref('violation_losses') }}
    group by currency, family
    {%- for division in divisions %}
    union all
    select '{{ division }} incidents' as quantity, counts.family, sum(counts.event_count) as total
    from {{ ref('slot_counts' if division == 'slot' else 'cohort_counts') }} as counts
    inner join group_unit on counts.org_unit_id = group_unit.org_unit_id
    {{ "where counts.cohort_type = '" ~ division ~ "'" if division != 'slot' }}
    group by counts.family
    union all
    select '{{ division }} exposure' as quantity, counts.family, sum(counts.exposure_count) as total
    from {{ ref('slot_counts' if division == 'slot' else 'cohort_counts') }} as counts
    inner join group_unit on counts.org_unit_id = group_unit.org_unit_id
    {{ "where counts.cohort_type = '" ~ division ~ "'" if division != 'slot' }}
    group by counts.family
    {%- endfor %}
)

select
    coalesce(happened.quantity, shown.quantity) as quantity,
    coalesce(happened.family, shown.family) as family,
    happened.total as happened,
    shown.total as shown
from happened
full join shown on happened.quantity = shown.quantity and happened.family = shown.family
where coalesce(happened.total, 0) <> coalesce(shown.total, 0)
