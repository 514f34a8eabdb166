{{ stage_dataset(
    'hr', 'reviews',
    keys=['review_id'],
    columns=['review_id', 'employee_id', 'period', 'reviewer_type', 'reviewer_id', 'score'],
    ts_columns=[],
    people={'employee_id': 'month', 'reviewer_id': 'month'},
    event='period'
) }}
