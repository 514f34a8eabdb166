select
    review_id,
    employee_id,
    period,
    reviewer_type,
    reviewer_id,
    score
from {{ ref('stg_hr__reviews') }}
