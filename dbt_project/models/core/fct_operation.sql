{{ located_fact(
    'stg_hr__operation_log',
    keys=['event_id'],
    person='employee_id',
    moment='occurred_at',
    columns=['event_id', 'sequence_no', 'employee_id', 'system', 'action', 'object_type', 'object_id', 'occurred_at',
        'record_count', 'success', 'before_value', 'after_value'],
    instants=['occurred_at']
) }}
