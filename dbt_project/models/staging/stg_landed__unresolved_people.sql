{#- Rendered from the contract by `hufu contract render`; edit the contract instead. -#}
with

uses as (
    {{ uses_of_unknown_people('stg_attendance__schedules', 'schedules', 'employee_id', 'day', 'shift_date') }}
    union all
    {{ uses_of_unknown_people('stg_attendance__punches', 'punches', 'employee_id', 'moment', 'punched_at') }}
    union all
    {{ uses_of_unknown_people('stg_attendance__daily_results', 'daily_results', 'employee_id', 'day', 'work_date') }}
    union all
    {{ uses_of_unknown_people('stg_attendance__work_plans', 'work_plans', 'employee_id', 'moment', 'planned_start') }}
    union all
    {{ uses_of_unknown_people('stg_attendance__work_summaries', 'work_summaries', 'employee_id', 'moment', 'claimed_start') }}
    union all
    {{ uses_of_unknown_people('stg_attendance__leaves', 'leaves', 'employee_id', 'moment', 'starts_at') }}
    union all
    {{ uses_of_unknown_people('stg_crm__customers', 'customers', 'owner_id', 'delivery', 'created_at') }}
    union all
    {{ uses_of_unknown_people('stg_crm__customer_ownership', 'customer_ownership', 'employee_id', 'moment', 'valid_from') }}
    union all
    {{ uses_of_unknown_people('stg_crm__customer_changes', 'customer_changes', 'changed_by', 'moment', 'changed_at') }}
    union all
    {{ uses_of_unknown_people('stg_crm__opportunities', 'opportunities', 'employee_id', 'moment', 'opened_at') }}
    union all
    {{ uses_of_unknown_people('stg_crm__interactions', 'interactions', 'employee_id', 'moment', 'occurred_at') }}
    union all
    {{ uses_of_unknown_people('stg_crm__quotes', 'quotes', 'employee_id', 'moment', 'quoted_at') }}
    union all
    {{ uses_of_unknown_people('stg_crm__contracts', 'contracts', 'employee_id', 'moment', 'signed_at') }}
    union all
    {{ uses_of_unknown_people('stg_crm__orders', 'orders', 'employee_id', 'moment', 'ordered_at') }}
    union all
    {{ uses_of_unknown_people('stg_crm__product_season_status', 'product_season_status', 'confirmed_by', 'moment', 'effective_from') }}
    union all
    {{ uses_of_unknown_people('stg_crm__messages', 'messages', 'employee_id', 'moment', 'sent_at') }}
    union all
    {{ uses_of_unknown_people('stg_crm__tickets', 'tickets', 'employee_id', 'moment', 'opened_at') }}
    union all
    {{ uses_of_unknown_people('stg_crm__service_errors', 'service_errors', 'employee_id', 'moment', 'occurred_at') }}
    union all
    {{ uses_of_unknown_people('stg_crm__knowledge_access', 'knowledge_access', 'employee_id', 'moment', 'accessed_at') }}
    union all
    {{ uses_of_unknown_people('stg_finance__receipts', 'receipts', 'payee_employee_id', 'moment', 'received_at') }}
    union all
    {{ uses_of_unknown_people('stg_finance__payroll', 'payroll', 'employee_id', 'month', 'period') }}
    union all
    {{ uses_of_unknown_people('stg_finance__payroll_deductions', 'payroll_deductions', 'employee_id', 'delivery', none) }}
    union all
    {{ uses_of_unknown_people('stg_finance__expenses', 'expenses', 'employee_id', 'moment', 'incurred_at') }}
    union all
    {{ uses_of_unknown_people('stg_finance__journal_entries', 'journal_entries', 'employee_id', 'day', 'posted_date') }}
    union all
    {{ uses_of_unknown_people('stg_hr__employees', 'employees', 'manager_id', 'delivery', none) }}
    union all
    {{ uses_of_unknown_people('stg_hr__employee_events', 'employee_events', 'employee_id', 'day', 'effective_date') }}
    union all
    {{ uses_of_unknown_people('stg_hr__employee_events', 'employee_events', 'manager_id', 'day', 'effective_date') }}
    union all
    {{ uses_of_unknown_people('stg_hr__employment_contracts', 'employment_contracts', 'employee_id', 'delivery', none) }}
    union all
    {{ uses_of_unknown_people('stg_hr__training_records', 'training_records', 'employee_id', 'moment', 'assigned_at') }}
    union all
    {{ uses_of_unknown_people('stg_hr__reviews', 'reviews', 'employee_id', 'month', 'period') }}
    union all
    {{ uses_of_unknown_people('stg_hr__reviews', 'reviews', 'reviewer_id', 'month', 'period', "facts.reviewer_type in ('peer', 'supervisor')") }}
    union all
    {{ uses_of_unknown_people('stg_hr__surveys', 'surveys', 'employee_id', 'moment', 'answered_at') }}
    union all
    {{ uses_of_unknown_people('stg_hr__cases', 'cases', 'employee_id', 'moment', 'reported_at') }}
    union all
    {{ uses_of_unknown_people('stg_hr__cases', 'cases', 'handler_id', 'moment', 'reported_at') }}
    union all
    {{ uses_of_unknown_people('stg_hr__approval_requests', 'approval_requests', 'applicant_id', 'moment', 'submitted_at') }}
    union all
    {{ uses_of_unknown_people('stg_hr__approval_steps', 'approval_steps', 'approver_id', 'moment', 'acted_at') }}
    union all
    {{ uses_of_unknown_people('stg_hr__permission_grants', 'permission_grants', 'employee_id', 'moment', 'granted_at') }}
    union all
    {{ uses_of_unknown_people('stg_hr__permission_grants', 'permission_grants', 'granted_by', 'moment', 'granted_at') }}
    union all
    {{ uses_of_unknown_people('stg_hr__operation_log', 'operation_log', 'employee_id', 'moment', 'occurred_at') }}
),

{#- An account that somebody had at the time and that was not resolved had more than one owner. -#}
ambiguous as (
    select uses.dataset, uses.column_name, uses.person
    from uses
    inner join {{ ref('stg_hr__account_owners') }} as owners
        on uses.person = owners.person_ref
        and uses.used_from < owners.valid_to
        and (uses.used_from >= owners.valid_from or uses.used_to > owners.valid_from)
    group by uses.dataset, uses.column_name, uses.person
)

select
    uses.dataset,
    uses.column_name,
    uses.person,
    cast(sum(uses.row_count) as bigint) as row_count,
    min(uses.event_at) as first_event_at,
    max(uses.event_at) as last_event_at,
    case
        when ambiguous.person is not null then 'ambiguous_identity'
        when uses.person like '_%:_%' then 'no_identity'
        else 'unknown_employee'
    end as reason,
    row_number() over (partition by uses.person order by uses.dataset, uses.column_name) > 1 as is_repeated
from uses
left join ambiguous
    on uses.dataset = ambiguous.dataset
    and uses.column_name = ambiguous.column_name
    and uses.person = ambiguous.person
group by uses.dataset, uses.column_name, uses.person, ambiguous.person
