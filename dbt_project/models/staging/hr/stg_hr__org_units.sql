{{ stage_dataset('hr', 'org_units', has_local_times=false, has_employee=false) }}
