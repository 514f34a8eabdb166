{{ stage_dataset('hr', 'employee_events', has_local_times=false, has_employee=true) }}
