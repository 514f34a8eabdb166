select
    receipts.receipt_id,
    receipts.customer_id,
    receipts.order_id,
    receipts.invoice_id,
    receipts.received_at,
    {{ utc_instant('receipts.received_at', 'group_zone.timezone') }} as received_at_utc,
    receipts.amount,
    receipts.currency,
    receipts.payee_type,
    receipts.payee_employee_id,
    people.employee_id is not null as is_payee_identified,
    receipts.method,
    receipts.receipt_id as record_key,
    receipts._source_file as source_file,
    receipts._source_row as source_row,
    receipts._row_hash as row_hash
from {{ ref('stg_finance__receipts') }} as receipts
cross join {{ ref('stg_hr__group_timezone') }} as group_zone
left join {{ ref('int_known_person') }} as people on receipts.payee_employee_id = people.employee_id
