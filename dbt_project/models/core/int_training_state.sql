{#-
  Of compliance and onboarding courses, by day. What is overdue outweighs what was done: somebody trained last month may
  have ignored the course that matters.
-#}
with

courses as (
    select
        trainings.employee_id,
        cast(trainings.assigned_at as date) as assigned_date,
        cast({{ dbt.dateadd('day', 1, 'cast(trainings.due_at as date)') }} as date) as overdue_from,
        cast(trainings.completed_at as date) as completed_date,
        cast(
            {{ dbt.dateadd('day', 'policy.recent_training_days', 'cast(trainings.completed_at as date)') }} as date
        ) as recent_to
    from {{ ref('fct_training') }} as trainings
    cross join {{ ref('cohort_policy') }} as policy
    where trainings.category in ('compliance', 'onboarding') and trainings.employee_id is not null
),

changes as (
    {%- for column in ['assigned_date', 'overdue_from', 'completed_date', 'recent_to'] %}
    select employee_id, {{ column }} as change_date
    from courses
    where {{ column }} is not null
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

change_days as (
    select employee_id, change_date
    from changes
    group by employee_id, change_date
),

stretches as (
    select
        employee_id,
        change_date as from_date,
        lead(change_date) over (partition by employee_id order by change_date) as to_date
    from change_days
),

judged as (
    select
        stretches.employee_id,
        stretches.from_date,
        stretches.to_date,
        max(case
            when courses.overdue_from <= stretches.from_date
                and (courses.completed_date is null or courses.completed_date > stretches.from_date) then 1 else 0
        end) as is_overdue,
        max(case
            when courses.completed_date <= stretches.from_date and courses.recent_to > stretches.from_date then 1 else 0
        end) as is_recent,
        max(case when courses.completed_date <= stretches.from_date then 1 else 0 end) as is_trained
    from stretches
    inner join courses on stretches.employee_id = courses.employee_id
    group by stretches.employee_id, stretches.from_date, stretches.to_date
)

select
    employee_id,
    cast(from_date as timestamp) as valid_from,
    cast(to_date as timestamp) as valid_to,
    case
        when is_overdue = 1 then 'overdue'
        when is_recent = 1 then 'recent'
        when is_trained = 1 then 'trained'
        else 'not_yet'
    end as training_state
from judged
