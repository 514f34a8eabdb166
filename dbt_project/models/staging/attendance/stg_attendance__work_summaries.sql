{{ stage_dataset('attendance', 'work_summaries', has_local_times=true, has_employee=true) }}
