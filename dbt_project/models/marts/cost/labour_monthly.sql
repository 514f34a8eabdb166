with

payroll as (
    select
        employee_id,
        {{ period_month('period') }} as month,
        currency,
        base_pay,
        coalesce(overtime_pay, 0) as overtime_amount,
        coalesce(bonus, 0) + coalesce(performance_pay, 0) as bonus_amount,
        coalesce(allowance, 0) as allowance_amount,
        coalesce(employer_social_insurance, 0) + coalesce(employer_housing_fund, 0) as employer_burden_amount
    from {{ ref('fct_payroll') }}
),

group_unit as (
    select org_unit_id
    from {{ ref('dim_org_unit') }}
    where is_group
),

{#- Pay from before the first known day belongs to the first known unit. -#}
places as (
    select
        employee_id,
        org_unit_id,
        case
            when row_number() over (partition by employee_id order by valid_from) = 1 then cast('1000-01-01' as timestamp)
            else valid_from
        end as valid_from,
        valid_to
    from {{ ref('dim_employee_history') }}
),

person_pay as (
    select
        employee_id,
        month,
        currency,
        cast({{ dbt.dateadd('month', 1, 'month') }} as timestamp) as month_end,
        sum(base_pay) as base_amount,
        sum(overtime_amount) as overtime_amount,
        sum(bonus_amount) as bonus_amount,
        sum(allowance_amount) as allowance_amount,
        sum(employer_burden_amount) as employer_burden_amount
    from payroll
    group by employee_id, month, currency
),

placed_pay as (
    select
        person_pay.employee_id,
        person_pay.month,
        person_pay.currency,
        coalesce(places.org_unit_id, group_unit.org_unit_id) as org_unit_id,
        person_pay.base_amount,
        person_pay.overtime_amount,
        person_pay.bonus_amount,
        person_pay.allowance_amount,
        person_pay.employer_burden_amount
    from person_pay
    cross join group_unit
    left join places
        on person_pay.employee_id = places.employee_id
        and {{ in_force_until('places', 'person_pay.month_end') }}
),

paid as (
    select
        month,
        org_unit_id,
        currency,
        count(distinct employee_id) as paid_employee_count,
        sum(base_amount) as base_amount,
        sum(overtime_amount) as overtime_amount,
        sum(bonus_amount) as bonus_amount,
        sum(allowance_amount) as allowance_amount,
        sum(employer_burden_amount) as employer_burden_amount
    from placed_pay
    group by month, org_unit_id, currency
),

{#- What a later full delivery no longer holds was still planned for months that had begun by then. -#}
budgets as (
    select
        {{ period_month('period') }} as month,
        org_unit_id,
        currency,
        sum(amount) as budget_amount
    from {{ ref('fct_budget') }}
    where cost_type = 'labour' and (ended_at is null or ended_at > {{ period_month('period') }})
    group by 1, org_unit_id, currency
),

{#- Each person counts in one currency: that of the own pay, else the one that most of the unit is paid in. -#}
person_currencies as (
    select employee_id, month, max(currency) as currency
    from person_pay
    group by employee_id, month
),

unit_currencies as (
    select
        month,
        org_unit_id,
        currency,
        row_number() over (
            partition by month, org_unit_id order by paid_employee_count desc, currency
        ) as currency_rank
    from paid
),

headcounts as (
    select
        employed.month,
        employed.org_unit_id,
        coalesce(person_currencies.currency, unit_currencies.currency, budgets.currency, {{ default_currency() }}) as currency,
        count(*) as headcount
    from {{ ref('dim_employee_month') }} as employed
    left join person_currencies
        on employed.employee_id = person_currencies.employee_id and employed.month = person_currencies.month
    left join unit_currencies
        on employed.month = unit_currencies.month
        and employed.org_unit_id = unit_currencies.org_unit_id
        and unit_currencies.currency_rank = 1
    left join budgets
        on employed.month = budgets.month and employed.org_unit_id = budgets.org_unit_id
    group by 1, 2, 3
),

grains as (
    select month, org_unit_id, currency from paid
    union all
    select month, org_unit_id, currency from budgets
    union all
    select month, org_unit_id, currency from headcounts
),

unit_months as (
    select month, org_unit_id, currency
    from grains
    group by month, org_unit_id, currency
)

select
    unit_months.month,
    unit_months.org_unit_id,
    cast(headcounts.headcount as bigint) as headcount,
    cast(paid.base_amount as decimal(18, 2)) as base_amount,
    cast(paid.overtime_amount as decimal(18, 2)) as overtime_amount,
    cast(paid.bonus_amount as decimal(18, 2)) as bonus_amount,
    cast(paid.allowance_amount as decimal(18, 2)) as allowance_amount,
    cast(paid.overtime_amount + paid.bonus_amount + paid.allowance_amount as decimal(18, 2)) as variable_amount,
    cast(paid.employer_burden_amount as decimal(18, 2)) as employer_burden_amount,
    cast(
        paid.base_amount + paid.overtime_amount + paid.bonus_amount + paid.allowance_amount + paid.employer_burden_amount
        as decimal(18, 2)
    ) as labour_amount,
    cast(budgets.budget_amount as decimal(18, 2)) as budget_amount,
    cast(
        paid.base_amount + paid.overtime_amount + paid.bonus_amount + paid.allowance_amount + paid.employer_burden_amount
        - budgets.budget_amount
        as decimal(18, 2)
    ) as variance_amount,
    unit_months.currency
from unit_months
left join paid
    on unit_months.month = paid.month
    and unit_months.org_unit_id = paid.org_unit_id
    and unit_months.currency = paid.currency
left join budgets
    on unit_months.month = budgets.month
    and unit_months.org_unit_id = budgets.org_unit_id
    and unit_months.currency = budgets.currency
left join headcounts
    on unit_months.month = headcounts.month
    and unit_months.org_unit_id = headcounts.org_unit_id
    and unit_months.currency = headcounts.currency
