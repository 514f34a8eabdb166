select
    counts.process_type,
    counts.org_unit_id,
    counts.step_type,
    coalesce(names.name_zh, counts.step_type) as step_name_zh,
    coalesce(names.name_en, counts.step_type) as step_name_en,
    counts.step_order,
    counts.period_start,
    counts.period_end,
    counts.employee_count,
    counts.required_count,
    counts.skipped_count,
    shares.skipped_share,
    shares.skipped_low,
    shares.skipped_high,
    shares.has_enough_requests,
    counts.decision_count,
    counts.hasty_count,
    shares.hasty_share,
    shares.hasty_low,
    shares.hasty_high,
    shares.has_enough_decisions,
    counts.median_waiting_minutes,
    counts.waiting_minutes_p90
from {{ ref('stage_counts') }} as counts
inner join {{ source('statistics', 'stage_shares') }} as shares
    on counts.process_type = shares.process_type
    and counts.org_unit_id = shares.org_unit_id
    and counts.step_type = shares.step_type
left join {{ ref('approval_step_types') }} as names on counts.step_type = names.step_type
