{#- Bursts show only from week to week, so the weeks stay apart here. Weeks begin on Monday. -#}
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
        hours.activity_date,
        hours.activity_hour,
        0 as event_count,
        sum(hours.exposure_count) as exposure_count
    from {{ ref('exposure_hourly') }} as hours
    group by hours.family, hours.org_unit_id, hours.activity_date, hours.activity_hour
    union all
    select
        family,
        org_unit_id,
        activity_date,
        activity_hour,
        count(*) as event_count,
        0 as exposure_count
    from {{ ref('incidents') }}
    group by family, org_unit_id, activity_date, activity_hour
)

select
    own_counts.family,
    ancestors.ancestor_id as org_unit_id,
    cast({{ dbt.date_trunc('week', 'own_counts.activity_date') }} as date) as week,
    {{ iso_weekday('own_counts.activity_date') }} as weekday,
    own_counts.activity_hour as hour,
    cast(sum(own_counts.event_count) as bigint) as event_count,
    cast(sum(own_counts.exposure_count) as bigint) as exposure_count,
    windows.minimum_exposure,
    windows.practical_ratio,
    windows.fdr_level,
    policy.minimum_event_count,
    policy.exposure_margin,
    policy.replicate_count
from own_counts
inner join windows
    on own_counts.family = windows.family
    and own_counts.activity_date between windows.period_start and windows.period_end
inner join ancestors on own_counts.org_unit_id = ancestors.org_unit_id
cross join {{ ref('scan_policy') }} as policy
{# Where nothing measures a family, and where policy says that its hours mean nothing, no week is scanned. #}
where windows.minimum_exposure is not null
group by
    own_counts.family,
    ancestors.ancestor_id,
    cast({{ dbt.date_trunc('week', 'own_counts.activity_date') }} as date),
    {{ iso_weekday('own_counts.activity_date') }},
    own_counts.activity_hour,
    windows.minimum_exposure,
    windows.practical_ratio,
    windows.fdr_level,
    policy.minimum_event_count,
    policy.exposure_margin,
    policy.replicate_count
