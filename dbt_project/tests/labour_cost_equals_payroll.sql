-- Every cent of the payroll stands in the labour mart once, whoever earned it and wherever they were.
with

payroll as (
    select
        currency,
        sum(
            base_pay + coalesce(overtime_pay, 0) + coalesce(bonus, 0) + coalesce(performance_pay, 0)
            + coalesce(allowance, 0) + coalesce(employer_social_insurance, 0) + coalesce(employer_housing_fund, 0)
        ) as amount
    from {{ ref('stg_finance__payroll') }}
    group by currency
),

mart as (
    select currency, sum(labour_amount) as amount
    from {{ ref('labour_monthly') }}
    where labour_amount is not null
    group by currency
)

select
    coalesce(payroll.currency, mart.currency) as currency,
    payroll.amount as payroll_amount,
    mart.amount as mart_amount
from payroll
full join mart on payroll.currency = mart.currency
where payroll.amount is distinct from mart.amount
