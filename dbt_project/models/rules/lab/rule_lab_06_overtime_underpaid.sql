{#- Dear hours of the month: where a higher rate holds above sixty hours, only what lies above them gets it. -#}
{%- set higher_rate_from_minutes = 3600 -%}
{%- set limit_codes = {
    'ordinary': 'rate_ordinary', 'above_60': 'rate_ordinary_above_60', 'rest_day': 'rate_rest_day',
    'public_holiday': 'rate_public_holiday', 'paid_hours': 'paid_hours_month',
} -%}
with

payments as (
    select
        employee_id,
        {{ period_month('period') }} as month,
        max(case when payment_type = 'regular' then base_pay end) as base_pay,
        max(case when payment_type = 'regular' then currency end) as currency,
        sum(overtime_pay) as overtime_pay,
        {{ evidence_entries('pay', 'payroll', 'record_key') }} as pay_evidence
    from {{ ref('fct_payroll') }}
    group by employee_id, {{ period_month('period') }}
),

known_overtime_pay as (
    select count(overtime_pay) as row_count
    from {{ ref('fct_payroll') }}
),

rated as (
    select
        months.employee_id,
        months.month,
        months.org_unit_id,
        months.work_regime,
        months.last_work_date,
        months.is_cycle_stated,
        months.ordinary_overtime_minutes,
        months.rest_day_minutes,
        months.public_holiday_minutes,
        person.job_family,
        {%- for alias in limit_codes %}
        {{ alias }}.value as {{ alias }}_value,
        {%- endfor %}
        case when above_60.value is null then 0
            else greatest(0, months.ordinary_overtime_minutes - {{ higher_rate_from_minutes }})
        end as minutes_above_60,
        ordinary.source_zh,
        ordinary.source_en
    from {{ ref('int_work_month') }} as months
    {{ employee_at_join('person', 'months.employee_id', 'cast(months.month as timestamp)') }}
    {%- for alias, code in limit_codes.items() %}
    {{ labour_limit_join(alias, code, 'months.month', 'months.org_unit_id', 'months.work_regime', kind='left') }}
    {%- endfor %}
    where months.ordinary_overtime_minutes + months.rest_day_minutes + months.public_holiday_minutes > 0
),

owed as (
    select
        rated.employee_id,
        rated.month,
        rated.org_unit_id,
        rated.work_regime,
        rated.last_work_date,
        rated.is_cycle_stated,
        rated.job_family,
        rated.ordinary_overtime_minutes,
        rated.rest_day_minutes,
        rated.public_holiday_minutes,
        rated.source_zh,
        rated.source_en,
        payments.base_pay,
        payments.currency,
        coalesce(payments.overtime_pay, 0) as paid_amount,
        payments.pay_evidence,
        known_overtime_pay.row_count as known_count,
        cast(
            payments.base_pay / rated.paid_hours_value / 60
            * (
                coalesce((rated.ordinary_overtime_minutes - rated.minutes_above_60) * rated.ordinary_value, 0)
                + coalesce(rated.minutes_above_60 * rated.above_60_value, 0)
                + coalesce(rated.rest_day_minutes * rated.rest_day_value, 0)
                + coalesce(rated.public_holiday_minutes * rated.public_holiday_value, 0)
            ) as decimal(18, 2)
        ) as required_amount
    from rated
    inner join payments on rated.employee_id = payments.employee_id and rated.month = payments.month
    cross join known_overtime_pay
    where payments.base_pay is not null and rated.paid_hours_value is not null
),

broken as (
    select
        owed.employee_id || '/' || substring({{ day_text('owed.month') }}, 1, 7) as subject_id,
        owed.employee_id,
        owed.month as window_from,
        owed.last_work_date as window_to,
        owed.org_unit_id,
        owed.work_regime,
        owed.ordinary_overtime_minutes,
        owed.rest_day_minutes,
        owed.public_holiday_minutes,
        owed.source_zh,
        owed.source_en,
        owed.base_pay as month_base_pay,
        owed.currency,
        owed.paid_amount,
        owed.required_amount,
        owed.pay_evidence,
        coalesce(
            case when owed.known_count = 0 then 'overtime_pay_not_delivered' end,
            {{ pay_review_cause() }},
            case when not owed.is_cycle_stated then 'unknown_working_time_cycle' end
        ) as review_cause
    from owed
    {{ threshold_join('tolerance', 'LAB-06', 'tolerance_pct', 'owed.month', 'owed.org_unit_id', 'owed.job_family') }}
    {{ protected_pay_joins('owed.employee_id', 'owed.month', 'owed.org_unit_id', 'owed.work_regime') }}
    where
        owed.required_amount - owed.paid_amount > owed.required_amount * tolerance.value / 100
        and {{ covered_by_pay() }}
),

{{ overtime_evidence('broken', any_work_counts="broken.work_regime = 'comprehensive'") }},

hits as (
    select
        broken.subject_id,
        broken.employee_id,
        broken.org_unit_id,
        cast(broken.window_to as timestamp) as occurred_at,
        cast(broken.window_from as timestamp) as episode_started_at,
        broken.required_amount - broken.paid_amount as amount_at_risk,
        broken.currency,
        'labour/' || broken.subject_id as incident_key,
        broken.review_cause,
        broken.ordinary_overtime_minutes / 60.0 as ordinary_hours,
        broken.rest_day_minutes / 60.0 as rest_day_hours,
        broken.public_holiday_minutes / 60.0 as public_holiday_hours,
        broken.month_base_pay,
        broken.paid_amount,
        broken.required_amount,
        broken.source_zh,
        broken.source_en,
        {{ evidence(['broken.pay_evidence', 'work_evidence.evidence']) }} as evidence
    from broken
    inner join work_evidence on broken.subject_id = work_evidence.subject_id
)

{{ rule_output('LAB-06', 'hits', has=['amount_at_risk', 'currency']) }}
