select
    trend.family,
    trend.org_unit_id,
    trend.block_no,
    trend.period_start,
    trend.week_count,
    trend.event_count,
    trend.exposure_count,
    trend.rate_per_1000,
    trend.rate_low,
    trend.rate_high,
    trend.other_event_count,
    trend.other_exposure_count,
    trend.other_rate_per_1000
from {{ source('statistics', 'week_block_trend') }} as trend
