select
    employee_id,
    full_name,
    org_unit_id,
    branch_id,
    position_id,
    position_name,
    job_family,
    manager_id,
    employment_status,
    hire_date,
    last_working_date
from {{ ref('dim_employee') }}
