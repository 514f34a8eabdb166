{{ stage_dataset(
    'finance', 'expenses',
    keys=['expense_id'],
    columns=['expense_id', 'org_unit_id', 'cost_type', 'incurred_at', 'amount', 'employee_id', 'currency'],
    ts_columns=['incurred_at'],
    people={'employee_id': 'moment'},
    event='incurred_at'
) }}
