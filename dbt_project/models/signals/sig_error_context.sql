{#-
  What the records say around a service error; what it means is sig_error_indication's. Category and topic are the
  company's own words, compared without regard to case. Nothing is concluded from a record that could not exist yet:
  the `knows_` columns say whether the deliveries reach back as far as the policy looks.
-#}
{%- set cited_count = 20 -%}
with

coverage as (
    select
        max(case when dataset = 'training_records' then first_event_at end) as training_from,
        max(case when dataset = 'knowledge_access' then first_event_at end) as access_from,
        max(case when dataset = 'tickets' then first_event_at end) as tickets_from,
        max(case when dataset = 'knowledge_articles' and is_delivered then 1 else 0 end) = 1 as has_articles
    from {{ ref('dim_dataset') }}
),

errors as (
    select
        facts.error_id,
        facts.employee_id,
        facts.is_employee_identified,
        facts.ticket_id,
        facts.category,
        lower(trim(facts.category)) as subject,
        facts.process_step,
        facts.occurred_at,
        facts.occurred_at_utc,
        facts.record_key,
        policy.training_valid_days,
        policy.passing_score,
        policy.sync_lookback_days,
        policy.reading_days,
        policy.process_window_days,
        policy.process_minimum_persons,
        policy.process_person_share,
        policy.process_step_ratio,
        policy.repeat_days,
        policy.experience_days,
        policy.experienced_ticket_count
    from {{ ref('fct_service_error') }} as facts
    left join {{ ref('attribution_policy') }} as policy on {{ in_force('policy', 'facts.occurred_at') }}
),

{#- A compliance course teaches conduct: it shows neither that its topic was taught nor that it was not. -#}
training_states as (
    select
        errors.error_id,
        training.training_id,
        training.record_key,
        training.due_at,
        training.due_at_utc,
        training.completed_at,
        training.completed_at_utc,
        training.score,
        case
            when training.completed_at_utc <= errors.occurred_at_utc and training.category = 'compliance' then 'conduct'
            when training.completed_at_utc <= errors.occurred_at_utc then 'completed'
            when training.due_at_utc < errors.occurred_at_utc then 'overdue'
            else 'pending'
        end as state
    from errors
    inner join {{ ref('fct_training') }} as training
        on errors.employee_id = training.employee_id
        and errors.subject = lower(trim(training.topic))
    where
        case
            when training.completed_at_utc <= errors.occurred_at_utc
                then {{ dbt.datediff('training.completed_at_utc', 'errors.occurred_at_utc', 'second') }} <= 86400 * errors.training_valid_days
            else training.assigned_at_utc <= errors.occurred_at_utc and training.category <> 'compliance'
        end
),

trainings as (
    select
        error_id,
        record_key,
        due_at,
        completed_at,
        score,
        state,
        row_number() over (
            partition by error_id, state
            order by
                case when state = 'completed' then completed_at_utc end desc,
                due_at_utc,
                training_id
        ) as position
    from training_states
),

first_articles as (
    select lower(trim(category)) as subject, min(updated_at_utc) as first_updated_at_utc
    from {{ ref('fct_knowledge_article') }}
    group by 1
),

unsynced_articles as (
    select
        errors.error_id,
        articles.record_key,
        articles.article_id,
        articles.version,
        articles.updated_at,
        articles.synced_at,
        row_number() over (
            partition by errors.error_id order by articles.updated_at_utc desc, articles.record_key
        ) as position
    from errors
    inner join {{ ref('fct_knowledge_article') }} as articles on errors.subject = lower(trim(articles.category))
    where
        articles.updated_at_utc <= errors.occurred_at_utc
        and coalesce(articles.superseded_at_utc > errors.occurred_at_utc, true)
        and coalesce(articles.synced_at_utc > errors.occurred_at_utc, true)
        and {{ dbt.datediff('articles.updated_at_utc', 'errors.occurred_at_utc', 'second') }} <= 86400 * errors.sync_lookback_days
),

readings as (
    select
        errors.error_id,
        accesses.record_key,
        accesses.accessed_at,
        articles.record_key as article_key,
        articles.article_id,
        articles.version,
        coalesce(accesses.accessed_at_utc >= articles.synced_at_utc, false) as is_current,
        row_number() over (
            partition by errors.error_id
            order by
                case when accesses.accessed_at_utc >= articles.synced_at_utc then 0 else 1 end,
                accesses.accessed_at_utc desc,
                accesses.access_id
        ) as position
    from errors
    inner join {{ ref('fct_knowledge_access') }} as accesses on errors.employee_id = accesses.employee_id
    inner join {{ ref('fct_knowledge_article') }} as articles
        on accesses.article_id = articles.article_id
        and errors.subject = lower(trim(articles.category))
    where
        accesses.accessed_at_utc <= errors.occurred_at_utc
        and {{ dbt.datediff('accesses.accessed_at_utc', 'errors.occurred_at_utc', 'second') }} <= 86400 * errors.reading_days
        and articles.updated_at_utc <= errors.occurred_at_utc
        and coalesce(articles.superseded_at_utc > errors.occurred_at_utc, true)
),

{#- One error of each person at the same step in the same period, the nearest one. -#}
step_errors as (
    select
        errors.error_id,
        others.record_key,
        row_number() over (
            partition by errors.error_id, others.employee_id
            order by abs({{ dbt.datediff('errors.occurred_at_utc', 'others.occurred_at_utc', 'second') }}), others.error_id
        ) as position
    from errors
    inner join errors as others
        on errors.subject = others.subject
        and errors.process_step = others.process_step
    where
        others.employee_id is not null
        and abs({{ dbt.datediff('errors.occurred_at_utc', 'others.occurred_at_utc', 'second') }}) <= 86400 * errors.process_window_days
),

step_persons as (
    select
        error_id,
        record_key,
        row_number() over (partition by error_id order by record_key) as position,
        count(*) over (partition by error_id) as person_count
    from step_errors
    where position = 1
),

step_groups as (
    select
        error_id,
        max(person_count) as person_count,
        {{ evidence_entries('many_persons', 'service_errors', 'record_key') }} as step_evidence
    from step_persons
    where position <= {{ cited_count }}
    group by error_id
),

step_candidates as (
    select
        errors.error_id,
        errors.subject,
        errors.process_step,
        errors.occurred_at_utc,
        errors.process_window_days
    from errors
    inner join step_groups
        on errors.error_id = step_groups.error_id and step_groups.person_count >= errors.process_minimum_persons
),

active_persons as (
    select candidates.error_id, count(distinct tickets.employee_id) as active_person_count
    from step_candidates as candidates
    inner join {{ ref('fct_ticket') }} as tickets on candidates.subject = lower(trim(tickets.category))
    where abs({{ dbt.datediff('candidates.occurred_at_utc', 'tickets.opened_at_utc', 'second') }}) <= 86400 * candidates.process_window_days
    group by candidates.error_id
),

steps as (
    select subject, count(distinct process_step) as step_count
    from errors
    group by subject
),

other_step_errors as (
    select candidates.error_id, others.process_step, others.employee_id
    from step_candidates as candidates
    inner join errors as others on candidates.subject = others.subject
    where
        others.process_step <> candidates.process_step
        and others.employee_id is not null
        and abs({{ dbt.datediff('candidates.occurred_at_utc', 'others.occurred_at_utc', 'second') }}) <= 86400 * candidates.process_window_days
    group by candidates.error_id, others.process_step, others.employee_id
),

other_step_persons as (
    select error_id, count(*) as person_count
    from other_step_errors
    group by error_id
),

other_steps as (
    select
        candidates.error_id,
        cast(coalesce(other_step_persons.person_count, 0) as decimal(18, 6)) / (steps.step_count - 1) as average_person_count
    from step_candidates as candidates
    inner join steps on candidates.subject = steps.subject and steps.step_count > 1
    left join other_step_persons on candidates.error_id = other_step_persons.error_id
),

own_tickets as (
    select
        errors.error_id,
        count(*) as ticket_count,
        max(tickets.opened_at) as last_opened_at
    from errors
    inner join {{ ref('fct_ticket') }} as tickets
        on errors.employee_id = tickets.employee_id
        and errors.subject = lower(trim(tickets.category))
    where
        tickets.ticket_id is distinct from errors.ticket_id
        and tickets.opened_at_utc < errors.occurred_at_utc
        and {{ dbt.datediff('tickets.opened_at_utc', 'errors.occurred_at_utc', 'second') }} <= 86400 * errors.experience_days
    group by errors.error_id
),

last_tickets as (
    select own_tickets.error_id, max(tickets.record_key) as record_key
    from own_tickets
    inner join errors on own_tickets.error_id = errors.error_id
    inner join {{ ref('fct_ticket') }} as tickets
        on errors.employee_id = tickets.employee_id
        and own_tickets.last_opened_at = tickets.opened_at
        and errors.subject = lower(trim(tickets.category))
    where tickets.ticket_id is distinct from errors.ticket_id
    group by own_tickets.error_id
),

earlier_errors as (
    select
        errors.error_id,
        others.record_key,
        others.occurred_at,
        row_number() over (partition by errors.error_id order by others.occurred_at_utc desc, others.error_id) as position,
        count(*) over (partition by errors.error_id) as error_count
    from errors
    inner join errors as others
        on errors.employee_id = others.employee_id
        and errors.subject = others.subject
    where
        others.occurred_at_utc < errors.occurred_at_utc
        and {{ dbt.datediff('others.occurred_at_utc', 'errors.occurred_at_utc', 'second') }} <= 86400 * errors.repeat_days
)

select
    errors.error_id,
    errors.employee_id,
    errors.is_employee_identified,
    errors.category,
    errors.process_step,
    errors.occurred_at,
    errors.record_key,
    errors.training_valid_days,
    errors.passing_score,
    errors.sync_lookback_days,
    errors.reading_days,
    errors.process_window_days,
    errors.process_minimum_persons,
    errors.process_person_share,
    errors.process_step_ratio,
    errors.repeat_days,
    errors.experience_days,
    errors.experienced_ticket_count,
    coalesce(
        coverage.training_from <= {{ dbt.dateadd('day', '-errors.training_valid_days', 'errors.occurred_at') }}
        or coverage.training_from <= employment.valid_from,
        false
    ) as knows_training,
    coalesce(
        coverage.access_from <= {{ dbt.dateadd('day', '-errors.reading_days', 'errors.occurred_at') }}, false
    ) as knows_reading,
    coalesce(
        coverage.tickets_from <= {{ dbt.dateadd('day', '-errors.experience_days', 'errors.occurred_at') }}, false
    ) as knows_experience,
    completed.record_key as completed_training_key,
    completed.completed_at as training_completed_at,
    completed.score as training_score,
    overdue.record_key as overdue_training_key,
    overdue.due_at as overdue_due_at,
    overdue.completed_at as overdue_completed_at,
    pending.record_key as pending_training_key,
    pending.due_at as pending_due_at,
    conduct.record_key as conduct_training_key,
    coverage.has_articles,
    coalesce(first_articles.first_updated_at_utc <= errors.occurred_at_utc, false) as has_article_of_category,
    unsynced.record_key as unsynced_article_key,
    unsynced.article_id as unsynced_article_id,
    unsynced.version as unsynced_version,
    unsynced.updated_at as unsynced_updated_at,
    unsynced.synced_at as unsynced_synced_at,
    readings.record_key as access_key,
    readings.accessed_at,
    readings.article_key as read_article_key,
    readings.article_id as read_article_id,
    readings.version as read_version,
    readings.is_current as is_current_version_read,
    step_groups.person_count as step_person_count,
    step_groups.step_evidence,
    active_persons.active_person_count,
    other_steps.average_person_count as other_step_person_count,
    coalesce(own_tickets.ticket_count, 0) as own_ticket_count,
    last_tickets.record_key as last_ticket_key,
    earlier.error_count as earlier_error_count,
    earlier.record_key as earlier_error_key,
    earlier.occurred_at as earlier_occurred_at,
    tickets.record_key as ticket_key,
    tickets.ticket_id,
    tickets.employee_id as ticket_employee_id
from errors
cross join coverage
left join {{ ref('dim_employment') }} as employment
    on errors.employee_id = employment.employee_id
    and employment.is_start_known
    and {{ in_force('employment', 'errors.occurred_at') }}
left join trainings as completed
    on errors.error_id = completed.error_id and completed.state = 'completed' and completed.position = 1
left join trainings as overdue
    on errors.error_id = overdue.error_id and overdue.state = 'overdue' and overdue.position = 1
left join trainings as pending
    on errors.error_id = pending.error_id and pending.state = 'pending' and pending.position = 1
left join trainings as conduct
    on errors.error_id = conduct.error_id and conduct.state = 'conduct' and conduct.position = 1
left join first_articles on errors.subject = first_articles.subject
left join unsynced_articles as unsynced on errors.error_id = unsynced.error_id and unsynced.position = 1
left join readings on errors.error_id = readings.error_id and readings.position = 1
left join step_groups on errors.error_id = step_groups.error_id
left join active_persons on errors.error_id = active_persons.error_id
left join other_steps on errors.error_id = other_steps.error_id
left join own_tickets on errors.error_id = own_tickets.error_id
left join last_tickets on errors.error_id = last_tickets.error_id
left join earlier_errors as earlier on errors.error_id = earlier.error_id and earlier.position = 1
left join {{ ref('fct_ticket') }} as tickets on errors.ticket_id = tickets.ticket_id
