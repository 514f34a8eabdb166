{{ stage_dataset(
    'crm', 'product_season_status',
    keys=['product_id', 'effective_from'],
    columns=['product_id', 'effective_from', 'status', 'confirmed_by', 'confirmed_at'],
    ts_columns=['effective_from', 'confirmed_at'],
    people={'confirmed_by': 'moment'},
    event='effective_from'
) }}
