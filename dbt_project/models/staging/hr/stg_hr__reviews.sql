{{ stage_dataset('hr', 'reviews', has_local_times=false, has_employee=true) }}
