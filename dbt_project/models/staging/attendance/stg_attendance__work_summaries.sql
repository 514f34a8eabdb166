{{ stage_dataset(
    'attendance', 'work_summaries',
    keys=['summary_id'],
    columns=['summary_id', 'employee_id', 'claimed_start', 'claimed_end', 'activity', 'customer_id', 'content',
        'submitted_at'],
    ts_columns=['claimed_start', 'claimed_end', 'submitted_at'],
    people={'employee_id': 'moment'},
    event='claimed_start'
) }}
