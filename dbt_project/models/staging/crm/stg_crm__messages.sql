{{ stage_dataset('crm', 'messages', has_local_times=true, has_employee=true) }}
