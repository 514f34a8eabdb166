{{ stage_dataset('crm', 'interactions', has_local_times=true, has_employee=true) }}
