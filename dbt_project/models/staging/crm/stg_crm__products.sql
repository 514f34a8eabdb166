{{ stage_dataset('crm', 'products', has_local_times=false, has_employee=false) }}
