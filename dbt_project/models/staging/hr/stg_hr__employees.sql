{{ stage_dataset('hr', 'employees', has_local_times=false, has_employee=true) }}
