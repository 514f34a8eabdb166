{#-
  Contracts come before the dates in the employee list. A probation that ends on the very day on which the longest one
  would be over is none too long, because systems differ in whether that day is its last.
-#}
with

contract_terms as (
    select
        employee_id,
        contract_type,
        start_date,
        end_date,
        probation_end_date,
        record_key,
        'employment_contracts' as dataset
    from {{ ref('fct_employment_contract') }}
),

employees_with_contract as (
    select employee_id
    from contract_terms
    group by employee_id
),

terms as (
    select employee_id, contract_type, start_date, end_date, probation_end_date, record_key, dataset
    from contract_terms
    union all
    select
        employees.employee_id,
        cast(null as {{ dbt.type_string() }}) as contract_type,
        employees.hire_date as start_date,
        employees.contract_end_date as end_date,
        employees.probation_end_date,
        employees.record_key,
        'employees' as dataset
    from {{ ref('dim_employee') }} as employees
    left join employees_with_contract on employees.employee_id = employees_with_contract.employee_id
    where employees_with_contract.employee_id is null
),

{#- A term that runs from 1 March to 28 February of the next year is a year. -#}
banded as (
    select
        employee_id,
        start_date,
        end_date,
        probation_end_date,
        record_key,
        dataset,
        case
            when contract_type = 'part_time' then 'part_time'
            when contract_type = 'open' or end_date is null then 'contract_3_years_or_open'
            when end_date >= {{ dbt.dateadd('day', -1, dbt.dateadd('month', 36, 'start_date')) }} then 'contract_3_years_or_open'
            when end_date >= {{ dbt.dateadd('day', -1, dbt.dateadd('month', 12, 'start_date')) }} then 'contract_1_to_3_years'
            when end_date >= {{ dbt.dateadd('day', -1, dbt.dateadd('month', 3, 'start_date')) }} then 'contract_3_months_to_1_year'
            else 'contract_under_3_months'
        end as term_band
    from terms
    where probation_end_date > start_date
),

placed as (
    select
        banded.employee_id,
        banded.start_date,
        banded.end_date,
        banded.probation_end_date,
        banded.record_key,
        banded.dataset,
        banded.term_band,
        person.org_unit_id,
        coalesce(employees.work_regime, 'standard') as work_regime
    from banded
    {{ employee_at_join('person', 'banded.employee_id', 'cast(banded.start_date as timestamp)') }}
    left join {{ ref('dim_employee') }} as employees on banded.employee_id = employees.employee_id
),

limited as (
    select
        placed.employee_id,
        placed.start_date,
        placed.end_date,
        placed.probation_end_date,
        placed.record_key,
        placed.dataset,
        placed.org_unit_id,
        coalesce(of_band.value, of_all.value) as limit_months,
        coalesce(of_band.source_zh, of_all.source_zh) as source_zh,
        coalesce(of_band.source_en, of_all.source_en) as source_en
    from placed
    {{ labour_limit_join('of_all', 'probation', 'placed.start_date', 'placed.org_unit_id', 'placed.work_regime', kind='left') }}
    {{ labour_limit_join(
        'of_band', 'probation', 'placed.start_date', 'placed.org_unit_id', 'placed.work_regime',
        scope='placed.term_band', kind='left'
    ) }}
),

broken as (
    select
        employee_id,
        start_date,
        end_date,
        probation_end_date,
        record_key,
        dataset,
        org_unit_id,
        limit_months,
        cast({{ dbt.dateadd('month', 'cast(limit_months as integer)', 'start_date') }} as date) as latest_end,
        source_zh,
        source_en,
        row_number() over (partition by employee_id order by start_date, record_key) as position
    from limited
    where probation_end_date > {{ dbt.dateadd('month', 'cast(limit_months as integer)', 'start_date') }}
),

hits as (
    select
        employee_id as subject_id,
        employee_id,
        org_unit_id,
        cast(start_date as timestamp) as occurred_at,
        cast(start_date as timestamp) as episode_started_at,
        'labour/' || employee_id || '/probation' as incident_key,
        start_date,
        end_date,
        probation_end_date,
        limit_months,
        latest_end,
        source_zh,
        source_en,
        {{ evidence(["'contract=' || dataset || ':' || record_key"]) }} as evidence
    from broken
    where position = 1
)

{{ rule_output('LAB-05', 'hits', raises_review=false) }}
