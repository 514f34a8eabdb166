{{ stage_dataset(
    'crm', 'quotes',
    keys=['quote_id'],
    columns=['quote_id', 'customer_id', 'employee_id', 'quoted_at', 'amount', 'discount_rate', 'valid_until', 'currency'],
    ts_columns=['quoted_at'],
    people={'employee_id': 'moment'},
    event='quoted_at'
) }}
