with

windows as (
    {{ windows_of('slot') }}
)

select
    blocks.family,
    blocks.org_unit_id,
    blocks.block_no,
    blocks.block_role,
    blocks.scan_state,
    windows.period_start,
    windows.period_end,
    windows.exposure_unit,
    blocks.scanned_event_count,
    blocks.scanned_exposure_count,
    blocks.unexposed_event_count,
    blocks.dispersion,
    blocks.near_equal_count,
    blocks.weekday_first,
    blocks.weekday_count,
    blocks.hour_first,
    blocks.hour_count,
    blocks.event_count,
    blocks.expected_event_count,
    blocks.exposure_count,
    blocks.rate_ratio,
    blocks.rate_ratio_low,
    blocks.rate_ratio_high,
    blocks.log_likelihood_ratio,
    blocks.p_value,
    blocks.replicate_count,
    blocks.q_value,
    blocks.is_flagged
from {{ source('statistics', 'week_blocks') }} as blocks
inner join windows on blocks.family = windows.family
