{{ stage_dataset(
    'finance', 'receipts',
    keys=['receipt_id'],
    columns=['receipt_id', 'customer_id', 'order_id', 'invoice_id', 'received_at', 'amount', 'payee_account',
        'payee_type', 'payee_employee_id', 'method', 'memo', 'currency'],
    ts_columns=['received_at'],
    people={'payee_employee_id': 'moment'},
    event='received_at'
) }}
