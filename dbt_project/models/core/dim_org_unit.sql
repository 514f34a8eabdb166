with

units as (
    select
        tree.org_unit_id,
        tree.parent_org_unit_id,
        tree.is_group,
        tree.is_listed,
        delivered.org_unit_name,
        delivered.org_unit_type,
        delivered.country_code,
        delivered.region,
        delivered.timezone,
        delivered.latitude,
        delivered.longitude,
        delivered._ended_at as ended_at,
        delivered.org_unit_id as record_key,
        delivered._source_file as source_file,
        delivered._source_row as source_row,
        delivered._row_hash as row_hash
    from {{ ref('int_org_unit_parent') }} as tree
    left join {{ ref('stg_hr__org_units') }} as delivered on tree.org_unit_id = delivered.org_unit_id
),

ancestry as (
    select
        bridge.org_unit_id,
        bridge.ancestor_id,
        bridge.distance,
        units.is_group,
        units.org_unit_type,
        units.org_unit_name,
        units.country_code,
        units.timezone
    from {{ ref('bridge_org_unit_ancestor') }} as bridge
    inner join units on bridge.ancestor_id = units.org_unit_id
),

{#- Ancestors lie at different distances, so the smallest one that has the attribute is one row. -#}
nearest as (
    select
        org_unit_id,
        max(case when is_group then distance end) as depth,
        min(case when org_unit_type = 'branch' then distance end) as branch_distance,
        min(case when country_code is not null then distance end) as country_distance,
        min(case when timezone is not null then distance end) as timezone_distance
    from ancestry
    group by org_unit_id
)

select
    units.org_unit_id,
    coalesce(units.org_unit_name, case when units.is_group then '集团 Group' else units.org_unit_id end) as org_unit_name,
    units.parent_org_unit_id,
    case when units.is_group then coalesce(units.org_unit_type, 'group') else units.org_unit_type end as org_unit_type,
    country.country_code,
    units.region,
    coalesce(zone.timezone, group_zone.timezone) as timezone,
    units.latitude,
    units.longitude,
    branch.ancestor_id as branch_id,
    case when branch.ancestor_id is not null then coalesce(branch.org_unit_name, branch.ancestor_id) end as branch_name,
    nearest.depth,
    units.is_group,
    units.is_listed,
    units.ended_at,
    units.record_key,
    units.source_file,
    units.source_row,
    units.row_hash
from units
inner join nearest on units.org_unit_id = nearest.org_unit_id
cross join {{ ref('stg_hr__group_timezone') }} as group_zone
left join ancestry as branch
    on nearest.org_unit_id = branch.org_unit_id and nearest.branch_distance = branch.distance
left join ancestry as country
    on nearest.org_unit_id = country.org_unit_id and nearest.country_distance = country.distance
left join ancestry as zone
    on nearest.org_unit_id = zone.org_unit_id and nearest.timezone_distance = zone.distance
