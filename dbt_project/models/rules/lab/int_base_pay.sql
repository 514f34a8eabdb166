select
    employee_id,
    {{ period_month('period') }} as month,
    base_pay,
    currency,
    record_key
from {{ ref('fct_payroll') }}
where payment_type = 'regular'
