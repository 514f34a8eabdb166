select
    violation_id,
    role,
    dataset,
    record_key,
    source_file,
    source_row,
    row_hash
from {{ ref('rule_evidence') }}
