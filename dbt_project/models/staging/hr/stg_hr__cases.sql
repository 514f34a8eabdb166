{{ stage_dataset('hr', 'cases', has_local_times=true, has_employee=true) }}
