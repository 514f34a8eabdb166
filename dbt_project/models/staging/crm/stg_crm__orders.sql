{{ stage_dataset(
    'crm', 'orders',
    keys=['order_id'],
    columns=['order_id', 'customer_id', 'employee_id', 'ordered_at', 'channel', 'list_amount', 'net_amount', 'status',
        'quote_id', 'contract_id', 'currency'],
    ts_columns=['ordered_at'],
    people={'employee_id': 'moment'},
    event='ordered_at'
) }}
