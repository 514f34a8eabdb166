{#-
  An error reaches the limit when the error that stands `error_count - 1` places before it lies within the window. One
  episode = a run of errors each of which reaches it; its first error reached it first.
-#}
with

numbered as (
    select
        errors.error_id,
        errors.record_key,
        errors.employee_id,
        errors.is_employee_identified,
        errors.org_unit_id,
        errors.category,
        errors.occurred_at,
        errors.occurred_at_utc,
        error_count.value as error_count,
        time_window.value as window_days,
        row_number() over (
            partition by errors.employee_id, errors.category order by errors.occurred_at_utc, errors.error_id
        ) as position
    from {{ ref('fct_service_error') }} as errors
    {{ threshold_join('error_count', 'SVC-02', 'error_count', 'errors.occurred_at', 'errors.org_unit_id', 'errors.job_family') }}
    {{ threshold_join('time_window', 'SVC-02', 'window_days', 'errors.occurred_at', 'errors.org_unit_id', 'errors.job_family') }}
    where errors.employee_id is not null
),

reaching as (
    select
        latest.employee_id,
        latest.is_employee_identified,
        latest.org_unit_id,
        latest.category,
        latest.occurred_at,
        latest.error_count,
        latest.window_days,
        latest.position,
        earliest.position as first_position,
        earliest.occurred_at as first_occurred_at,
        lag(latest.position) over (partition by latest.employee_id, latest.category order by latest.position) as previous_position
    from numbered as latest
    inner join numbered as earliest
        on latest.employee_id = earliest.employee_id
        and latest.category = earliest.category
        and latest.position - latest.error_count + 1 = earliest.position
    where {{ dbt.datediff('earliest.occurred_at_utc', 'latest.occurred_at_utc', 'second') }} <= 86400 * latest.window_days
),

runs as (
    select
        employee_id,
        is_employee_identified,
        org_unit_id,
        category,
        occurred_at,
        error_count,
        window_days,
        position,
        first_position,
        first_occurred_at,
        sum(case when position = previous_position + 1 then 0 else 1 end) over (
            partition by employee_id, category order by position rows between unbounded preceding and current row
        ) as episode_no
    from reaching
),

ranked as (
    select
        employee_id,
        is_employee_identified,
        org_unit_id,
        category,
        occurred_at,
        error_count,
        window_days,
        first_position,
        first_occurred_at,
        row_number() over (partition by employee_id, category, episode_no order by position) as rank_in_episode,
        max(position) over (partition by employee_id, category, episode_no) as last_position
    from runs
),

cited as (
    select
        ranked.employee_id,
        ranked.category,
        ranked.first_position,
        count(*) as episode_error_count,
        max(numbered.occurred_at) as last_occurred_at,
        {{ evidence_entries('error', 'service_errors', 'numbered.record_key') }} as error_evidence
    from ranked
    inner join numbered
        on ranked.employee_id = numbered.employee_id
        and ranked.category = numbered.category
        and numbered.position between ranked.first_position and ranked.last_position
    where ranked.rank_in_episode = 1
    group by ranked.employee_id, ranked.category, ranked.first_position
),

hits as (
    select
        ranked.employee_id || '/' || ranked.category as subject_id,
        ranked.employee_id,
        ranked.org_unit_id,
        ranked.occurred_at,
        ranked.first_occurred_at as episode_started_at,
        'employee_category/' || ranked.employee_id || '/' || ranked.category as incident_key,
        case when not ranked.is_employee_identified then 'unidentified_employee' end as review_cause,
        ranked.category,
        ranked.first_occurred_at,
        ranked.error_count,
        ranked.window_days,
        cited.episode_error_count,
        cited.last_occurred_at,
        cited.error_evidence as evidence
    from ranked
    inner join cited
        on ranked.employee_id = cited.employee_id
        and ranked.category = cited.category
        and ranked.first_position = cited.first_position
    where ranked.rank_in_episode = 1
)

{{ rule_output('SVC-02', 'hits') }}
