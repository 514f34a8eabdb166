{{ stage_dataset('finance', 'journal_entries', has_local_times=false, has_employee=true) }}
