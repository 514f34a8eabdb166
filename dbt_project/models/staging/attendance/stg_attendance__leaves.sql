{{ stage_dataset('attendance', 'leaves', has_local_times=true, has_employee=true) }}
