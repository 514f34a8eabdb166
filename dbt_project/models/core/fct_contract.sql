{{ located_fact(
    'stg_crm__contracts',
    keys=['contract_id'],
    person='employee_id',
    moment='signed_at',
    columns=['contract_id', 'customer_id', 'employee_id', 'signed_at', 'amount', 'currency', 'request_id'],
    instants=['signed_at']
) }}
