select
    ticket_id,
    employee_id,
    customer_id,
    category,
    opened_at,
    first_response_at,
    resolved_at,
    satisfaction,
    is_complaint
from {{ ref('stg_crm__tickets') }}
