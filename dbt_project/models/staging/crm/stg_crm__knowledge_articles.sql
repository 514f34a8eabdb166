{{ stage_dataset(
    'crm', 'knowledge_articles',
    keys=['article_id', 'version'],
    columns=['article_id', 'version', 'category', 'updated_at', 'synced_at'],
    ts_columns=['updated_at', 'synced_at']
) }}
