{#-
  CTEs that close a parent relation over 2^steps levels, without recursion (Spark 3.5 has none).
  edges: name of a CTE (node_id, parent_id), one row per node, parent_id null at a root; every parent is a node.
  Yields CTE `<prefix>_closure` (node_id, ancestor_id, distance), every node being its own ancestor at distance 0.
-#}
{% macro tree_closure(edges, prefix, steps=4) -%}
{{ prefix }}_within_0 as (
    select node_id, node_id as ancestor_id, 0 as distance from {{ edges }}
    union all
    select node_id, parent_id as ancestor_id, 1 as distance from {{ edges }} where parent_id is not null and parent_id <> node_id
),
{% for step in range(1, steps + 1) %}
{{ prefix }}_{{ 'closure' if loop.last else 'within_' ~ step }} as (
    select
        lower_part.node_id,
        upper_part.ancestor_id,
        min(lower_part.distance + upper_part.distance) as distance
    from {{ prefix }}_within_{{ step - 1 }} as lower_part
    inner join {{ prefix }}_within_{{ step - 1 }} as upper_part on lower_part.ancestor_id = upper_part.node_id
    group by lower_part.node_id, upper_part.ancestor_id
){{ ',' if not loop.last }}
{% endfor %}
{%- endmacro %}
