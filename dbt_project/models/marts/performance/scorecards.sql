with

weighted as (
    select
        kpi_values.employee_id,
        kpi_values.month,
        kpi_values.kpi_code,
        kpi_values.value,
        kpi_values.exposure_count,
        kpi_values.score,
        weights.weight_pct
    from {{ ref('kpi_values') }} as kpi_values
    left join {{ ref('kpi_weights') }} as weights
        on kpi_values.job_family = weights.job_family
        and kpi_values.kpi_code = weights.kpi_code
        and {{ in_force('weights', 'kpi_values.month') }}
),

cards as (
    select
        employee_id,
        month,
        {%- for code in ['complaint_rate_pct', 'first_response_seconds', 'satisfaction', 'review_score', 'compliance_score'] %}
        max(case when kpi_code = '{{ code }}' then value end) as {{ code }},
        {%- endfor %}
        sum(case when score is not null then weight_pct end) as scored_weight_pct,
        {#- A sum of floating-point numbers depends on the order of its rows, which nobody fixes. #}
        sum(cast(score * weight_pct as decimal(38, 12))) as weighted_score
    from weighted
    group by employee_id, month
),

ticket_counts as (
    select
        employee_id,
        cast({{ dbt.date_trunc('month', 'opened_at') }} as date) as month,
        count(*) as ticket_count
    from {{ ref('fct_ticket') }}
    where employee_id is not null
    group by 1, 2
)

select
    cards.employee_id,
    cards.month,
    employed.org_unit_id,
    employed.job_family,
    cards.complaint_rate_pct,
    cards.first_response_seconds,
    cards.satisfaction,
    cards.review_score,
    cards.compliance_score,
    cast(coalesce(ticket_counts.ticket_count, 0) as bigint) as ticket_count,
    cast(coalesce(cards.scored_weight_pct, 0) as double) as scored_weight_pct,
    cast(cards.weighted_score as double) / cast(nullif(cards.scored_weight_pct, 0) as double) as overall_score,
    coalesce(cards.scored_weight_pct >= policy.minimum_scored_weight_pct, false) as has_enough_data
from cards
inner join {{ ref('dim_employee_month') }} as employed
    on cards.employee_id = employed.employee_id and cards.month = employed.month
inner join {{ ref('scorecard_policy') }} as policy on {{ in_force('policy', 'cards.month') }}
left join ticket_counts
    on cards.employee_id = ticket_counts.employee_id and cards.month = ticket_counts.month
