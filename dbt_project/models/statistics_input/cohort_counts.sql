with

windows as (
    {{ windows_of('cohort') }}
),

ancestors as (
    {{ compared_ancestors() }}
),

person_exposure as (
    select
        days.family,
        days.org_unit_id,
        days.employee_id,
        days.tenure_band,
        sum(days.exposure_count) as exposure_count
    from {{ ref('exposure_daily') }} as days
    inner join windows
        on days.family = windows.family
        and days.activity_date between windows.period_start and windows.period_end
    group by days.family, days.org_unit_id, days.employee_id, days.tenure_band
),

own_counts as (
    {#- Someone who moved within the unit counts once in it. #}
    select
        person_exposure.family,
        ancestors.ancestor_id as org_unit_id,
        person_exposure.tenure_band,
        0 as event_count,
        count(distinct person_exposure.employee_id) as employee_count,
        sum(person_exposure.exposure_count) as exposure_count
    from person_exposure
    inner join ancestors on person_exposure.org_unit_id = ancestors.org_unit_id
    group by person_exposure.family, ancestors.ancestor_id, person_exposure.tenure_band
    union all
    select
        incidents.family,
        ancestors.ancestor_id as org_unit_id,
        incidents.tenure_band,
        count(*) as event_count,
        0 as employee_count,
        0 as exposure_count
    from {{ ref('incidents') }} as incidents
    inner join windows
        on incidents.family = windows.family
        and incidents.activity_date between windows.period_start and windows.period_end
    inner join ancestors on incidents.org_unit_id = ancestors.org_unit_id
    group by incidents.family, ancestors.ancestor_id, incidents.tenure_band
),

cohorts as (
    select
        family,
        org_unit_id,
        tenure_band,
        sum(event_count) as event_count,
        sum(employee_count) as employee_count,
        sum(exposure_count) as exposure_count
    from own_counts
    group by family, org_unit_id, tenure_band
),

totals as (
    select
        family,
        org_unit_id,
        sum(event_count) as event_count,
        sum(exposure_count) as exposure_count
    from cohorts
    group by family, org_unit_id
)

select
    cohorts.family,
    cohorts.org_unit_id,
    'tenure_band' as cohort_type,
    cohorts.tenure_band as cohort_value,
    cast(cohorts.employee_count as bigint) as employee_count,
    {{ comparison_columns('cohorts', 'totals', 'windows') }}
from cohorts
inner join totals on cohorts.family = totals.family and cohorts.org_unit_id = totals.org_unit_id
inner join windows on cohorts.family = windows.family
