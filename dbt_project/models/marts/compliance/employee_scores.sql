{#-
  Nobody has 100 points in a month that was not watched: a watched month has exposure or, where none was ever delivered,
  incidents.
-#}
with

exposed_months as (
    select month
    from {{ ref('exposure_hourly') }}
    group by month
),

months as (
    select month
    from exposed_months
    union
    select month
    from {{ ref('incidents') }}
    where not exists (select 1 from exposed_months)
),

{#- Several rules on one act: it costs the highest of their points, in the month in which it began. -#}
person_incidents as (
    select
        employee_id,
        incident_id,
        min(month) as month,
        max(points) as points
    from {{ ref('counted_violations') }}
    where employee_id is not null and is_personal
    group by employee_id, incident_id
),

deductions as (
    select
        employee_id,
        month,
        count(*) as incident_count,
        sum(points) as points_deducted
    from person_incidents
    group by employee_id, month
),

refusals as (
    select
        employee_id,
        cast({{ dbt.date_trunc('month', 'occurred_at') }} as date) as month,
        count(*) as refusal_count
    from {{ ref('sig_refusal') }}
    group by 1, 2
),

scored as (
    select
        employed.employee_id,
        employed.month,
        employed.org_unit_id,
        employed.job_family,
        coalesce(deductions.incident_count, 0) as incident_count,
        coalesce(deductions.points_deducted, 0) as points_deducted,
        case
            when score_policy.start_score - coalesce(deductions.points_deducted, 0) < score_policy.minimum_score
                then score_policy.minimum_score
            else score_policy.start_score - coalesce(deductions.points_deducted, 0)
        end as compliance_score,
        coalesce(refusals.refusal_count, 0) as refusal_count,
        score_policy.bonus_line,
        kpi_weights.weight_pct as kpi_weight_pct
    from {{ ref('dim_employee_month') }} as employed
    inner join months on employed.month = months.month
    inner join {{ ref('score_policy') }} as score_policy on {{ in_force('score_policy', 'employed.month') }}
    left join {{ ref('kpi_weights') }} as kpi_weights
        on employed.job_family = kpi_weights.job_family
        and kpi_weights.kpi_code = 'compliance_score'
        and {{ in_force('kpi_weights', 'employed.month') }}
    left join deductions
        on employed.employee_id = deductions.employee_id and employed.month = deductions.month
    left join refusals
        on employed.employee_id = refusals.employee_id and employed.month = refusals.month
)

select
    employee_id,
    month,
    org_unit_id,
    job_family,
    cast(incident_count as bigint) as incident_count,
    cast(points_deducted as decimal(18, 2)) as points_deducted,
    cast(compliance_score as decimal(6, 2)) as compliance_score,
    cast(refusal_count as bigint) as refusal_count,
    cast(kpi_weight_pct as decimal(6, 2)) as kpi_weight_pct,
    compliance_score >= bonus_line as is_bonus_earned
from scored
