{{ stage_dataset('attendance', 'schedules', has_local_times=true, has_employee=true) }}
