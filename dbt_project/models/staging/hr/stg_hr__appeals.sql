{{ stage_dataset('hr', 'appeals', has_local_times=true, has_employee=false) }}
