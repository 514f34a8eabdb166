{{ stage_dataset(
    'crm', 'customers',
    keys=['customer_id'],
    columns=['customer_id', 'customer_name', 'contact_name', 'contact_phone', 'region', 'grade', 'industry', 'status',
        'status_changed_at', 'owner_id', 'created_at', 'latitude', 'longitude', 'coordinate_system',
        'address', 'score'],
    ts_columns=['status_changed_at', 'created_at'],
    people={'owner_id': 'delivery'},
    event='created_at'
) }}
