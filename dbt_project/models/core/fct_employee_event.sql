select
    event_id,
    employee_id,
    event_type,
    effective_date,
    org_unit_id,
    position_id,
    manager_id,
    event_id as record_key,
    _source_file as source_file,
    _source_row as source_row,
    _row_hash as row_hash
from {{ ref('stg_hr__employee_events') }}
