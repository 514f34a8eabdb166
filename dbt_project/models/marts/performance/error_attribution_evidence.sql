{#- A record that no model holds keeps its row with an empty source, so that the test of this model finds it. -#}
with

indication_lines as (
    {{ split_to_rows(ref('sig_error_indication'), ['error_id'], 'evidence', 'chr(10)') }}
),

entries as (
    select
        error_id,
        {{ dbt.split_part('entry', "'='", 1) }} as role,
        {{ dbt.split_part(dbt.split_part('entry', "'='", 2), "':'", 1) }} as dataset,
        substring(entry, {{ dbt.position("':'", 'entry') }} + 1) as record_key
    from indication_lines
    where entry is not null
    union all
    select error_id, 'error' as role, 'service_errors' as dataset, record_key
    from {{ ref('sig_error_context') }}
    union all
    select error_id, 'ticket' as role, 'tickets' as dataset, ticket_key as record_key
    from {{ ref('sig_error_context') }}
    where ticket_key is not null
)

select
    entries.error_id,
    entries.role,
    entries.dataset,
    entries.record_key,
    records.source_file,
    records.source_row,
    records.row_hash
from entries
left join {{ ref('int_source_record') }} as records
    on entries.dataset = records.dataset and entries.record_key = records.record_key
