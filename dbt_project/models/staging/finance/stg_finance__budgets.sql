{{ stage_dataset(
    'finance', 'budgets',
    keys=['org_unit_id', 'period', 'cost_type'],
    columns=['org_unit_id', 'period', 'cost_type', 'amount', 'currency'],
    ts_columns=[]
) }}
