{{ stage_dataset(
    'crm', 'order_lines',
    keys=['order_id', 'line_no'],
    columns=['order_id', 'line_no', 'product_id', 'quantity', 'list_price', 'discount_rate', 'discount_reason',
        'unit_cost', 'currency'],
    ts_columns=[]
) }}
