{#- One row per person and period: where several caps are broken, the one that is exceeded furthest. -#}
with

measures as (
    select
        measures.employee_id,
        measures.limit_code,
        measures.period,
        measures.window_from,
        measures.window_to,
        measures.org_unit_id,
        measures.work_regime,
        measures.is_cycle_stated,
        measures.measured,
        {{ personal_limit('limits', 'personal') }} as limit_value,
        limits.unit,
        limits.bound,
        limits.source_zh,
        limits.source_en
    from {{ ref('int_overtime_measure') }} as measures
    inner join {{ ref('int_labour_limit') }} as limits
        on measures.limit_code = limits.limit_code
        and limits.scope = 'all'
        and measures.org_unit_id = limits.org_unit_id
        and measures.work_regime = limits.work_regime
        and {{ in_force('limits', 'measures.window_from') }}
    {{ personal_agreement_join('personal', 'limits', 'measures.employee_id', 'measures.window_from') }}
),

broken as (
    select
        measures.employee_id || '/' || measures.period as subject_id,
        measures.employee_id,
        measures.limit_code,
        measures.period,
        measures.window_from,
        measures.window_to,
        measures.org_unit_id,
        measures.work_regime,
        cast(measures.measured as decimal(18, 2)) as measured,
        measures.limit_value,
        measures.unit,
        measures.bound,
        measures.source_zh,
        measures.source_en,
        coalesce(
            {{ pay_review_cause() }}, case when not measures.is_cycle_stated then 'unknown_working_time_cycle' end
        ) as review_cause,
        row_number() over (
            partition by measures.employee_id, measures.period
            order by measures.measured / nullif(measures.limit_value, 0) desc, measures.limit_code
        ) as position
    from measures
    {{ protected_pay_joins('measures.employee_id', 'measures.window_to', 'measures.org_unit_id', 'measures.work_regime') }}
    where {{ breaks_limit('measures.measured', 'measures.limit_value', 'measures.bound') }} and {{ covered_by_pay() }}
),

{{ overtime_evidence(
    'broken',
    any_work_counts="broken.limit_code = 'average_week_hours' or broken.work_regime = 'comprehensive'",
    condition='broken.position = 1',
) }},

hits as (
    select
        broken.subject_id,
        broken.employee_id,
        broken.org_unit_id,
        cast(broken.window_to as timestamp) as occurred_at,
        cast(broken.window_from as timestamp) as episode_started_at,
        'labour/' || broken.subject_id as incident_key,
        broken.review_cause,
        broken.limit_code,
        broken.window_from,
        broken.window_to,
        broken.measured,
        broken.limit_value,
        broken.unit,
        broken.bound,
        broken.source_zh,
        broken.source_en,
        work_evidence.evidence
    from broken
    inner join work_evidence on broken.subject_id = work_evidence.subject_id
    where broken.position = 1
)

{{ rule_output('LAB-01', 'hits') }}
