select
    rule_id,
    severity,
    points,
    is_enabled,
    is_experimental,
    valid_from,
    valid_to
from {{ ref('rule_setting') }}
