select
    employee_id,
    period,
    payment_type,
    base_pay,
    overtime_pay,
    bonus,
    performance_pay,
    allowance,
    employer_social_insurance,
    employer_housing_fund,
    currency
from {{ ref('stg_finance__payroll') }}
