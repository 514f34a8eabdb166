{#- As listed last: what held earlier is told by the histories. -#}
with

customers as (
    select
        customer_id,
        customer_name,
        region,
        industry,
        grade,
        status,
        status_changed_at,
        owner_id,
        created_at,
        latitude,
        longitude,
        coordinate_system,
        score,
        _delivered_at,
        _ended_at,
        _source_file,
        _source_row,
        _row_hash
    from {{ ref('stg_crm__customers') }}
),

{{ wgs84_points('customers', 'customer_id') }}

select
    customers.customer_id,
    customers.customer_name,
    customers.region,
    customers.industry,
    customers.grade,
    customers.status,
    customers.status_changed_at,
    {{ utc_instant('customers.status_changed_at', 'group_zone.timezone') }} as status_changed_at_utc,
    customers.owner_id,
    customers.created_at,
    {{ utc_instant('customers.created_at', 'group_zone.timezone') }} as created_at_utc,
    {#- In WGS84; null where the coordinate system is one that nobody can convert. -#}
    case
        when coalesce(customers.coordinate_system, 'WGS84') = 'WGS84' then cast(customers.latitude as double)
        else wgs84_points.latitude
    end as latitude,
    case
        when coalesce(customers.coordinate_system, 'WGS84') = 'WGS84' then cast(customers.longitude as double)
        else wgs84_points.longitude
    end as longitude,
    customers.score,
    customers._ended_at as ended_at,
    customers.customer_id as record_key,
    customers._source_file as source_file,
    customers._source_row as source_row,
    customers._row_hash as row_hash
from customers
cross join {{ ref('stg_hr__group_timezone') }} as group_zone
left join wgs84_points on customers.customer_id = wgs84_points.customer_id
