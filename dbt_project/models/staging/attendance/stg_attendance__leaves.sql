{{ stage_dataset(
    'attendance', 'leaves',
    keys=['leave_id'],
    columns=['leave_id', 'employee_id', 'leave_type', 'starts_at', 'ends_at', 'status'],
    ts_columns=['starts_at', 'ends_at'],
    people={'employee_id': 'moment'},
    event='starts_at'
) }}
