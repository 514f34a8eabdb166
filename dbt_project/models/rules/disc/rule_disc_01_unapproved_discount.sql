with

hits as (
    select
        order_line_id as subject_id,
        employee_id,
        org_unit_id,
        ordered_at as occurred_at,
        ordered_at as episode_started_at,
        customer_id,
        (discount_floor - discount_rate) * line_list_amount as amount_at_risk,
        currency,
        incident_key,
        person_review_cause as review_cause,
        discount_rate,
        discount_floor,
        first_off_season_at,
        {{ evidence(['line_evidence', 'grant_evidence', 'request_evidence']) }} as evidence
    from {{ ref('int_discount_line') }}
    where discount_rate < discount_floor and approved_count = 0
)

{{ rule_output('DISC-01', 'hits', has=['customer_id', 'amount_at_risk', 'currency']) }}
