with

statuses as (
    select
        season.product_id,
        season.effective_from,
        lead(season.effective_from) over (partition by season.product_id order by season.effective_from) as next_from,
        season.status,
        season.confirmed_by,
        season.confirmed_at,
        group_zone.timezone,
        season._source_file,
        season._source_row,
        season._row_hash
    from {{ ref('stg_crm__product_season_status') }} as season
    cross join {{ ref('stg_hr__group_timezone') }} as group_zone
)

select
    product_id,
    effective_from as valid_from,
    next_from as valid_to,
    status,
    confirmed_by,
    confirmed_at,
    {{ utc_instant('effective_from', 'timezone') }} as valid_from_utc,
    {{ utc_instant('next_from', 'timezone') }} as valid_to_utc,
    {{ utc_instant('confirmed_at', 'timezone') }} as confirmed_at_utc,
    product_id || '/' || {{ moment_text('effective_from') }} as record_key,
    _source_file as source_file,
    _source_row as source_row,
    _row_hash as row_hash
from statuses
