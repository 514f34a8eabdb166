select
    counts.family,
    counts.org_unit_id,
    counts.weekday,
    counts.hour,
    counts.period_start,
    counts.period_end,
    counts.employee_count,
    counts.event_count,
    counts.exposure_count,
    counts.exposure_unit,
    rates.rate_per_1000,
    rates.rate_low,
    rates.rate_high,
    rates.shrunk_rate_per_1000,
    rates.shrunk_rate_low,
    rates.shrunk_rate_high,
    rates.other_rate_per_1000 as baseline_rate_per_1000,
    rates.expected_event_count,
    rates.rate_ratio,
    rates.rate_ratio_low,
    rates.rate_ratio_high,
    rates.p_value,
    rates.q_value,
    rates.is_flagged,
    rates.has_enough_data
from {{ ref('slot_counts') }} as counts
inner join {{ source('statistics', 'slot_rates') }} as rates
    on counts.family = rates.family
    and counts.org_unit_id = rates.org_unit_id
    and counts.weekday = rates.weekday
    and counts.hour = rates.hour
