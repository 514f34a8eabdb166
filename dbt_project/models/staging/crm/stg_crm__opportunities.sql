{{ stage_dataset('crm', 'opportunities', has_local_times=true, has_employee=true) }}
