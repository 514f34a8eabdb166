{#- The zone of the nearest unit that names one; trees deeper than this fall back to the group's zone. -#}
{%- set depth = 8 -%}
with

units as (
    select org_unit_id, parent_org_unit_id, timezone
    from {{ ref('stg_hr__org_units') }}
),

unit_zones as (
    select
        level_0.org_unit_id,
        coalesce(
            {%- for level in range(depth) %}
            level_{{ level }}.timezone{{ ',' if not loop.last }}
            {%- endfor %}
        ) as timezone
    from units as level_0
    {%- for level in range(1, depth) %}
    left join units as level_{{ level }} on level_{{ level - 1 }}.parent_org_unit_id = level_{{ level }}.org_unit_id
    {%- endfor %}
)

select
    employees.employee_id,
    coalesce(unit_zones.timezone, group_zone.timezone) as timezone
from {{ ref('stg_hr__employees') }} as employees
cross join {{ ref('stg_hr__group_timezone') }} as group_zone
left join unit_zones on employees.org_unit_id = unit_zones.org_unit_id
