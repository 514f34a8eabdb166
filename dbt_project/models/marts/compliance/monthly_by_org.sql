select
    counts.month,
    counts.org_unit_id,
    counts.family,
    counts.violation_count,
    counts.event_count as incident_count,
    counts.points,
    counts.amount_at_risk,
    {{ default_currency() }} as currency,
    counts.unconverted_count,
    counts.exposure_count,
    counts.exposure_unit,
    rates.rate_per_1000,
    rates.rate_low,
    rates.rate_high,
    rates.has_enough_data
from {{ ref('monthly_counts') }} as counts
inner join {{ source('statistics', 'monthly_rates') }} as rates
    on counts.family = rates.family
    and counts.org_unit_id = rates.org_unit_id
    and counts.month = rates.month
