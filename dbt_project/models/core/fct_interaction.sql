{{ located_fact(
    'stg_crm__interactions',
    keys=['interaction_id'],
    person='employee_id',
    moment='occurred_at',
    columns=['interaction_id', 'customer_id', 'employee_id', 'channel', 'occurred_at', 'content', 'next_step',
        'photo_ref'],
    instants=['occurred_at']
) }}
