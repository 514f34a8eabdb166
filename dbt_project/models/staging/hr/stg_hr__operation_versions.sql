{#-
  The staged log keeps the latest row of a key; here stand all deliveries of the few keys that came more than once. A row
  that landed after a person had corrected it in quarantine is left out: it replaces one that never landed.
-#}
with

repeated_events as (
    select event_id
    from {{ source('hr', 'operation_log') }}
    group by event_id
    having count(*) > 1
)

select
    landed.event_id,
    landed.sequence_no,
    landed.employee_id,
    landed.system,
    landed.action,
    landed.object_type,
    landed.object_id,
    landed.occurred_at,
    landed.record_count,
    landed.success,
    landed.ip_address,
    landed.before_value,
    landed.after_value,
    batches.profile,
    {{ dbt.split_part('batches.profile_version', "'-'", 1) }} as profile_version,
    landed._ts_offsets,
    landed._source_file,
    landed._source_sha256,
    landed._source_row,
    landed._row_hash,
    landed._delivered_at
from {{ source('hr', 'operation_log') }} as landed
inner join repeated_events on landed.event_id = repeated_events.event_id
inner join {{ source('landed', 'batches') }} as batches on landed._batch_id = batches.batch_id
where batches.repairs is null
