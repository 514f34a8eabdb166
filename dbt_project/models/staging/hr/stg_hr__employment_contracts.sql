{{ stage_dataset('hr', 'employment_contracts', has_local_times=false, has_employee=true) }}
