{{ stage_dataset(
    'crm', 'knowledge_access',
    keys=['access_id'],
    columns=['access_id', 'employee_id', 'article_id', 'accessed_at'],
    ts_columns=['accessed_at'],
    people={'employee_id': 'moment'},
    event='accessed_at'
) }}
