{{ stage_dataset(
    'finance', 'invoices',
    keys=['invoice_id'],
    columns=['invoice_id', 'customer_id', 'order_id', 'issued_at', 'due_date', 'amount', 'currency'],
    ts_columns=['issued_at']
) }}
