select
    month,
    org_unit_id,
    rule_id,
    family,
    cast(count(distinct incident_id) as bigint) as incident_count,
    cast(sum(case when loss_kind = 'hard_loss' then coalesce(amount, 0) else 0 end) as decimal(18, 2)) as hard_loss_amount,
    cast(
        sum(case when loss_kind = 'amount_at_risk' then coalesce(amount, 0) else 0 end) as decimal(18, 2)
    ) as amount_at_risk,
    currency
from {{ ref('counted_violations') }}
group by month, org_unit_id, rule_id, family, currency
