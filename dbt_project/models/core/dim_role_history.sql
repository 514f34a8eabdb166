{#- A grant that a later full delivery no longer lists ended at that delivery's stamp, unless it was revoked before. -#}
with

grants as (
    select
        grants.grant_id,
        grants.employee_id,
        grants.role_code,
        grants.granted_at,
        grants.revoked_at,
        {{ local_time('grants._ended_at', 0, 'coalesce(zone.timezone, group_zone.timezone)') }} as dropped_at,
        {{ local_time('grants._delivered_at', 0, 'coalesce(zone.timezone, group_zone.timezone)') }} as delivered_at,
        coalesce(zone.timezone, group_zone.timezone) as timezone,
        grants._source_file,
        grants._source_row,
        grants._row_hash
    from {{ ref('stg_hr__permission_grants') }} as grants
    cross join {{ ref('stg_hr__group_timezone') }} as group_zone
    left join {{ ref('stg_hr__employee_timezones') }} as zone on grants.employee_id = zone.employee_id
),

ended as (
    select
        grant_id,
        employee_id,
        role_code,
        granted_at as valid_from,
        case
            when dropped_at is null or revoked_at <= dropped_at then revoked_at
            else dropped_at
        end as valid_to,
        case when dropped_at < revoked_at or (dropped_at is not null and revoked_at is null) then delivered_at end
            as last_listed_at,
        timezone,
        _source_file,
        _source_row,
        _row_hash
    from grants
)

select
    grant_id,
    employee_id,
    role_code,
    valid_from,
    valid_to,
    last_listed_at,
    {{ utc_instant('valid_from', 'timezone') }} as valid_from_utc,
    {{ utc_instant('valid_to', 'timezone') }} as valid_to_utc,
    grant_id as record_key,
    _source_file as source_file,
    _source_row as source_row,
    _row_hash as row_hash
from ended
where valid_to is null or valid_from < valid_to
