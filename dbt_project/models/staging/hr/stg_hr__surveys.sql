{{ stage_dataset('hr', 'surveys', has_local_times=true, has_employee=true) }}
