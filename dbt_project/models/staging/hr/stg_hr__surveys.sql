{{ stage_dataset(
    'hr', 'surveys',
    keys=['survey_id'],
    columns=['survey_id', 'respondent', 'employee_id', 'org_unit_id', 'answered_at', 'topic', 'score'],
    ts_columns=['answered_at'],
    people={'employee_id': 'moment'},
    event='answered_at'
) }}
