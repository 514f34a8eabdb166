{{ stage_dataset(
    'crm', 'opportunities',
    keys=['opportunity_id'],
    columns=['opportunity_id', 'customer_id', 'employee_id', 'product_id', 'stage', 'opened_at', 'closed_at', 'amount',
        'currency'],
    ts_columns=['opened_at', 'closed_at'],
    people={'employee_id': 'moment'},
    event='opened_at'
) }}
