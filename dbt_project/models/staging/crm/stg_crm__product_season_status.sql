{{ stage_dataset('crm', 'product_season_status', has_local_times=true, has_employee=false) }}
