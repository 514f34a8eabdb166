{#- Units that nobody lists but that people, budgets or other units name are kept, so that no fact loses its place. -#}
with

listed_units as (
    select
        org_unit_id,
        case when parent_org_unit_id <> org_unit_id then parent_org_unit_id end as parent_org_unit_id,
        org_unit_type
    from {{ ref('stg_hr__org_units') }}
),

mentions as (
    select parent_org_unit_id as org_unit_id from listed_units
    union all
    select org_unit_id from {{ ref('stg_hr__employees') }}
    union all
    select org_unit_id from {{ ref('stg_hr__employee_events') }}
    union all
    select org_unit_id from {{ ref('stg_finance__budgets') }}
    union all
    select org_unit_id from {{ ref('stg_finance__expenses') }}
),

unlisted_units as (
    select mentions.org_unit_id
    from mentions
    left join listed_units on mentions.org_unit_id = listed_units.org_unit_id
    where mentions.org_unit_id is not null and listed_units.org_unit_id is null
    group by mentions.org_unit_id
),

named_units as (
    select org_unit_id, parent_org_unit_id, true as is_listed
    from listed_units
    union all
    select org_unit_id, cast(null as {{ dbt.type_string() }}) as parent_org_unit_id, false as is_listed
    from unlisted_units
),

edges as (
    select org_unit_id as node_id, parent_org_unit_id as parent_id
    from named_units
),

{{ tree_closure('edges', 'named') }},

{#- A unit lies on a circle when its own parent lies below it; the circle's smallest id is where it is cut. -#}
circle_members as (
    select edges.node_id
    from edges
    inner join named_closure on edges.parent_id = named_closure.node_id and edges.node_id = named_closure.ancestor_id
),

circle_cuts as (
    select circle_members.node_id
    from circle_members
    inner join named_closure on circle_members.node_id = named_closure.node_id
    group by circle_members.node_id
    having min(named_closure.ancestor_id) = circle_members.node_id
),

{#-
  The top is the only root of type group, or the only root at all unless it is named as a branch or less; otherwise a
  unit of our own stands above all.
-#}
listed_roots as (
    select
        org_unit_id,
        org_unit_type,
        count(*) over () as root_count,
        sum(case when org_unit_type = 'group' then 1 else 0 end) over () as group_count
    from listed_units
    where parent_org_unit_id is null
),

top_units as (
    select coalesce(
        min(
            case
                when group_count = 1 and org_unit_type = 'group' then org_unit_id
                when root_count = 1 and coalesce(org_unit_type, 'company') = 'company' then org_unit_id
            end
        ),
        '(group)'
    ) as org_unit_id
    from listed_roots
)

select
    named_units.org_unit_id,
    case
        when named_units.org_unit_id = top_units.org_unit_id then null
        when circle_cuts.node_id is not null then top_units.org_unit_id
        else coalesce(named_units.parent_org_unit_id, top_units.org_unit_id)
    end as parent_org_unit_id,
    named_units.org_unit_id = top_units.org_unit_id as is_group,
    named_units.is_listed,
    circle_cuts.node_id is not null as is_circle_cut
from named_units
cross join top_units
left join circle_cuts on named_units.org_unit_id = circle_cuts.node_id

union all

select
    top_units.org_unit_id,
    cast(null as {{ dbt.type_string() }}) as parent_org_unit_id,
    true as is_group,
    false as is_listed,
    false as is_circle_cut
from top_units
left join named_units on top_units.org_unit_id = named_units.org_unit_id
where named_units.org_unit_id is null
