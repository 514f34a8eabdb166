{{ stage_dataset('crm', 'inventory', has_local_times=false, has_employee=false) }}
