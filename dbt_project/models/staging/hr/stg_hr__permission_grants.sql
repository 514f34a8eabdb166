{{ stage_dataset(
    'hr', 'permission_grants',
    keys=['grant_id'],
    columns=['grant_id', 'employee_id', 'role_code', 'granted_at', 'revoked_at', 'granted_by'],
    ts_columns=['granted_at', 'revoked_at'],
    people={'employee_id': 'moment', 'granted_by': 'moment'},
    event='granted_at'
) }}
