{{ stage_dataset(
    'finance', 'payroll_deductions',
    keys=['employee_id', 'period', 'deduction_no'],
    columns=['employee_id', 'period', 'deduction_no', 'kind', 'case_id', 'amount', 'currency'],
    ts_columns=[],
    people={'employee_id': 'delivery'},
    event=none
) }}
