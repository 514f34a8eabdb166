with

measures as (
    {%- for code, minutes in [('overtime_day_hours', 'day_overtime_minutes'), ('worked_day_hours', 'worked_minutes')] %}
    select
        employee_id,
        work_date,
        org_unit_id,
        work_regime,
        '{{ code }}' as limit_code,
        {{ minutes }} as minutes
    from {{ ref('int_work_day') }}
    where {{ minutes }} > 0
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

limited as (
    select
        measures.employee_id,
        measures.work_date,
        measures.org_unit_id,
        measures.work_regime,
        measures.limit_code,
        measures.minutes,
        {{ personal_limit('limits', 'personal') }} as limit_value,
        limits.bound,
        limits.source_zh,
        limits.source_en
    from measures
    inner join {{ ref('int_labour_limit') }} as limits
        on measures.limit_code = limits.limit_code
        and limits.scope = 'all'
        and measures.org_unit_id = limits.org_unit_id
        and measures.work_regime = limits.work_regime
        and {{ in_force('limits', 'measures.work_date') }}
    {{ personal_agreement_join('personal', 'limits', 'measures.employee_id', 'measures.work_date') }}
),

broken as (
    select
        limited.employee_id || '/' || {{ day_text('limited.work_date') }} as subject_id,
        limited.employee_id,
        limited.work_date,
        limited.org_unit_id,
        limited.limit_code,
        cast(limited.minutes / 60 as decimal(18, 2)) as measured,
        limited.limit_value,
        limited.source_zh,
        limited.source_en,
        {{ pay_review_cause() }} as review_cause,
        row_number() over (
            partition by limited.employee_id, limited.work_date order by limited.minutes / nullif(limited.limit_value, 0) desc
        ) as position
    from limited
    {{ protected_pay_joins('limited.employee_id', 'limited.work_date', 'limited.org_unit_id', 'limited.work_regime') }}
    where {{ breaks_limit('limited.minutes', '60 * limited.limit_value', 'limited.bound') }} and {{ covered_by_pay() }}
),

long_days as (
    select subject_id, employee_id, work_date
    from broken
    where position = 1
),

{{ work_evidence('long_days') }},

hits as (
    select
        broken.subject_id,
        broken.employee_id,
        broken.org_unit_id,
        cast(broken.work_date as timestamp) as occurred_at,
        cast(broken.work_date as timestamp) as episode_started_at,
        'labour/' || broken.subject_id as incident_key,
        broken.review_cause,
        broken.work_date,
        broken.limit_code,
        broken.measured,
        broken.limit_value,
        broken.source_zh,
        broken.source_en,
        work_evidence.evidence
    from broken
    inner join work_evidence on broken.subject_id = work_evidence.subject_id
    where broken.position = 1
)

{{ rule_output('LAB-02', 'hits') }}
