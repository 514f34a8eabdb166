{{ stage_dataset('hr', 'permission_grants', has_local_times=true, has_employee=true) }}
