{{ stage_dataset(
    'crm', 'customer_changes',
    keys=['change_id'],
    columns=['change_id', 'customer_id', 'changed_at', 'field', 'old_value', 'new_value', 'changed_by'],
    ts_columns=['changed_at'],
    people={'changed_by': 'moment'},
    event='changed_at'
) }}
