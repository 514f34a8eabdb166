{{ stage_dataset(
    'finance', 'account_balances',
    keys=['period', 'account_code', 'org_unit_id'],
    columns=['period', 'account_code', 'org_unit_id', 'account_name', 'opening_debit', 'opening_credit', 'debit',
        'credit', 'closing_debit', 'closing_credit', 'currency'],
    ts_columns=[]
) }}
