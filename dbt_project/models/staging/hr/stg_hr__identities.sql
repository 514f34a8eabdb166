{{ stage_dataset(
    'hr', 'identities',
    keys=['system', 'account', 'valid_from'],
    columns=['system', 'account', 'valid_from', 'employee_id', 'valid_to'],
    ts_columns=['valid_from', 'valid_to']
) }}
