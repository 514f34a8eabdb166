{#- A record that no model holds keeps its row with an empty source, so that the test of this model finds it. -#}
with

verdict_lines as (
    {{ split_to_rows(ref('rule_verdict'), ['violation_id'], 'evidence', 'chr(10)') }}
),

entries as (
    select
        violation_id,
        {{ dbt.split_part('entry', "'='", 1) }} as role,
        {{ dbt.split_part(dbt.split_part('entry', "'='", 2), "':'", 1) }} as dataset,
        substring(entry, {{ dbt.position("':'", 'entry') }} + 1) as record_key
    from verdict_lines
    group by violation_id, entry
)

select
    entries.violation_id,
    entries.role,
    entries.dataset,
    entries.record_key,
    records.source_file,
    records.source_row,
    records.row_hash
from entries
left join {{ ref('int_source_record') }} as records on entries.dataset = records.dataset and entries.record_key = records.record_key
