select
    rejected.batch_id,
    rejected.source_row
from {{ ref('stg_landed__quarantined_rows') }} as rejected
left join {{ ref('stg_hr__operation_log') }} as operations on rejected.row_key = operations.event_id
where rejected.dataset = 'operation_log' and operations.event_id is null
