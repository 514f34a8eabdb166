{{ stage_dataset('finance', 'budgets', has_local_times=false, has_employee=false) }}
