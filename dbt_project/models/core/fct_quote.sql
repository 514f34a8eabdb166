{{ located_fact(
    'stg_crm__quotes',
    keys=['quote_id'],
    person='employee_id',
    moment='quoted_at',
    columns=['quote_id', 'customer_id', 'employee_id', 'quoted_at', 'amount', 'currency', 'discount_rate'],
    instants=['quoted_at']
) }}
