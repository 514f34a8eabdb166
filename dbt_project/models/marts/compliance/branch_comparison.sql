select
    counts.family,
    counts.org_unit_id,
    counts.period_start,
    counts.period_end,
    counts.event_count,
    counts.exposure_count,
    counts.exposure_unit,
    rates.rate_per_1000,
    rates.rate_low,
    rates.rate_high,
    rates.shrunk_rate_per_1000,
    rates.shrunk_rate_low,
    rates.shrunk_rate_high,
    counts.other_event_count,
    counts.other_exposure_count,
    rates.other_rate_per_1000,
    rates.expected_event_count,
    rates.rate_ratio,
    rates.rate_ratio_low,
    rates.rate_ratio_high,
    rates.p_value,
    rates.q_value,
    rates.is_flagged,
    rates.has_enough_data
from {{ ref('branch_counts') }} as counts
inner join {{ source('statistics', 'branch_rates') }} as rates
    on counts.family = rates.family
    and counts.org_unit_id = rates.org_unit_id
