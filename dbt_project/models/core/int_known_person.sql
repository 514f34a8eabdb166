select employee_id
from {{ ref('dim_employee_history') }}
group by employee_id
