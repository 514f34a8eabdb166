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
    net_pay,
    currency,
    paid_at,
    {{ record_key_of(['employee_id', 'period', 'payment_type']) }} as record_key,
    _source_file as source_file,
    _source_row as source_row,
    _row_hash as row_hash
from {{ ref('stg_finance__payroll') }}
