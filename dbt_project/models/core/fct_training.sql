{{ located_fact(
    'stg_hr__training_records',
    keys=['training_id'],
    person='employee_id',
    moment='assigned_at',
    columns=['training_id', 'employee_id', 'course_code', 'course_name', 'category', 'topic', 'assigned_at', 'due_at',
        'completed_at', 'score'],
    instants=['assigned_at', 'due_at', 'completed_at']
) }}
