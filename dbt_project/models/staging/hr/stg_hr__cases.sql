{{ stage_dataset(
    'hr', 'cases',
    keys=['case_id'],
    columns=['case_id', 'rule_id', 'employee_id', 'subject_id', 'occurred_at', 'source', 'reported_at', 'verified_at',
        'outcome', 'root_cause', 'grade', 'handler_id', 'handling_hours', 'closed_at'],
    ts_columns=['occurred_at', 'reported_at', 'verified_at', 'closed_at'],
    people={'employee_id': 'moment', 'handler_id': 'moment'},
    event='reported_at'
) }}
