with

lines as (
    select
        order_line.order_line_id,
        order_line.order_id,
        order_line.product_id,
        order_line.quantity,
        order_line.list_price,
        order_line.line_list_amount,
        order_line.discount_rate,
        order_line.discount_reason,
        order_line.currency,
        order_line.customer_id,
        order_line.employee_id,
        order_line.is_employee_identified,
        order_line.org_unit_id,
        order_line.job_family,
        order_line.ordered_at,
        order_line.ordered_at_utc,
        coalesce(order_line.role_floor, default_floor.value) as discount_floor
    from {{ ref('fct_order_line') }} as order_line
    {{ threshold_join(
        'default_floor', 'DISC-01', 'default_floor', 'order_line.ordered_at', 'order_line.org_unit_id',
        'order_line.job_family'
    ) }}
    where order_line.discount_rate < 1 or order_line.discount_reason is not null
),

requests as (
    select
        subject_id as order_id,
        sum(case when status = 'approved' then 1 else 0 end) as approved_count,
        sum(case when status = 'approved' and approved_at_utc is null then 1 else 0 end) as undated_approval_count,
        min(case when status = 'approved' then approved_at_utc end) as first_approved_at_utc,
        min(case when status = 'approved' then approved_at end) as first_approved_at,
        min(granted_value) as granted_value,
        sum(case when status = 'approved' and granted_value is null then 1 else 0 end) as unvalued_approval_count,
        min(case when reason_code = 'off_season' then reason_code end) as off_season_reason,
        {{ evidence_entries('request', 'approval_requests', 'record_key') }} as request_evidence
    from {{ ref('fct_approval_request') }}
    where process_type = 'discount' and subject_type = 'order'
    group by subject_id
),

grants as (
    select
        lines.order_line_id,
        {{ evidence_entries('role_held', 'permission_grants', 'roles.record_key') }} as grant_evidence
    from lines
    inner join {{ ref('dim_role_history') }} as roles
        on lines.employee_id = roles.employee_id
        and lines.ordered_at_utc >= roles.valid_from_utc
        and (lines.ordered_at_utc < roles.valid_to_utc or roles.valid_to_utc is null)
    where lines.discount_rate < lines.discount_floor
    group by lines.order_line_id
),

season_marks as (
    select
        product_id,
        min(case when status = 'off_season' and confirmed_at is not null then valid_from end) as first_off_season_at
    from {{ ref('dim_product_season_history') }}
    group by product_id
)

select
    lines.order_line_id,
    lines.order_id,
    lines.product_id,
    lines.quantity,
    lines.list_price,
    lines.line_list_amount,
    lines.discount_rate,
    coalesce(
        lines.discount_reason, case when lines.discount_rate < 1 then requests.off_season_reason end
    ) as discount_reason,
    lines.currency,
    lines.customer_id,
    lines.employee_id,
    lines.org_unit_id,
    lines.job_family,
    lines.ordered_at,
    lines.ordered_at_utc,
    'order/' || lines.order_id as incident_key,
    case when not lines.is_employee_identified then 'unidentified_employee' end as person_review_cause,
    lines.discount_floor,
    coalesce(requests.approved_count, 0) as approved_count,
    coalesce(requests.undated_approval_count, 0) as undated_approval_count,
    requests.first_approved_at_utc,
    requests.first_approved_at,
    requests.granted_value,
    coalesce(requests.unvalued_approval_count, 0) as unvalued_approval_count,
    season.status as season_status,
    coalesce(season.confirmed_at_utc <= lines.ordered_at_utc, false) as is_season_confirmed,
    {{ evidence_entry('season_status', 'product_season_status', 'season.record_key') }} as season_evidence,
    season_marks.first_off_season_at,
    grants.grant_evidence,
    requests.request_evidence,
    {{ evidence([
        evidence_entry('order_line', 'order_lines', 'lines.order_line_id'),
        evidence_entry('order', 'orders', 'lines.order_id'),
    ]) }} as line_evidence
from lines
left join requests on lines.order_id = requests.order_id
left join grants on lines.order_line_id = grants.order_line_id
left join season_marks on lines.product_id = season_marks.product_id
left join {{ ref('dim_product_season_history') }} as season
    on lines.product_id = season.product_id
    and lines.ordered_at_utc >= season.valid_from_utc
    and (lines.ordered_at_utc < season.valid_to_utc or season.valid_to_utc is null)
