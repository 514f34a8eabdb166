select
    customer_id || '/' || {{ moment_text('valid_from') }} as record_key,
    customer_id,
    employee_id,
    valid_from,
    valid_to,
    reason,
    _source_file as source_file,
    _source_row as source_row,
    _row_hash as row_hash
from {{ ref('stg_crm__customer_ownership') }}
