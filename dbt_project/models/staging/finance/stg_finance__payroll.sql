{{ stage_dataset('finance', 'payroll', has_local_times=true, has_employee=true) }}
