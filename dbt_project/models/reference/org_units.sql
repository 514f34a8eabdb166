select
    org_unit_id,
    org_unit_name,
    parent_org_unit_id,
    org_unit_type,
    country_code,
    region,
    timezone,
    branch_id,
    branch_name,
    depth,
    is_group,
    is_listed
from {{ ref('dim_org_unit') }}
