{{ stage_dataset('hr', 'approval_steps', has_local_times=true, has_employee=false) }}
