{{ stage_dataset('crm', 'customers', has_local_times=true, has_employee=false) }}
