{#- A delivery that tells of no day stands for the period in which it came: nothing happened in it. -#}
with

expected as (
    select
        dataset,
        coalesce(source, '') as source,
        frequency,
        valid_from,
        valid_to
    from {{ ref('expected_deliveries') }}
)

select
    expected.dataset,
    expected.source,
    expected.frequency,
    expected.valid_from,
    batches.batch_id,
    batches.delivered_at,
    coalesce(batches.covered_from, {{ period_start('expected.frequency', 'batches.delivered_local') }}) as covered_from,
    coalesce(batches.covered_to, {{ period_end('expected.frequency', 'batches.delivered_local') }}) as covered_to
from expected
inner join {{ ref('stg_landed__batch_coverage') }} as batches
    on expected.dataset = batches.dataset
    and substring(batches.source_file, 1, {{ dbt.length('expected.source') }}) = expected.source
