{{ stage_dataset('hr', 'training_records', has_local_times=true, has_employee=true) }}
