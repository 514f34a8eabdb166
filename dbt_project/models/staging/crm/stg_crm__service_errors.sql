{{ stage_dataset('crm', 'service_errors', has_local_times=true, has_employee=true) }}
