{{ located_fact(
    'stg_attendance__leaves',
    keys=['leave_id'],
    person='employee_id',
    moment='starts_at',
    columns=['leave_id', 'employee_id', 'leave_type', 'starts_at', 'ends_at', 'status'],
    instants=['starts_at', 'ends_at']
) }}
