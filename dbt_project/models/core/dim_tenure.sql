with

known_stretches as (
    select employee_id, valid_from, valid_to
    from {{ ref('dim_employment') }}
    where is_start_known
),

banded as (
    select
        known_stretches.employee_id,
        bands.tenure_band,
        bands.sort_order,
        cast({{ dbt.dateadd('month', 'bands.from_months', 'known_stretches.valid_from') }} as timestamp) as band_from,
        cast({{ dbt.dateadd('month', 'bands.to_months', 'known_stretches.valid_from') }} as timestamp) as band_to,
        known_stretches.valid_to as stretch_to
    from known_stretches
    cross join {{ ref('tenure_bands') }} as bands
)

select
    employee_id,
    tenure_band,
    sort_order,
    band_from as valid_from,
    case when band_to is null or stretch_to < band_to then stretch_to else band_to end as valid_to
from banded
where stretch_to is null or band_from < stretch_to
