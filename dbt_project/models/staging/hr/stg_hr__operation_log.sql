{{ stage_dataset('hr', 'operation_log', has_local_times=true, has_employee=true) }}
