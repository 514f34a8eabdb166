{{ stage_dataset('hr', 'positions', has_local_times=false, has_employee=false) }}
