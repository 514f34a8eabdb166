{#- An approval of unknown time may have come before the order: a person has to look. -#}
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
        coalesce(
            person_review_cause, case when undated_approval_count > 0 then 'unknown_approval_time' end
        ) as review_cause,
        discount_rate,
        discount_floor,
        ordered_at,
        first_approved_at,
        {{ evidence(['line_evidence', 'grant_evidence', 'request_evidence']) }} as evidence
    from {{ ref('int_discount_line') }}
    where
        discount_rate < discount_floor
        and approved_count > 0
        and (first_approved_at_utc > ordered_at_utc or first_approved_at_utc is null)
)

{{ rule_output('DISC-02', 'hits', has=['customer_id', 'amount_at_risk', 'currency']) }}
