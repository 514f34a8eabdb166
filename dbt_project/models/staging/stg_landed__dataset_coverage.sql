{#- Rendered from the contract by `hufu contract render`; edit the contract instead. -#}
with

stamps as (
    select
        batches.delivered_at,
        {{ local_time('batches.delivered_at', 0, 'group_zone.timezone') }} as delivered_local
    from {{ source('landed', 'batches') }} as batches
    cross join {{ ref('stg_hr__group_timezone') }} as group_zone
    where batches.is_active
    group by batches.delivered_at, group_zone.timezone
),

deliveries as (
    select dataset, max(delivered_at) as last_delivered_at
    from {{ source('landed', 'batches') }}
    where is_active
    group by dataset
),

coverage as (
    select 'attendance' as system, 'schedules' as dataset, cast(null as timestamp) as first_event_at, cast(null as timestamp) as last_event_at
    union all
    select 'attendance' as system, 'punches' as dataset,
        min(cast(punched_at as timestamp)) as first_event_at,
        max(case when cast(punched_at as timestamp) <= stamps.delivered_local then cast(punched_at as timestamp) end) as last_event_at
    from {{ ref('stg_attendance__punches') }} as facts
    inner join stamps on facts._delivered_at = stamps.delivered_at
    union all
    select 'attendance' as system, 'daily_results' as dataset,
        min(cast(work_date as timestamp)) as first_event_at,
        max(case when cast(work_date as timestamp) <= stamps.delivered_local then cast(work_date as timestamp) end) as last_event_at
    from {{ ref('stg_attendance__daily_results') }} as facts
    inner join stamps on facts._delivered_at = stamps.delivered_at
    union all
    select 'attendance' as system, 'work_plans' as dataset, cast(null as timestamp) as first_event_at, cast(null as timestamp) as last_event_at
    union all
    select 'attendance' as system, 'work_summaries' as dataset,
        min(cast(claimed_start as timestamp)) as first_event_at,
        max(case when cast(claimed_start as timestamp) <= stamps.delivered_local then cast(claimed_start as timestamp) end) as last_event_at
    from {{ ref('stg_attendance__work_summaries') }} as facts
    inner join stamps on facts._delivered_at = stamps.delivered_at
    union all
    select 'attendance' as system, 'leaves' as dataset, cast(null as timestamp) as first_event_at, cast(null as timestamp) as last_event_at
    union all
    select 'crm' as system, 'customers' as dataset,
        min(cast(created_at as timestamp)) as first_event_at,
        max(case when cast(created_at as timestamp) <= stamps.delivered_local then cast(created_at as timestamp) end) as last_event_at
    from {{ ref('stg_crm__customers') }} as facts
    inner join stamps on facts._delivered_at = stamps.delivered_at
    union all
    select 'crm' as system, 'customer_ownership' as dataset,
        min(cast(valid_from as timestamp)) as first_event_at,
        max(case when cast(valid_from as timestamp) <= stamps.delivered_local then cast(valid_from as timestamp) end) as last_event_at
    from {{ ref('stg_crm__customer_ownership') }} as facts
    inner join stamps on facts._delivered_at = stamps.delivered_at
    union all
    select 'crm' as system, 'customer_changes' as dataset,
        min(cast(changed_at as timestamp)) as first_event_at,
        max(case when cast(changed_at as timestamp) <= stamps.delivered_local then cast(changed_at as timestamp) end) as last_event_at
    from {{ ref('stg_crm__customer_changes') }} as facts
    inner join stamps on facts._delivered_at = stamps.delivered_at
    union all
    select 'crm' as system, 'opportunities' as dataset,
        min(cast(opened_at as timestamp)) as first_event_at,
        max(case when cast(opened_at as timestamp) <= stamps.delivered_local then cast(opened_at as timestamp) end) as last_event_at
    from {{ ref('stg_crm__opportunities') }} as facts
    inner join stamps on facts._delivered_at = stamps.delivered_at
    union all
    select 'crm' as system, 'interactions' as dataset,
        min(cast(occurred_at as timestamp)) as first_event_at,
        max(case when cast(occurred_at as timestamp) <= stamps.delivered_local then cast(occurred_at as timestamp) end) as last_event_at
    from {{ ref('stg_crm__interactions') }} as facts
    inner join stamps on facts._delivered_at = stamps.delivered_at
    union all
    select 'crm' as system, 'quotes' as dataset,
        min(cast(quoted_at as timestamp)) as first_event_at,
        max(case when cast(quoted_at as timestamp) <= stamps.delivered_local then cast(quoted_at as timestamp) end) as last_event_at
    from {{ ref('stg_crm__quotes') }} as facts
    inner join stamps on facts._delivered_at = stamps.delivered_at
    union all
    select 'crm' as system, 'contracts' as dataset,
        min(cast(signed_at as timestamp)) as first_event_at,
        max(case when cast(signed_at as timestamp) <= stamps.delivered_local then cast(signed_at as timestamp) end) as last_event_at
    from {{ ref('stg_crm__contracts') }} as facts
    inner join stamps on facts._delivered_at = stamps.delivered_at
    union all
    select 'crm' as system, 'orders' as dataset,
        min(cast(ordered_at as timestamp)) as first_event_at,
        max(case when cast(ordered_at as timestamp) <= stamps.delivered_local then cast(ordered_at as timestamp) end) as last_event_at
    from {{ ref('stg_crm__orders') }} as facts
    inner join stamps on facts._delivered_at = stamps.delivered_at
    union all
    select 'crm' as system, 'order_lines' as dataset, cast(null as timestamp) as first_event_at, cast(null as timestamp) as last_event_at
    union all
    select 'crm' as system, 'products' as dataset, cast(null as timestamp) as first_event_at, cast(null as timestamp) as last_event_at
    union all
    select 'crm' as system, 'product_season_status' as dataset,
        min(cast(effective_from as timestamp)) as first_event_at,
        max(case when cast(effective_from as timestamp) <= stamps.delivered_local then cast(effective_from as timestamp) end) as last_event_at
    from {{ ref('stg_crm__product_season_status') }} as facts
    inner join stamps on facts._delivered_at = stamps.delivered_at
    union all
    select 'crm' as system, 'inventory' as dataset,
        min(cast(as_of as timestamp)) as first_event_at,
        max(case when cast(as_of as timestamp) <= stamps.delivered_local then cast(as_of as timestamp) end) as last_event_at
    from {{ ref('stg_crm__inventory') }} as facts
    inner join stamps on facts._delivered_at = stamps.delivered_at
    union all
    select 'crm' as system, 'messages' as dataset,
        min(cast(sent_at as timestamp)) as first_event_at,
        max(case when cast(sent_at as timestamp) <= stamps.delivered_local then cast(sent_at as timestamp) end) as last_event_at
    from {{ ref('stg_crm__messages') }} as facts
    inner join stamps on facts._delivered_at = stamps.delivered_at
    union all
    select 'crm' as system, 'tickets' as dataset,
        min(cast(opened_at as timestamp)) as first_event_at,
        max(case when cast(opened_at as timestamp) <= stamps.delivered_local then cast(opened_at as timestamp) end) as last_event_at
    from {{ ref('stg_crm__tickets') }} as facts
    inner join stamps on facts._delivered_at = stamps.delivered_at
    union all
    select 'crm' as system, 'service_errors' as dataset,
        min(cast(occurred_at as timestamp)) as first_event_at,
        max(case when cast(occurred_at as timestamp) <= stamps.delivered_local then cast(occurred_at as timestamp) end) as last_event_at
    from {{ ref('stg_crm__service_errors') }} as facts
    inner join stamps on facts._delivered_at = stamps.delivered_at
    union all
    select 'crm' as system, 'knowledge_articles' as dataset,
        min(cast(updated_at as timestamp)) as first_event_at,
        max(case when cast(updated_at as timestamp) <= stamps.delivered_local then cast(updated_at as timestamp) end) as last_event_at
    from {{ ref('stg_crm__knowledge_articles') }} as facts
    inner join stamps on facts._delivered_at = stamps.delivered_at
    union all
    select 'crm' as system, 'knowledge_access' as dataset,
        min(cast(accessed_at as timestamp)) as first_event_at,
        max(case when cast(accessed_at as timestamp) <= stamps.delivered_local then cast(accessed_at as timestamp) end) as last_event_at
    from {{ ref('stg_crm__knowledge_access') }} as facts
    inner join stamps on facts._delivered_at = stamps.delivered_at
    union all
    select 'finance' as system, 'receipts' as dataset,
        min(cast(received_at as timestamp)) as first_event_at,
        max(case when cast(received_at as timestamp) <= stamps.delivered_local then cast(received_at as timestamp) end) as last_event_at
    from {{ ref('stg_finance__receipts') }} as facts
    inner join stamps on facts._delivered_at = stamps.delivered_at
    union all
    select 'finance' as system, 'invoices' as dataset,
        min(cast(issued_at as timestamp)) as first_event_at,
        max(case when cast(issued_at as timestamp) <= stamps.delivered_local then cast(issued_at as timestamp) end) as last_event_at
    from {{ ref('stg_finance__invoices') }} as facts
    inner join stamps on facts._delivered_at = stamps.delivered_at
    union all
    select 'finance' as system, 'payroll' as dataset,
        min(cast(concat(period, '-01') as timestamp)) as first_event_at,
        max(case when cast(concat(period, '-01') as timestamp) <= stamps.delivered_local then cast(concat(period, '-01') as timestamp) end) as last_event_at
    from {{ ref('stg_finance__payroll') }} as facts
    inner join stamps on facts._delivered_at = stamps.delivered_at
    union all
    select 'finance' as system, 'payroll_deductions' as dataset, cast(null as timestamp) as first_event_at, cast(null as timestamp) as last_event_at
    union all
    select 'finance' as system, 'budgets' as dataset, cast(null as timestamp) as first_event_at, cast(null as timestamp) as last_event_at
    union all
    select 'finance' as system, 'expenses' as dataset,
        min(cast(incurred_at as timestamp)) as first_event_at,
        max(case when cast(incurred_at as timestamp) <= stamps.delivered_local then cast(incurred_at as timestamp) end) as last_event_at
    from {{ ref('stg_finance__expenses') }} as facts
    inner join stamps on facts._delivered_at = stamps.delivered_at
    union all
    select 'finance' as system, 'journal_entries' as dataset,
        min(cast(posted_date as timestamp)) as first_event_at,
        max(case when cast(posted_date as timestamp) <= stamps.delivered_local then cast(posted_date as timestamp) end) as last_event_at
    from {{ ref('stg_finance__journal_entries') }} as facts
    inner join stamps on facts._delivered_at = stamps.delivered_at
    union all
    select 'finance' as system, 'account_balances' as dataset, cast(null as timestamp) as first_event_at, cast(null as timestamp) as last_event_at
    union all
    select 'finance' as system, 'exchange_rates' as dataset, cast(null as timestamp) as first_event_at, cast(null as timestamp) as last_event_at
    union all
    select 'hr' as system, 'org_units' as dataset, cast(null as timestamp) as first_event_at, cast(null as timestamp) as last_event_at
    union all
    select 'hr' as system, 'positions' as dataset, cast(null as timestamp) as first_event_at, cast(null as timestamp) as last_event_at
    union all
    select 'hr' as system, 'employees' as dataset, cast(null as timestamp) as first_event_at, cast(null as timestamp) as last_event_at
    union all
    select 'hr' as system, 'identities' as dataset, cast(null as timestamp) as first_event_at, cast(null as timestamp) as last_event_at
    union all
    select 'hr' as system, 'employee_events' as dataset,
        min(cast(effective_date as timestamp)) as first_event_at,
        max(case when cast(effective_date as timestamp) <= stamps.delivered_local then cast(effective_date as timestamp) end) as last_event_at
    from {{ ref('stg_hr__employee_events') }} as facts
    inner join stamps on facts._delivered_at = stamps.delivered_at
    union all
    select 'hr' as system, 'employment_contracts' as dataset, cast(null as timestamp) as first_event_at, cast(null as timestamp) as last_event_at
    union all
    select 'hr' as system, 'training_records' as dataset,
        min(cast(assigned_at as timestamp)) as first_event_at,
        max(case when cast(assigned_at as timestamp) <= stamps.delivered_local then cast(assigned_at as timestamp) end) as last_event_at
    from {{ ref('stg_hr__training_records') }} as facts
    inner join stamps on facts._delivered_at = stamps.delivered_at
    union all
    select 'hr' as system, 'reviews' as dataset,
        min(cast(concat(period, '-01') as timestamp)) as first_event_at,
        max(case when cast(concat(period, '-01') as timestamp) <= stamps.delivered_local then cast(concat(period, '-01') as timestamp) end) as last_event_at
    from {{ ref('stg_hr__reviews') }} as facts
    inner join stamps on facts._delivered_at = stamps.delivered_at
    union all
    select 'hr' as system, 'surveys' as dataset,
        min(cast(answered_at as timestamp)) as first_event_at,
        max(case when cast(answered_at as timestamp) <= stamps.delivered_local then cast(answered_at as timestamp) end) as last_event_at
    from {{ ref('stg_hr__surveys') }} as facts
    inner join stamps on facts._delivered_at = stamps.delivered_at
    union all
    select 'hr' as system, 'cases' as dataset,
        min(cast(reported_at as timestamp)) as first_event_at,
        max(case when cast(reported_at as timestamp) <= stamps.delivered_local then cast(reported_at as timestamp) end) as last_event_at
    from {{ ref('stg_hr__cases') }} as facts
    inner join stamps on facts._delivered_at = stamps.delivered_at
    union all
    select 'hr' as system, 'appeals' as dataset,
        min(cast(filed_at as timestamp)) as first_event_at,
        max(case when cast(filed_at as timestamp) <= stamps.delivered_local then cast(filed_at as timestamp) end) as last_event_at
    from {{ ref('stg_hr__appeals') }} as facts
    inner join stamps on facts._delivered_at = stamps.delivered_at
    union all
    select 'hr' as system, 'approval_requests' as dataset,
        min(cast(submitted_at as timestamp)) as first_event_at,
        max(case when cast(submitted_at as timestamp) <= stamps.delivered_local then cast(submitted_at as timestamp) end) as last_event_at
    from {{ ref('stg_hr__approval_requests') }} as facts
    inner join stamps on facts._delivered_at = stamps.delivered_at
    union all
    select 'hr' as system, 'approval_steps' as dataset,
        min(cast(acted_at as timestamp)) as first_event_at,
        max(case when cast(acted_at as timestamp) <= stamps.delivered_local then cast(acted_at as timestamp) end) as last_event_at
    from {{ ref('stg_hr__approval_steps') }} as facts
    inner join stamps on facts._delivered_at = stamps.delivered_at
    union all
    select 'hr' as system, 'permission_grants' as dataset,
        min(cast(granted_at as timestamp)) as first_event_at,
        max(case when cast(granted_at as timestamp) <= stamps.delivered_local then cast(granted_at as timestamp) end) as last_event_at
    from {{ ref('stg_hr__permission_grants') }} as facts
    inner join stamps on facts._delivered_at = stamps.delivered_at
    union all
    select 'hr' as system, 'operation_log' as dataset,
        min(cast(occurred_at as timestamp)) as first_event_at,
        max(case when cast(occurred_at as timestamp) <= stamps.delivered_local then cast(occurred_at as timestamp) end) as last_event_at
    from {{ ref('stg_hr__operation_log') }} as facts
    inner join stamps on facts._delivered_at = stamps.delivered_at
)

select coverage.dataset, coverage.system, deliveries.last_delivered_at, coverage.first_event_at, coverage.last_event_at
from coverage
left join deliveries on coverage.dataset = deliveries.dataset
