{{ stage_dataset(
    'hr', 'employment_contracts',
    keys=['contract_no'],
    columns=['contract_no', 'employee_id', 'contract_type', 'signed_date', 'start_date', 'end_date', 'probation_end_date'],
    ts_columns=[],
    people={'employee_id': 'delivery'},
    event=none
) }}
