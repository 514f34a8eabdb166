{{ stage_dataset(
    'attendance', 'schedules',
    keys=['employee_id', 'shift_date'],
    columns=['employee_id', 'shift_date', 'shift_start', 'shift_end', 'break_minutes', 'shift_type'],
    ts_columns=['shift_start', 'shift_end'],
    people={'employee_id': 'day'},
    event='shift_date'
) }}
