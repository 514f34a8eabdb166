{#-
  Four questions of time in one shape. Days count from the origin: the hire, the decision on a case, the end of a course.
  Who was there before anybody looked enters late: nobody would have seen a violation of the days before the first day
  of data. Leaving ends a spell as an event of its own kind, not as if the person had stayed and stayed clean.
-#}
with

last_delivery as (
    select max(last_delivered_at) as delivered_at
    from {{ ref('dim_dataset') }}
),

observed as (
    select
        exposure.family,
        min(exposure.activity_date) as observed_from,
        {#- The day after the last one. #}
        cast({{ dbt.dateadd('day', 1, 'max(exposure.activity_date)') }} as date) as observed_to
    from {{ ref('exposure_hourly') }} as exposure
    cross join last_delivery
    where last_delivery.delivered_at is null or exposure.activity_date <= cast(last_delivery.delivered_at as date)
    group by exposure.family
),

{#- Only those who do what a family is measured by can break its rules. -#}
exposed as (
    select family, employee_id
    from {{ ref('exposure_hourly') }}
    group by family, employee_id
),

incident_days as (
    select family, employee_id, activity_date
    from {{ ref('incidents') }}
    where employee_id is not null
    group by family, employee_id, activity_date
),

substantiated as (
    select
        rules.family,
        cases.employee_id,
        cast(coalesce(cases.verified_at, cases.closed_at) as date) as origin_date
    from {{ ref('fct_case') }} as cases
    inner join {{ ref('rules') }} as rules on cases.rule_id = rules.rule_id
    where cases.disposition = 'substantiated' and coalesce(cases.verified_at, cases.closed_at) is not null
),

completed_courses as (
    select
        exposed.family,
        trainings.employee_id,
        cast(trainings.completed_at as date) as origin_date
    from {{ ref('fct_training') }} as trainings
    inner join exposed on trainings.employee_id = exposed.employee_id
    where trainings.category in ('compliance', 'onboarding') and trainings.completed_at is not null
),

origins as (
    select 'first_violation' as analysis, exposed.family, employment.employee_id, cast(employment.valid_from as date) as origin_date
    from {{ ref('dim_employment') }} as employment
    inner join exposed on employment.employee_id = exposed.employee_id
    where employment.is_start_known
    union all
    select 'repeat_after_discipline' as analysis, family, employee_id, origin_date
    from substantiated
    group by family, employee_id, origin_date
    union all
    select 'violation_after_training' as analysis, family, employee_id, origin_date
    from completed_courses
    group by family, employee_id, origin_date
),

{#- A course or a decision begins a new spell and so ends the one before. -#}
spells as (
    select
        origins.analysis,
        origins.family,
        origins.employee_id,
        origins.origin_date,
        case
            when origins.analysis = 'violation_after_training' then lead(origins.origin_date) over (
                partition by origins.analysis, origins.family, origins.employee_id order by origins.origin_date
            )
        end as next_origin_date,
        greatest(origins.origin_date, observed.observed_from) as entered_on,
        observed.observed_to
    from origins
    inner join observed on origins.family = observed.family
),

employed as (
    select
        spells.analysis,
        spells.family,
        spells.employee_id,
        spells.origin_date,
        spells.entered_on,
        least(spells.observed_to, coalesce(spells.next_origin_date, spells.observed_to)) as censored_on,
        case when employment.is_end_known then cast(employment.valid_to as date) end as left_on
    from spells
    inner join {{ ref('dim_employment') }} as employment
        on spells.employee_id = employment.employee_id
        and {{ in_force('employment', 'cast(spells.entered_on as timestamp)') }}
),

{#- The day of a decision or a course is not yet after it; the day of the hire is already in employment. -#}
violated as (
    select
        employed.analysis,
        employed.family,
        employed.employee_id,
        employed.origin_date,
        min(incident_days.activity_date) as violated_on
    from employed
    inner join incident_days
        on employed.family = incident_days.family
        and employed.employee_id = incident_days.employee_id
        and incident_days.activity_date >= employed.origin_date
    where employed.analysis = 'first_violation' or incident_days.activity_date > employed.origin_date
    group by employed.analysis, employed.family, employed.employee_id, employed.origin_date
),

ended as (
    select
        employed.analysis,
        employed.family,
        employed.employee_id,
        employed.origin_date,
        employed.entered_on,
        employed.censored_on,
        employed.left_on,
        violated.violated_on
    from employed
    left join violated
        on employed.analysis = violated.analysis
        and employed.family = violated.family
        and employed.employee_id = violated.employee_id
        and employed.origin_date = violated.origin_date
    union all
    {#- Leaving is one question of the whole company, over the days that the personnel list speaks of. #}
    select
        'leaving' as analysis,
        '{{ everybody() }}' as family,
        employment.employee_id,
        cast(employment.valid_from as date) as origin_date,
        greatest(cast(employment.valid_from as date), windows.period_start) as entered_on,
        cast({{ dbt.dateadd('day', 1, 'windows.period_end') }} as date) as censored_on,
        case when employment.is_end_known then cast(employment.valid_to as date) end as left_on,
        cast(null as date) as violated_on
    from {{ ref('dim_employment') }} as employment
    cross join (
        select period_start, period_end
        from {{ ref('turnover_counts') }}
        group by period_start, period_end
    ) as windows
    where
        employment.is_start_known
        and cast(employment.valid_from as date) <= windows.period_end
        and (employment.valid_to is null or cast(employment.valid_to as date) > windows.period_start)
),

{#- Whether somebody left or nobody looked any longer, whichever was first. -#}
watched as (
    select
        analysis,
        family,
        employee_id,
        origin_date,
        entered_on,
        violated_on,
        left_on <= censored_on as is_left,
        least(censored_on, coalesce(left_on, censored_on)) as watched_to
    from ended
),

judged as (
    select
        analysis,
        family,
        employee_id,
        origin_date,
        entered_on,
        case when violated_on < watched_to then 'violated' when is_left then 'left' else 'censored' end as outcome,
        {#- What happens on a day happens before the day is over. #}
        case when violated_on < watched_to then {{ dbt.dateadd('day', 1, 'violated_on') }} else watched_to end as ended_on
    from watched
)

select
    judged.analysis,
    judged.family,
    judged.employee_id,
    coalesce(cohorts.org_unit_id, group_unit.org_unit_id) as org_unit_id,
    judged.origin_date,
    {{ cohort_columns('cohorts') }},
    cast({{ dbt.datediff('judged.origin_date', 'judged.entered_on', 'day') }} as integer) as entry_days,
    cast({{ dbt.datediff('judged.origin_date', 'judged.ended_on', 'day') }} as integer) as exit_days,
    judged.outcome
from judged
inner join {{ ref('dim_org_unit') }} as group_unit on group_unit.is_group
left join {{ ref('dim_cohort_history') }} as cohorts
    on judged.employee_id = cohorts.employee_id
    and {{ in_force('cohorts', 'cast(judged.entered_on as timestamp)') }}
where judged.ended_on > judged.entered_on
