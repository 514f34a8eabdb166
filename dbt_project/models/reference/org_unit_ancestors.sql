select
    org_unit_id,
    ancestor_id,
    distance
from {{ ref('bridge_org_unit_ancestor') }}
