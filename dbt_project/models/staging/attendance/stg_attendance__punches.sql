{{ stage_dataset('attendance', 'punches', has_local_times=true, has_employee=true) }}
