select
    product_id,
    as_of,
    quantity,
    product_id || '/' || {{ day_text('as_of') }} as record_key,
    _source_file as source_file,
    _source_row as source_row,
    _row_hash as row_hash
from {{ ref('stg_crm__inventory') }}
