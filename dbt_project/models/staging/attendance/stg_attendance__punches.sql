{{ stage_dataset(
    'attendance', 'punches',
    keys=['punch_id'],
    columns=['punch_id', 'employee_id', 'punched_at', 'direction', 'latitude', 'longitude', 'coordinate_system',
        'accuracy_m', 'place_name', 'method'],
    ts_columns=['punched_at'],
    people={'employee_id': 'moment'},
    event='punched_at'
) }}
