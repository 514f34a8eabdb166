with

edges as (
    select org_unit_id as node_id, parent_org_unit_id as parent_id
    from {{ ref('int_org_unit_parent') }}
),

{{ tree_closure('edges', 'unit') }},

group_unit as (
    select org_unit_id
    from {{ ref('int_org_unit_parent') }}
    where is_group
),

{#- Deeper than the closure reaches, the group still counts what happens there. -#}
too_deep as (
    select
        edges.node_id,
        group_unit.org_unit_id as ancestor_id,
        17 as distance
    from edges
    cross join group_unit
    left join unit_closure on edges.node_id = unit_closure.node_id and group_unit.org_unit_id = unit_closure.ancestor_id
    where unit_closure.node_id is null
)

select node_id as org_unit_id, ancestor_id, cast(distance as integer) as distance from unit_closure
union all
select node_id as org_unit_id, ancestor_id, cast(distance as integer) as distance from too_deep
