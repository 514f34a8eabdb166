{{ stage_dataset('finance', 'expenses', has_local_times=true, has_employee=true) }}
