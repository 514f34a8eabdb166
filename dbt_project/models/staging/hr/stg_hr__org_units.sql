{{ stage_dataset(
    'hr', 'org_units',
    keys=['org_unit_id'],
    columns=['org_unit_id', 'org_unit_name', 'parent_org_unit_id', 'org_unit_type', 'country_code', 'region', 'timezone',
        'latitude', 'longitude'],
    ts_columns=[]
) }}
