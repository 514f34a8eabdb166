{#-
  The final payment counts, else the regular one of the last month. A deadline on a weekend moves to Monday, when a bank
  can pay. Judged as of the finance data: what they cannot show yet is not held against anybody.
-#}
with

as_of as (
    select cast(system_as_of as date) as as_of_date
    from {{ ref('dim_dataset') }}
    where dataset = 'payroll'
),

leavers as (
    select
        employees.employee_id,
        employees.record_key,
        employees.last_working_date,
        cast({{ dbt.date_trunc('month', 'employees.last_working_date') }} as date) as last_month,
        person.org_unit_id,
        coalesce(employees.work_regime, 'standard') as work_regime
    from {{ ref('dim_employee') }} as employees
    {{ employee_at_join('person', 'employees.employee_id', 'cast(employees.last_working_date as timestamp)') }}
    where employees.last_working_date is not null
),

limited as (
    select
        leavers.employee_id,
        leavers.record_key,
        leavers.last_working_date,
        leavers.last_month,
        leavers.org_unit_id,
        limits.source_zh,
        limits.source_en,
        limits.scope,
        case limits.unit
            when 'day_of_next_month' then cast({{ dbt.dateadd(
                'day', 'cast(limits.value as integer) - 1', dbt.dateadd('month', 1, 'leavers.last_month')
            ) }} as date)
            when 'end_of_month_after' then cast({{ dbt.dateadd(
                'day', -1, dbt.dateadd('month', 'cast(limits.value as integer) + 1', 'leavers.last_month')
            ) }} as date)
            else cast({{ dbt.dateadd('day', 'cast(limits.value as integer)', 'leavers.last_working_date') }} as date)
        end as due_date
    from leavers
    inner join {{ ref('int_labour_limit') }} as limits
        on limits.limit_code = 'final_pay'
        and limits.scope in ('all', 'on_request')
        and leavers.org_unit_id = limits.org_unit_id
        and leavers.work_regime = limits.work_regime
        and {{ in_force('limits', 'leavers.last_working_date') }}
    where limits.value is not null
),

due as (
    select
        employee_id,
        record_key,
        last_working_date,
        last_month,
        org_unit_id,
        source_zh,
        source_en,
        scope,
        cast({{ dbt.dateadd(
            'day', 'case when ' ~ iso_weekday('due_date') ~ ' >= 6 then 8 - ' ~ iso_weekday('due_date') ~ ' else 0 end', 'due_date'
        ) }} as date) as deadline
    from limited
),

wages as (
    select
        leavers.employee_id,
        max(case when payments.payment_type = 'final' then 1 else 0 end) as has_final,
        min(case when payments.payment_type = 'final' then payments.paid_at end) as final_paid_at,
        min(case when payments.payment_type = 'regular' then payments.paid_at end) as regular_paid_at,
        max(case when payments.payment_type = 'final' then payments.net_pay end) as final_amount,
        max(case when payments.payment_type = 'regular' then payments.net_pay end) as regular_amount,
        max(payments.currency) as currency,
        {{ evidence_entries('pay', 'payroll', 'payments.record_key') }} as pay_evidence
    from leavers
    inner join {{ ref('fct_payroll') }} as payments
        on leavers.employee_id = payments.employee_id
        and {{ period_month('payments.period') }} >= leavers.last_month
        and (
            payments.payment_type = 'final'
            or (payments.payment_type = 'regular' and {{ period_month('payments.period') }} = leavers.last_month)
        )
    group by leavers.employee_id
),

{#- A payroll that tells payment dates says by an empty one that nothing was paid. -#}
payment_dates as (
    select max(case when paid_at is not null then 1 else 0 end) = 1 as are_delivered
    from {{ ref('fct_payroll') }}
),

payroll_months as (
    select {{ period_month('period') }} as month
    from {{ ref('fct_payroll') }}
    group by 1
),

judged as (
    select
        due.employee_id,
        due.record_key,
        due.last_working_date,
        due.org_unit_id,
        due.source_zh,
        due.source_en,
        due.scope,
        due.deadline,
        as_of.as_of_date,
        case when wages.has_final = 1 then wages.final_paid_at else wages.regular_paid_at end as paid_at,
        case when wages.has_final = 1 then wages.final_amount else wages.regular_amount end as wage_amount,
        wages.currency,
        wages.pay_evidence,
        payroll_months.month is not null as is_month_delivered,
        payment_dates.are_delivered as are_payment_dates_delivered
    from due
    cross join as_of
    cross join payment_dates
    left join wages on due.employee_id = wages.employee_id
    left join payroll_months on due.last_month = payroll_months.month
),

{#- Where a request would shorten the deadline, the one that holds without it comes first. -#}
broken as (
    select
        employee_id,
        record_key,
        last_working_date,
        org_unit_id,
        source_zh,
        source_en,
        scope,
        deadline,
        as_of_date,
        paid_at,
        wage_amount,
        currency,
        pay_evidence,
        are_payment_dates_delivered,
        row_number() over (partition by employee_id order by scope) as position
    from judged
    where
        deadline < as_of_date
        and (
            cast(paid_at as date) > deadline
            {#- No payment at all says something only once the payroll of that month is there. #}
            or (paid_at is null and (is_month_delivered or pay_evidence is not null))
        )
),

hits as (
    select
        employee_id as subject_id,
        employee_id,
        org_unit_id,
        cast({{ dbt.dateadd('day', 1, 'deadline') }} as timestamp) as occurred_at,
        cast(last_working_date as timestamp) as episode_started_at,
        cast(wage_amount as decimal(18, 2)) as amount_at_risk,
        currency,
        'leaver/' || employee_id || '/wages' as incident_key,
        case
            when scope = 'on_request' then 'final_pay_request_unknown'
            when pay_evidence is not null and paid_at is null and not are_payment_dates_delivered then 'unknown_payment_date'
        end as review_cause,
        last_working_date,
        deadline,
        paid_at,
        as_of_date,
        source_zh,
        source_en,
        {{ evidence([evidence_entry('employee', 'employees', 'record_key'), 'pay_evidence']) }} as evidence
    from broken
    where position = 1
)

{{ rule_output('EXIT-06', 'hits', has=['amount_at_risk', 'currency']) }}
