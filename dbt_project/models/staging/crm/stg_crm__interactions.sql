{{ stage_dataset(
    'crm', 'interactions',
    keys=['interaction_id'],
    columns=['interaction_id', 'customer_id', 'employee_id', 'channel', 'occurred_at', 'content', 'next_step',
        'next_step_due', 'photo_ref'],
    ts_columns=['occurred_at'],
    people={'employee_id': 'moment'},
    event='occurred_at'
) }}
