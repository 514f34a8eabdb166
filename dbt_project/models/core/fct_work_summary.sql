{{ located_fact(
    'stg_attendance__work_summaries',
    keys=['summary_id'],
    person='employee_id',
    moment='claimed_start',
    columns=['summary_id', 'employee_id', 'claimed_start', 'claimed_end', 'activity', 'customer_id', 'content',
        'submitted_at'],
    instants=['claimed_start', 'claimed_end']
) }}
