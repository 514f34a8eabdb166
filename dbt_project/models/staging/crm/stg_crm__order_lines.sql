{{ stage_dataset('crm', 'order_lines', has_local_times=false, has_employee=false) }}
