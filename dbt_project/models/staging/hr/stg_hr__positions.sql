{{ stage_dataset(
    'hr', 'positions',
    keys=['position_id'],
    columns=['position_id', 'position_name', 'job_family', 'job_level'],
    ts_columns=[]
) }}
