{{ stage_dataset(
    'finance', 'payroll',
    keys=['employee_id', 'period', 'payment_type'],
    columns=['employee_id', 'period', 'payment_type', 'base_pay', 'overtime_pay', 'bonus', 'performance_pay', 'allowance',
        'employer_social_insurance', 'employer_housing_fund', 'employee_social_insurance', 'income_tax',
        'deductions', 'net_pay', 'paid_at', 'currency'],
    ts_columns=['paid_at'],
    people={'employee_id': 'month'},
    event='period'
) }}
