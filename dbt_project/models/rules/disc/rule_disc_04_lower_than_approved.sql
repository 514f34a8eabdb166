with

hits as (
    select
        discount_line.order_line_id as subject_id,
        discount_line.employee_id,
        discount_line.org_unit_id,
        discount_line.ordered_at as occurred_at,
        discount_line.ordered_at as episode_started_at,
        discount_line.customer_id,
        (discount_line.granted_value - discount_line.discount_rate) * discount_line.line_list_amount as amount_at_risk,
        discount_line.currency,
        discount_line.incident_key,
        coalesce(
            discount_line.person_review_cause,
            case when discount_line.unvalued_approval_count > 0 then 'unknown_approved_value' end
        ) as review_cause,
        discount_line.discount_rate,
        discount_line.granted_value,
        {{ evidence(['discount_line.line_evidence', 'discount_line.request_evidence']) }} as evidence
    from {{ ref('int_discount_line') }} as discount_line
    {{ threshold_join(
        'tolerance', 'DISC-04', 'tolerance', 'discount_line.ordered_at', 'discount_line.org_unit_id',
        'discount_line.job_family'
    ) }}
    where
        discount_line.approved_count > 0
        and (
            discount_line.discount_rate < discount_line.granted_value - tolerance.value
            or (discount_line.granted_value is null and discount_line.discount_rate < discount_line.discount_floor)
        )
)

{{ rule_output('DISC-04', 'hits', has=['customer_id', 'amount_at_risk', 'currency']) }}
