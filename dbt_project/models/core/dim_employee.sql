with

employees as (
    select
        employee_id,
        full_name,
        gender,
        hire_date,
        probation_end_date,
        contract_signed_date,
        contract_end_date,
        org_unit_id,
        position_id,
        manager_id,
        employment_status,
        resignation_notice_date,
        last_working_date,
        work_regime,
        weekly_hours,
        _ended_at as ended_at,
        _source_file,
        _source_row,
        _row_hash
    from {{ ref('stg_hr__employees') }}
)

select
    employees.employee_id,
    employees.full_name,
    employees.gender,
    employees.hire_date,
    employees.probation_end_date,
    employees.contract_signed_date,
    employees.contract_end_date,
    employees.org_unit_id,
    org_unit.branch_id,
    employees.position_id,
    position_list.position_name,
    position_list.job_family,
    employees.manager_id,
    employees.employment_status,
    employees.resignation_notice_date,
    employees.last_working_date,
    employees.work_regime,
    employees.weekly_hours,
    employees.ended_at,
    employees.employee_id as record_key,
    employees._source_file as source_file,
    employees._source_row as source_row,
    employees._row_hash as row_hash
from employees
left join {{ ref('stg_hr__positions') }} as position_list on employees.position_id = position_list.position_id
left join {{ ref('dim_org_unit') }} as org_unit on employees.org_unit_id = org_unit.org_unit_id
