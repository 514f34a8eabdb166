{#-
  Completed late is past due as well: else finishing it would erase what happened. Who had left before the due moment
  owed nothing any more.
-#}
with

as_of as (
    select system_as_of
    from {{ ref('dim_dataset') }}
    where dataset = 'training_records'
),

past_due as (
    select
        training.training_id,
        training.record_key,
        training.employee_id,
        training.is_employee_identified,
        training.course_code,
        training.course_name,
        training.assigned_at,
        training.due_at,
        training.completed_at
    from {{ ref('fct_training') }} as training
    cross join as_of
    where
        training.completed_at_utc > training.due_at_utc
        or (training.completed_at_utc is null and training.due_at < as_of.system_as_of)
),

hits as (
    select
        past_due.training_id as subject_id,
        past_due.employee_id,
        person.org_unit_id,
        past_due.due_at as occurred_at,
        past_due.due_at as episode_started_at,
        'training/' || past_due.training_id as incident_key,
        case when not past_due.is_employee_identified then 'unidentified_employee' end as review_cause,
        coalesce(past_due.course_name, past_due.course_code) as course,
        past_due.assigned_at,
        past_due.due_at,
        past_due.completed_at,
        {{ evidence_entry('training', 'training_records', 'past_due.record_key') }} as evidence
    from past_due
    left join {{ ref('dim_employment') }} as employment
        on past_due.employee_id = employment.employee_id
        and {{ in_force('employment', 'past_due.due_at') }}
    {{ employee_at_join('person', 'past_due.employee_id', 'past_due.due_at') }}
    where not past_due.is_employee_identified or employment.employee_id is not null
)

{{ rule_output('SVC-04', 'hits') }}
