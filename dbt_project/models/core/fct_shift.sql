{{ located_fact(
    'stg_attendance__schedules',
    keys=['employee_id', 'shift_date'],
    person='employee_id',
    moment='shift_date',
    columns=['employee_id', 'shift_date', 'shift_start', 'shift_end', 'break_minutes', 'shift_type'],
    instants=['shift_start', 'shift_end']
) }}
