{{ stage_dataset('attendance', 'daily_results', has_local_times=false, has_employee=true) }}
