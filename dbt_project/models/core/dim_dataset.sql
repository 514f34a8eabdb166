with

datasets as (
    select
        dataset,
        system,
        last_delivered_at is not null as is_delivered,
        last_delivered_at,
        first_event_at,
        last_event_at,
        max(last_event_at) over (partition by system) as system_as_of
    from {{ ref('stg_landed__dataset_coverage') }}
)

select
    datasets.dataset,
    datasets.system,
    datasets.is_delivered,
    datasets.last_delivered_at,
    datasets.first_event_at,
    {{ utc_instant('datasets.first_event_at', 'group_zone.timezone') }} as first_event_at_utc,
    datasets.last_event_at,
    datasets.system_as_of,
    {{ utc_instant('datasets.system_as_of', 'group_zone.timezone') }} as system_as_of_utc
from datasets
cross join {{ ref('stg_hr__group_timezone') }} as group_zone
