{#- Months without any fact are left out rather than scored or counted as if nothing had gone wrong in them. -#}
{%- set facts = [
    ('stg_crm__orders', 'ordered_at'),
    ('stg_crm__messages', 'sent_at'),
    ('stg_crm__tickets', 'opened_at'),
    ('stg_crm__interactions', 'occurred_at'),
    ('stg_crm__service_errors', 'occurred_at'),
    ('stg_hr__approval_steps', 'acted_at'),
    ('stg_hr__operation_log', 'occurred_at'),
    ('stg_attendance__punches', 'punched_at'),
    ('stg_attendance__daily_results', 'work_date'),
    ('stg_finance__receipts', 'received_at'),
] -%}
{%- set periods = ['stg_finance__payroll', 'stg_hr__reviews'] -%}
with

fact_months as (
    {% for model_name, column in facts -%}
    select cast({{ dbt.date_trunc('month', column) }} as date) as month
    from {{ ref(model_name) }}
    group by 1
    union all
    {% endfor -%}
    {% for model_name in periods -%}
    select {{ period_month('period') }} as month
    from {{ ref(model_name) }}
    group by 1
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

{#- A date mistyped into the future is no month that has happened. -#}
last_delivery as (
    select max(last_delivered_at) as delivered_at
    from {{ ref('dim_dataset') }}
)

select
    fact_months.month,
    cast({{ dbt.dateadd('month', 1, 'fact_months.month') }} as date) as next_month
from fact_months
cross join last_delivery
where last_delivery.delivered_at is null or fact_months.month <= last_delivery.delivered_at
group by fact_months.month
