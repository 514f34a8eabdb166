{{ stage_dataset(
    'crm', 'inventory',
    keys=['product_id', 'as_of'],
    columns=['product_id', 'as_of', 'quantity'],
    ts_columns=[]
) }}
