{{ stage_dataset('finance', 'exchange_rates', has_local_times=false, has_employee=false) }}
