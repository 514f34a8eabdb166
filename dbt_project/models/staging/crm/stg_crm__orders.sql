{{ stage_dataset('crm', 'orders', has_local_times=true, has_employee=true) }}
