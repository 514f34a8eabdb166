{{ stage_dataset(
    'crm', 'contracts',
    keys=['contract_id'],
    columns=['contract_id', 'customer_id', 'employee_id', 'signed_at', 'amount', 'request_id', 'currency'],
    ts_columns=['signed_at'],
    people={'employee_id': 'moment'},
    event='signed_at'
) }}
