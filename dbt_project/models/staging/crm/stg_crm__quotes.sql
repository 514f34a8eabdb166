{{ stage_dataset('crm', 'quotes', has_local_times=true, has_employee=true) }}
