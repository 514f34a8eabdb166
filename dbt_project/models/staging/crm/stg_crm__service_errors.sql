{{ stage_dataset(
    'crm', 'service_errors',
    keys=['error_id'],
    columns=['error_id', 'employee_id', 'ticket_id', 'category', 'process_step', 'occurred_at', 'loss_amount', 'grade',
        'reported_cause', 'currency'],
    ts_columns=['occurred_at'],
    people={'employee_id': 'moment'},
    event='occurred_at'
) }}
