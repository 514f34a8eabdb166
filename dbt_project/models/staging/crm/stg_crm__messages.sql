{{ stage_dataset(
    'crm', 'messages',
    keys=['message_id'],
    columns=['message_id', 'conversation_id', 'employee_id', 'customer_id', 'order_id', 'channel', 'message_type',
        'transfer_amount', 'sender', 'sent_at', 'text', 'deleted_at', 'edited_at', 'currency'],
    ts_columns=['sent_at', 'deleted_at', 'edited_at'],
    people={'employee_id': 'moment'},
    event='sent_at'
) }}
