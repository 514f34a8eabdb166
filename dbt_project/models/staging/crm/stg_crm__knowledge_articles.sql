{{ stage_dataset('crm', 'knowledge_articles', has_local_times=true, has_employee=false) }}
