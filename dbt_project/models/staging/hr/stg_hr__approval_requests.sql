{{ stage_dataset('hr', 'approval_requests', has_local_times=true, has_employee=false) }}
