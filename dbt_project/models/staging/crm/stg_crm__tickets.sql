{{ stage_dataset('crm', 'tickets', has_local_times=true, has_employee=true) }}
