select
    org_unit_id,
    period,
    cost_type,
    amount,
    currency,
    _ended_at as ended_at
from {{ ref('stg_finance__budgets') }}
