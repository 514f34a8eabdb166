{{ stage_dataset(
    'hr', 'approval_steps',
    keys=['request_id', 'step_no'],
    columns=['request_id', 'step_no', 'step_type', 'approver_id', 'action', 'received_at', 'acted_at'],
    ts_columns=['received_at', 'acted_at'],
    people={'approver_id': 'moment'},
    event='acted_at'
) }}
