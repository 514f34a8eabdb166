with

hits as (
    select
        order_line_id as subject_id,
        employee_id,
        org_unit_id,
        ordered_at as occurred_at,
        ordered_at as episode_started_at,
        customer_id,
        (1 - discount_rate) * line_list_amount as amount_at_risk,
        currency,
        incident_key,
        person_review_cause as review_cause,
        discount_rate,
        product_id,
        ordered_at,
        first_off_season_at,
        case
            when season_status = 'off_season' then 'unconfirmed'
            else coalesce(season_status, 'never')
        end as season_state,
        {{ evidence(['line_evidence', 'season_evidence']) }} as evidence
    from {{ ref('int_discount_line') }}
    where
        discount_reason = 'off_season'
        and (season_status is distinct from 'off_season' or not is_season_confirmed)
)

{{ rule_output('DISC-03', 'hits', has=['customer_id', 'amount_at_risk', 'currency']) }}
