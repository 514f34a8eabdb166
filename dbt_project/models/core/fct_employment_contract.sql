select
    contracts.contract_no,
    contracts.employee_id,
    people.employee_id is not null as is_employee_identified,
    contracts.contract_type,
    contracts.signed_date,
    contracts.start_date,
    contracts.end_date,
    contracts.probation_end_date,
    contracts.contract_no as record_key,
    contracts._source_file as source_file,
    contracts._source_row as source_row,
    contracts._row_hash as row_hash
from {{ ref('stg_hr__employment_contracts') }} as contracts
left join {{ ref('int_known_person') }} as people on contracts.employee_id = people.employee_id
