{#- Twelve watched months up to the last one: who joined within them has not shown it for long enough yet. -#}
with

last_months as (
    select
        max(month) as month,
        cast({{ dbt.dateadd('month', '-11', 'max(month)') }} as date) as first_month
    from {{ ref('employee_scores') }}
),

histories as (
    select
        scores.employee_id,
        count(*) as month_count,
        sum(scores.incident_count) as incident_count,
        sum(scores.refusal_count) as refusal_count,
        max(case when scores.month = last_months.month then scores.org_unit_id end) as org_unit_id,
        max(case when scores.month = last_months.month then scores.job_family end) as job_family
    from {{ ref('employee_scores') }} as scores
    inner join last_months on scores.month >= last_months.first_month
    group by scores.employee_id
)

select
    histories.employee_id,
    last_months.month as as_of_month,
    histories.org_unit_id,
    histories.job_family,
    cast(histories.refusal_count as bigint) as refusal_count
from histories
cross join last_months
where
    histories.incident_count = 0
    and histories.org_unit_id is not null
    and histories.month_count = 12
