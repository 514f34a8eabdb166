{{ stage_dataset(
    'hr', 'employees',
    keys=['employee_id'],
    columns=['employee_id', 'full_name', 'gender', 'birth_date', 'hire_date', 'probation_end_date',
        'contract_signed_date', 'contract_end_date', 'org_unit_id', 'position_id', 'manager_id',
        'employment_status', 'resignation_notice_date', 'last_working_date', 'termination_reason', 'phone',
        'email', 'im_account', 'work_regime', 'weekly_hours'],
    ts_columns=[],
    people={'employee_id': 'delivery', 'manager_id': 'delivery'},
    event=none
) }}
