{{ stage_dataset(
    'crm', 'tickets',
    keys=['ticket_id'],
    columns=['ticket_id', 'customer_id', 'employee_id', 'category', 'opened_at', 'first_response_at', 'resolved_at',
        'satisfaction', 'is_complaint'],
    ts_columns=['opened_at', 'first_response_at', 'resolved_at'],
    people={'employee_id': 'moment'},
    event='opened_at'
) }}
