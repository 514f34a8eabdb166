{{ stage_dataset(
    'crm', 'products',
    keys=['product_id'],
    columns=['product_id', 'product_name', 'category', 'season'],
    ts_columns=[]
) }}
