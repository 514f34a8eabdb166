{{ stage_dataset('crm', 'customer_ownership', has_local_times=true, has_employee=true) }}
