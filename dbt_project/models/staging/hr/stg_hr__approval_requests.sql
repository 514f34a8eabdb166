{{ stage_dataset(
    'hr', 'approval_requests',
    keys=['request_id'],
    columns=['request_id', 'process_type', 'applicant_id', 'submitted_at', 'subject_type', 'subject_id', 'reason_code',
        'reason', 'requested_value', 'approved_value', 'status', 'decided_at'],
    ts_columns=['submitted_at', 'decided_at'],
    people={'applicant_id': 'moment'},
    event='submitted_at'
) }}
