{{ stage_dataset('attendance', 'work_plans', has_local_times=true, has_employee=true) }}
