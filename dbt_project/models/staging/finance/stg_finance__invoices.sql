{{ stage_dataset('finance', 'invoices', has_local_times=true, has_employee=false) }}
