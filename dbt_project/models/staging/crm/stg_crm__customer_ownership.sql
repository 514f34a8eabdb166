{{ stage_dataset(
    'crm', 'customer_ownership',
    keys=['customer_id', 'valid_from'],
    columns=['customer_id', 'valid_from', 'employee_id', 'valid_to', 'reason'],
    ts_columns=['valid_from', 'valid_to'],
    people={'employee_id': 'moment'},
    event='valid_from'
) }}
