with

{# Days in a row differ from their place among the days worked by the same number of days. #}
numbered as (
    select
        employee_id,
        work_date,
        org_unit_id,
        work_regime,
        {{ dbt.dateadd(
            'day',
            '-cast(row_number() over (partition by employee_id order by work_date) as integer)',
            'work_date'
        ) }} as run_key
    from {{ ref('int_work_day') }}
),

runs as (
    select employee_id, run_key, min(work_date) as first_day, max(work_date) as last_day, count(*) as day_count
    from numbered
    group by employee_id, run_key
),

limited as (
    select
        runs.employee_id,
        runs.first_day,
        runs.last_day,
        runs.day_count,
        numbered.org_unit_id,
        numbered.work_regime,
        {{ personal_limit('limits', 'personal') }} as limit_value,
        weekly.value as watched_days,
        limits.source_zh,
        limits.source_en
    from runs
    inner join numbered on runs.employee_id = numbered.employee_id and runs.first_day = numbered.work_date
    {{ labour_limit_join('limits', 'consecutive_work_days', 'runs.first_day', 'numbered.org_unit_id', 'numbered.work_regime') }}
    {{ personal_agreement_join('personal', 'limits', 'runs.employee_id', 'runs.first_day') }}
    {{ threshold_join(
        'weekly', 'LAB-03', 'days', 'runs.first_day', 'numbered.org_unit_id', 'cast(null as ' ~ dbt.type_string() ~ ')'
    ) }}
),

{#- A law that asks for one day off in each week lets more than six days follow each other; how many depends on the weeks. -#}
judged as (
    select
        employee_id,
        first_day,
        last_day,
        day_count,
        org_unit_id,
        work_regime,
        limit_value,
        day_count > limit_value as is_above_limit,
        case when day_count > limit_value then limit_value else watched_days end as exceeded_days,
        source_zh,
        source_en
    from limited
    where day_count > limit_value or (day_count > watched_days and limit_value is not null)
),

broken as (
    select
        judged.employee_id || '/' || {{ day_text('judged.first_day') }} as subject_id,
        judged.employee_id,
        judged.org_unit_id,
        judged.first_day,
        judged.last_day,
        judged.day_count,
        judged.limit_value,
        {#- The first day too many; later days of the run do not move it. #}
        {{ dbt.dateadd('day', 'cast(judged.exceeded_days as integer)', 'judged.first_day') }} as exceeded_on,
        judged.source_zh,
        judged.source_en,
        coalesce(
            {{ pay_review_cause() }}, case when not judged.is_above_limit then 'rest_day_depends_on_weeks' end
        ) as review_cause
    from judged
    {{ protected_pay_joins('judged.employee_id', 'judged.first_day', 'judged.org_unit_id', 'judged.work_regime') }}
    where {{ covered_by_pay() }}
),

{#- Up to the first day too many: those days break the rule, whatever follows. -#}
run_days as (
    select broken.subject_id, days.employee_id, days.work_date
    from broken
    inner join {{ ref('int_work_day') }} as days
        on broken.employee_id = days.employee_id
        and days.work_date >= broken.first_day
        and days.work_date <= broken.exceeded_on
),

{{ work_evidence('run_days') }},

hits as (
    select
        broken.subject_id,
        broken.employee_id,
        broken.org_unit_id,
        cast(broken.exceeded_on as timestamp) as occurred_at,
        cast(broken.first_day as timestamp) as episode_started_at,
        'labour/' || broken.subject_id as incident_key,
        broken.review_cause,
        broken.first_day,
        broken.last_day,
        broken.day_count,
        broken.limit_value,
        broken.source_zh,
        broken.source_en,
        work_evidence.evidence
    from broken
    inner join work_evidence on broken.subject_id = work_evidence.subject_id
)

{{ rule_output('LAB-03', 'hits') }}
