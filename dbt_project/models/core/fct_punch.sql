with

{{ wgs84_points(ref('stg_attendance__punches'), 'punch_id') }},

placed as (
    {{ located_fact(
        'stg_attendance__punches',
        keys=['punch_id'],
        person='employee_id',
        moment='punched_at',
        columns=['punch_id', 'employee_id', 'punched_at', 'direction', 'latitude', 'longitude', 'coordinate_system',
            'accuracy_m', 'place_name', 'method'],
        instants=['punched_at']
    ) | indent(4) }}
)

select
    placed.punch_id,
    placed.employee_id,
    placed.is_employee_identified,
    placed.org_unit_id,
    placed.branch_id,
    placed.job_family,
    placed.punched_at,
    placed.punched_at_utc,
    placed.direction,
    {#- In WGS84; null where the coordinate system is one that nobody can convert. -#}
    case
        when coalesce(placed.coordinate_system, 'WGS84') = 'WGS84' then cast(placed.latitude as double)
        else wgs84_points.latitude
    end as latitude,
    case
        when coalesce(placed.coordinate_system, 'WGS84') = 'WGS84' then cast(placed.longitude as double)
        else wgs84_points.longitude
    end as longitude,
    placed.accuracy_m,
    placed.place_name,
    placed.method,
    placed.record_key,
    placed.source_file,
    placed.source_row,
    placed.row_hash
from placed
left join wgs84_points on placed.punch_id = wgs84_points.punch_id
