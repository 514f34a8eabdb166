{{ stage_dataset(
    'hr', 'training_records',
    keys=['training_id'],
    columns=['training_id', 'employee_id', 'course_code', 'course_name', 'category', 'topic', 'assigned_at', 'due_at',
        'completed_at', 'score'],
    ts_columns=['assigned_at', 'due_at', 'completed_at'],
    people={'employee_id': 'moment'},
    event='assigned_at'
) }}
