{{ stage_dataset('finance', 'payroll_deductions', has_local_times=false, has_employee=true) }}
