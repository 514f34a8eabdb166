{#- Rendered from the contract by `hufu contract render`; edit the contract instead. -#}
with

told as (
    select
        batches.batch_id,
        batches.dataset,
        batches.source_file,
        batches.delivered_at,
        {{ local_time('batches.delivered_at', 0, 'group_zone.timezone') }} as delivered_local,
        {#- A month given as YYYY-MM is all its days. #}
        case
            when batches.covers_from is not null then cast(batches.covers_from as date)
            when {{ dbt.length('batches.event_time_min') }} = 7 then {{ period_month('batches.event_time_min') }}
            else cast(substring(batches.event_time_min, 1, 10) as date)
        end as first_day,
        case
            when batches.covers_to is not null
                then cast({{ dbt.dateadd('day', 1, 'cast(batches.covers_to as date)') }} as date)
            when {{ dbt.length('batches.event_time_max') }} = 7
                then cast({{ dbt.dateadd('month', 1, period_month('batches.event_time_max')) }} as date)
            else cast({{ dbt.dateadd('day', 1, 'cast(substring(batches.event_time_max, 1, 10) as date)') }} as date)
        end as end_day
    from {{ source('landed', 'batches') }} as batches
    cross join {{ ref('stg_hr__group_timezone') }} as group_zone
    where batches.is_active
),

bounded as (
    select
        batch_id,
        dataset,
        source_file,
        delivered_at,
        delivered_local,
        first_day,
        case
            when dataset in ('schedules', 'work_plans', 'leaves') or end_day <= delivered_local then end_day
            else cast({{ dbt.dateadd('day', 1, 'cast(delivered_local as date)') }} as date)
        end as end_day
    from told
)

select
    batch_id,
    dataset,
    source_file,
    delivered_at,
    delivered_local,
    case when first_day < end_day then first_day end as covered_from,
    case when first_day < end_day then end_day end as covered_to
from bounded
