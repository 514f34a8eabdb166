{{ stage_dataset('finance', 'account_balances', has_local_times=false, has_employee=false) }}
