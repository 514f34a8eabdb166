{{ stage_dataset(
    'hr', 'operation_log',
    keys=['event_id'],
    columns=['event_id', 'sequence_no', 'employee_id', 'system', 'action', 'object_type', 'object_id', 'occurred_at',
        'record_count', 'success', 'ip_address', 'before_value', 'after_value'],
    ts_columns=['occurred_at'],
    people={'employee_id': 'moment'},
    event='occurred_at'
) }}
