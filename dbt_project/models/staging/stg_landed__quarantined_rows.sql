select
    batches.dataset,
    faults.batch_id,
    faults.source_row,
    max(faults.row_key) as row_key
from {{ source('landed', 'quarantine') }} as faults
inner join {{ source('landed', 'batches') }} as batches on faults.batch_id = batches.batch_id
where batches.is_active
group by batches.dataset, faults.batch_id, faults.source_row
