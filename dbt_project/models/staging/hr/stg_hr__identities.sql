{{ stage_dataset('hr', 'identities', has_local_times=true, has_employee=true) }}
