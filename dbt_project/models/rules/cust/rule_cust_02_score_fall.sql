{#-
  A change tells the score before it and the one after it; the fall is measured from the highest score that held within
  the window. Falls that follow each other within the window are one signal. Nobody is charged with it.
-#}
{%- set number = '^-?[0-9]{1,9}([.][0-9]{1,6})?$' -%}
with

recorded as (
    select
        customer_id,
        changed_at,
        changed_at_utc,
        record_key,
        {%- for value in ['old_value', 'new_value'] %}
        case
            when {{ regex_matches('trim(' ~ value ~ ')', number) }} then cast(trim({{ value }}) as decimal(18, 6))
        end as {{ value }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('fct_customer_change') }}
    where field = 'score'
),

numbered as (
    select
        customer_id,
        changed_at,
        changed_at_utc,
        record_key,
        new_value as score,
        coalesce(
            old_value, lag(new_value) over (partition by customer_id order by changed_at_utc, record_key)
        ) as score_before,
        row_number() over (partition by customer_id order by changed_at_utc, record_key) as change_no
    from recorded
    where new_value is not null
),

measured as (
    select
        customer_id,
        changed_at,
        changed_at_utc,
        record_key,
        score,
        change_no,
        max(score_before) over (
            partition by customer_id order by change_no rows between unbounded preceding and current row
        ) as highest_before
    from numbered
),

{#- Only where the score ever stood high enough are earlier changes looked at one by one. -#}
low_scores as (
    select
        measured.customer_id,
        measured.changed_at,
        measured.changed_at_utc,
        measured.record_key,
        measured.score,
        measured.change_no,
        fall_limit.value as fall_limit,
        time_window.value as window_days,
        owners.owner_id,
        person.org_unit_id
    from measured
    {{ customer_owner_joins(
        'measured', 'measured.changed_at', 'CUST-02', {'fall_limit': 'score_fall', 'time_window': 'window_days'}
    ) }}
    where measured.highest_before - measured.score >= fall_limit.value
),

falls as (
    select
        low_scores.customer_id,
        low_scores.changed_at,
        low_scores.changed_at_utc,
        low_scores.record_key,
        low_scores.score,
        low_scores.window_days,
        low_scores.owner_id,
        low_scores.org_unit_id,
        earlier.score_before,
        earlier.changed_at as fall_started_at,
        earlier.record_key as first_record_key,
        row_number() over (
            partition by low_scores.customer_id, low_scores.change_no
            order by earlier.score_before desc, earlier.change_no desc
        ) as position
    from low_scores
    inner join numbered as earlier
        on low_scores.customer_id = earlier.customer_id
        and earlier.change_no <= low_scores.change_no
        and {{ dbt.datediff('earlier.changed_at_utc', 'low_scores.changed_at_utc', 'second') }}
            <= 86400 * low_scores.window_days
    where earlier.score_before - low_scores.score >= low_scores.fall_limit
),

followed as (
    select
        customer_id,
        changed_at,
        changed_at_utc,
        record_key,
        score,
        window_days,
        owner_id,
        org_unit_id,
        score_before,
        fall_started_at,
        first_record_key,
        lag(changed_at_utc) over (partition by customer_id order by changed_at_utc, record_key) as previous_changed_at_utc
    from falls
    where position = 1
),

hits as (
    select
        followed.customer_id as subject_id,
        cast(null as {{ dbt.type_string() }}) as employee_id,
        followed.org_unit_id,
        followed.changed_at as occurred_at,
        followed.fall_started_at as episode_started_at,
        followed.customer_id,
        'customer/' || followed.customer_id as incident_key,
        grades.grade,
        followed.score_before,
        followed.score,
        followed.fall_started_at,
        followed.changed_at,
        followed.owner_id,
        {{ evidence([
            evidence_entry('score_change', 'customer_changes', 'followed.record_key'),
            evidence_entry(
                'score_change', 'customer_changes',
                'case when followed.first_record_key <> followed.record_key then followed.first_record_key end'
            ),
            evidence_entry_of('grade', 'grades.record_dataset', 'grades.record_key'),
        ]) }} as evidence
    from followed
    inner join {{ ref('dim_customer_grade_history') }} as grades
        on followed.customer_id = grades.customer_id
        and {{ in_force_until('grades', 'followed.fall_started_at') }}
    where
        grades.grade in ('A', 'B')
        and (
            followed.previous_changed_at_utc is null
            or {{ dbt.datediff('followed.previous_changed_at_utc', 'followed.changed_at_utc', 'second') }}
                > 86400 * followed.window_days
        )
)

{{ rule_output('CUST-02', 'hits', has=['customer_id'], raises_review=false) }}
