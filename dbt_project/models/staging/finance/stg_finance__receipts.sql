{{ stage_dataset('finance', 'receipts', has_local_times=true, has_employee=false) }}
