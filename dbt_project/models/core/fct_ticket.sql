{{ located_fact(
    'stg_crm__tickets',
    keys=['ticket_id'],
    person='employee_id',
    moment='opened_at',
    columns=['ticket_id', 'employee_id', 'customer_id', 'category', 'opened_at', 'first_response_at', 'resolved_at',
        'satisfaction', 'is_complaint'],
    instants=['opened_at', 'first_response_at', 'resolved_at']
) }}
