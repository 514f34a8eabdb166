{{ stage_dataset('crm', 'knowledge_access', has_local_times=true, has_employee=true) }}
