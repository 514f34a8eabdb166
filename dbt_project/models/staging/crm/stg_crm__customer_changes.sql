{{ stage_dataset('crm', 'customer_changes', has_local_times=true, has_employee=false) }}
