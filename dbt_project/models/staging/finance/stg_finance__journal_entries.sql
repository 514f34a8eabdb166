{{ stage_dataset(
    'finance', 'journal_entries',
    keys=['voucher_id', 'line_no'],
    columns=['voucher_id', 'line_no', 'period', 'posted_date', 'summary', 'account_code', 'account_name', 'org_unit_id',
        'customer_id', 'employee_id', 'debit', 'credit', 'currency'],
    ts_columns=[],
    people={'employee_id': 'day'},
    event='posted_date'
) }}
