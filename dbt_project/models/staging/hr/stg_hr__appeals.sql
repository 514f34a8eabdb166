{{ stage_dataset(
    'hr', 'appeals',
    keys=['appeal_id'],
    columns=['appeal_id', 'case_id', 'filed_at', 'decided_at', 'decision'],
    ts_columns=['filed_at', 'decided_at']
) }}
