{{ stage_dataset('crm', 'contracts', has_local_times=true, has_employee=true) }}
