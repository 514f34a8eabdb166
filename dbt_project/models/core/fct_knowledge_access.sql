{{ located_fact(
    'stg_crm__knowledge_access',
    keys=['access_id'],
    person='employee_id',
    moment='accessed_at',
    columns=['access_id', 'employee_id', 'article_id', 'accessed_at'],
    instants=['accessed_at']
) }}
