select
    dataset,
    system,
    last_delivered_at is not null as is_delivered,
    last_delivered_at,
    first_event_at,
    last_event_at,
    max(last_event_at) over (partition by system) as system_as_of
from {{ ref('stg_landed__dataset_coverage') }}
