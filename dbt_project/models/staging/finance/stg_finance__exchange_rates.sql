{{ stage_dataset(
    'finance', 'exchange_rates',
    keys=['currency', 'period'],
    columns=['currency', 'period', 'rate_to_cny'],
    ts_columns=[]
) }}
