{{ stage_dataset(
    'hr', 'employee_events',
    keys=['event_id'],
    columns=['event_id', 'employee_id', 'event_type', 'effective_date', 'org_unit_id', 'position_id', 'manager_id'],
    ts_columns=[],
    people={'employee_id': 'day', 'manager_id': 'day'},
    event='effective_date'
) }}
