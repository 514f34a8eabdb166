{#-
  What one person changes of a customer's contact on one day is one change: a new contact has a new name and number.
  Changes that follow each other within the window are one run, and the run is one signal. Nobody is charged with it.
-#}
with

contact_changes as (
    select
        customer_id,
        changed_by,
        min(changed_at) as changed_at,
        min(changed_at_utc) as changed_at_utc,
        {{ evidence_entries('contact_change', 'customer_changes', 'record_key') }} as change_evidence
    from {{ ref('fct_customer_change') }}
    where field in ('contact_name', 'contact_phone') and new_value is distinct from old_value
    group by customer_id, changed_by, cast(changed_at as date)
),

numbered as (
    select
        customer_id,
        changed_at,
        changed_at_utc,
        change_evidence,
        row_number() over (partition by customer_id order by changed_at_utc, changed_by) as change_no
    from contact_changes
),

limited as (
    select
        numbered.customer_id,
        numbered.changed_at,
        numbered.changed_at_utc,
        numbered.change_no,
        numbered.change_no - cast(change_limit.value as integer) + 1 as first_change_no,
        time_window.value as window_days,
        owners.owner_id,
        person.org_unit_id
    from numbered
    {{ customer_owner_joins(
        'numbered', 'numbered.changed_at', 'CUST-01', {'change_limit': 'contact_changes', 'time_window': 'window_days'}
    ) }}
),

frequent as (
    select
        limited.customer_id,
        limited.changed_at,
        limited.changed_at_utc,
        limited.change_no,
        limited.first_change_no,
        limited.window_days,
        limited.owner_id,
        limited.org_unit_id,
        firsts.changed_at as first_changed_at,
        lag(limited.changed_at_utc) over (
            partition by limited.customer_id order by limited.change_no
        ) as previous_changed_at_utc
    from limited
    inner join numbered as firsts
        on limited.customer_id = firsts.customer_id and limited.first_change_no = firsts.change_no
    where {{ dbt.datediff('firsts.changed_at_utc', 'limited.changed_at_utc', 'second') }} <= 86400 * limited.window_days
),

runs as (
    select
        frequent.customer_id,
        frequent.changed_at,
        frequent.change_no,
        frequent.first_change_no,
        frequent.window_days,
        frequent.owner_id,
        frequent.org_unit_id,
        frequent.first_changed_at,
        grades.grade,
        {{ evidence_entry_of('grade', 'grades.record_dataset', 'grades.record_key') }} as grade_evidence
    from frequent
    inner join {{ ref('dim_customer_grade_history') }} as grades
        on frequent.customer_id = grades.customer_id
        and {{ in_force_until('grades', 'frequent.first_changed_at') }}
    where
        grades.grade in ('A', 'B')
        and (
            frequent.previous_changed_at_utc is null
            or {{ dbt.datediff('frequent.previous_changed_at_utc', 'frequent.changed_at_utc', 'second') }}
                > 86400 * frequent.window_days
        )
),

run_changes as (
    select
        runs.customer_id,
        runs.change_no,
        {{ dbt.listagg('numbered.change_evidence', 'chr(10)', 'order by numbered.change_no') }} as change_evidence
    from runs
    inner join numbered
        on runs.customer_id = numbered.customer_id
        and numbered.change_no between runs.first_change_no and runs.change_no
    group by runs.customer_id, runs.change_no
),

hits as (
    select
        runs.customer_id as subject_id,
        cast(null as {{ dbt.type_string() }}) as employee_id,
        runs.org_unit_id,
        runs.changed_at as occurred_at,
        runs.first_changed_at as episode_started_at,
        runs.customer_id,
        'customer/' || runs.customer_id as incident_key,
        runs.grade,
        runs.change_no - runs.first_change_no + 1 as change_count,
        runs.first_changed_at,
        runs.changed_at,
        runs.owner_id,
        {{ evidence(['run_changes.change_evidence', 'runs.grade_evidence']) }} as evidence
    from runs
    inner join run_changes on runs.customer_id = run_changes.customer_id and runs.change_no = run_changes.change_no
)

{{ rule_output('CUST-01', 'hits', has=['customer_id'], raises_review=false) }}
