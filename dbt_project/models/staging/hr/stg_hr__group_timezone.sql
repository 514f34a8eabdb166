with

root_units as (
    select
        timezone,
        row_number() over (order by org_unit_id) as position
    from {{ ref('stg_hr__org_units') }}
    where parent_org_unit_id is null and timezone is not null
),

configured as (
    select '{{ var("default_timezone") }}' as timezone
)

select
    1 as group_no,
    coalesce(root_units.timezone, configured.timezone) as timezone
from configured
left join root_units on root_units.position = 1
