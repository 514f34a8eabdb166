{{ stage_dataset(
    'attendance', 'daily_results',
    keys=['employee_id', 'work_date'],
    columns=['employee_id', 'work_date', 'worked_hours', 'late_minutes', 'early_leave_minutes', 'absent_minutes',
        'overtime_hours', 'result'],
    ts_columns=[],
    people={'employee_id': 'day'},
    event='work_date'
) }}
