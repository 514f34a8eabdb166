{%- set cohort_types = cohort_types() -%}
with

windows as (
    {{ windows_of('cohort') }}
),

ancestors as (
    {{ compared_ancestors() }}
),

person_exposure as (
    select
        hours.family,
        hours.org_unit_id,
        hours.employee_id,
        {%- for cohort_type in cohort_types %}
        hours.{{ cohort_type }},
        {%- endfor %}
        sum(hours.exposure_count) as exposure_count
    from {{ ref('exposure_hourly') }} as hours
    inner join windows
        on hours.family = windows.family
        and hours.activity_date between windows.period_start and windows.period_end
    group by hours.family, hours.org_unit_id, hours.employee_id
        {%- for cohort_type in cohort_types %}, hours.{{ cohort_type }}{% endfor %}
),

happened as (
    select
        incidents.family,
        incidents.org_unit_id,
        {%- for cohort_type in cohort_types %}
        incidents.{{ cohort_type }},
        {%- endfor %}
        count(*) as event_count
    from {{ ref('incidents') }} as incidents
    inner join windows
        on incidents.family = windows.family
        and incidents.activity_date between windows.period_start and windows.period_end
    group by incidents.family, incidents.org_unit_id
        {%- for cohort_type in cohort_types %}, incidents.{{ cohort_type }}{% endfor %}
),

{#- Each cohort type divides the same unit once more. -#}
own_counts as (
    {%- for cohort_type in cohort_types %}
    select
        person_exposure.family,
        ancestors.ancestor_id as org_unit_id,
        '{{ cohort_type }}' as cohort_type,
        person_exposure.{{ cohort_type }} as cohort_value,
        0 as event_count,
        {#- Someone who moved within the unit counts once in it. #}
        count(distinct person_exposure.employee_id) as employee_count,
        sum(person_exposure.exposure_count) as exposure_count
    from person_exposure
    inner join ancestors on person_exposure.org_unit_id = ancestors.org_unit_id
    group by person_exposure.family, ancestors.ancestor_id, person_exposure.{{ cohort_type }}
    union all
    select
        happened.family,
        ancestors.ancestor_id as org_unit_id,
        '{{ cohort_type }}' as cohort_type,
        happened.{{ cohort_type }} as cohort_value,
        sum(happened.event_count) as event_count,
        0 as employee_count,
        0 as exposure_count
    from happened
    inner join ancestors on happened.org_unit_id = ancestors.org_unit_id
    group by happened.family, ancestors.ancestor_id, happened.{{ cohort_type }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

cohorts as (
    select
        family,
        org_unit_id,
        cohort_type,
        cohort_value,
        sum(event_count) as event_count,
        sum(employee_count) as employee_count,
        sum(exposure_count) as exposure_count
    from own_counts
    group by family, org_unit_id, cohort_type, cohort_value
),

totals as (
    select
        family,
        org_unit_id,
        cohort_type,
        sum(event_count) as event_count,
        sum(exposure_count) as exposure_count
    from cohorts
    group by family, org_unit_id, cohort_type
)

select
    cohorts.family,
    cohorts.org_unit_id,
    cohorts.cohort_type,
    cohorts.cohort_value,
    cast(cohorts.employee_count as bigint) as employee_count,
    {{ comparison_columns('cohorts', 'totals', 'windows') }}
from cohorts
inner join totals
    on cohorts.family = totals.family
    and cohorts.org_unit_id = totals.org_unit_id
    and cohorts.cohort_type = totals.cohort_type
inner join windows on cohorts.family = windows.family
