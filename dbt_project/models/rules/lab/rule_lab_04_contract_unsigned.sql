{#-
  The last stretch of employment counts. Signed contracts of that stretch come before the date in the employee list,
  which may be a renewal's. Judged as of HR's data, never by the clock.
-#}
{%- set longest_double_wage = 11 -%}
with

as_of as (
    select cast(coalesce(system_as_of, last_delivered_at) as date) as as_of_date
    from {{ ref('dim_dataset') }}
    where dataset = 'employees'
),

stretches as (
    select
        employee_id,
        cast(valid_from as date) as hire_date,
        cast(valid_to as date) as end_date,
        row_number() over (partition by employee_id order by valid_from desc) as position
    from {{ ref('dim_employment') }}
    where is_start_known
),

employed as (
    select
        employees.employee_id,
        employees.record_key,
        employees.contract_signed_date,
        coalesce(employees.work_regime, 'standard') as work_regime,
        stretches.hire_date,
        stretches.end_date,
        person.org_unit_id,
        person.job_family
    from {{ ref('dim_employee') }} as employees
    inner join stretches on employees.employee_id = stretches.employee_id and stretches.position = 1
    {{ employee_at_join('person', 'employees.employee_id', 'cast(stretches.hire_date as timestamp)') }}
),

stretch_contracts as (
    select
        employed.employee_id,
        min(contracts.signed_date) as signed_date,
        min(case when contracts.contract_type = 'part_time' then 1 else 0 end) = 1 as is_part_time,
        {{ evidence_entries('contract', 'employment_contracts', 'contracts.record_key') }} as contract_evidence
    from employed
    inner join {{ ref('fct_employment_contract') }} as contracts
        on employed.employee_id = contracts.employee_id
        and coalesce(contracts.end_date, cast('9999-12-31' as date)) >= employed.hire_date
    group by employed.employee_id
),

{#- A list without the column must not accuse everybody. -#}
signature_counts as (
    select count(contract_signed_date) as date_count from {{ ref('dim_employee') }}
    union all
    select count(signed_date) as date_count from {{ ref('fct_employment_contract') }}
),

known_dates as (
    select sum(date_count) as date_count
    from signature_counts
),

limited as (
    select
        employed.employee_id,
        employed.record_key,
        employed.hire_date,
        employed.end_date,
        employed.org_unit_id,
        employed.job_family,
        contracts.employee_id is null as is_from_list,
        case
            when contracts.employee_id is not null then contracts.signed_date
            else employed.contract_signed_date
        end as signed_date,
        contracts.contract_evidence,
        limits.country_code,
        limits.source_zh,
        limits.source_en,
        case limits.unit
            when 'month' then cast({{ dbt.dateadd('month', 'cast(limits.value as integer)', 'employed.hire_date') }} as date)
            else cast({{ dbt.dateadd('day', 'cast(limits.value as integer)', 'employed.hire_date') }} as date)
        end as deadline
    from employed
    left join stretch_contracts as contracts on employed.employee_id = contracts.employee_id
    {{ labour_limit_join('limits', 'written_contract', 'employed.hire_date', 'employed.org_unit_id', 'employed.work_regime') }}
    {{ labour_limit_join(
        'part_time', 'written_contract', 'employed.hire_date', 'employed.org_unit_id', 'employed.work_regime',
        scope="'part_time'", kind='left'
    ) }}
    {#- Part-time work is outside the rule where the law says so; elsewhere it makes no difference. #}
    where
        limits.value is not null
        and (not coalesce(contracts.is_part_time, false) or part_time.limit_code is null or part_time.value is not null)
),

broken as (
    select
        limited.employee_id,
        limited.record_key,
        limited.hire_date,
        limited.org_unit_id,
        limited.signed_date,
        limited.contract_evidence,
        limited.country_code,
        limited.source_zh,
        limited.source_en,
        limited.deadline,
        as_of.as_of_date,
        case
            when known_dates.date_count = 0 then 'contract_dates_not_delivered'
            when
                limited.is_from_list
                and limited.signed_date >= {{ dbt.dateadd('month', 'cast(renewal.value as integer)', 'limited.hire_date') }}
                then 'signature_may_be_renewal'
        end as review_cause,
        least(
            coalesce(limited.signed_date, as_of.as_of_date),
            coalesce(limited.end_date, as_of.as_of_date),
            cast({{ dbt.dateadd('month', 12, 'limited.hire_date') }} as date)
        ) as double_wage_until
    from limited
    cross join as_of
    cross join known_dates
    {{ threshold_join('renewal', 'LAB-04', 'renewal_months', 'limited.hire_date', 'limited.org_unit_id', 'limited.job_family') }}
    where
        limited.deadline < as_of.as_of_date
        {#- The half-open end is the day after the last one: who left by then had no time to be given one. #}
        and (limited.end_date is null or limited.end_date > {{ dbt.dateadd('day', 1, 'limited.deadline') }})
        and (limited.signed_date is null or limited.signed_date > limited.deadline)
),

last_pay as (
    select
        employee_id,
        base_pay,
        currency,
        row_number() over (partition by employee_id order by month desc) as position
    from {{ ref('int_base_pay') }}
),

priced as (
    select
        broken.employee_id,
        broken.record_key,
        broken.hire_date,
        broken.org_unit_id,
        broken.signed_date,
        broken.contract_evidence,
        broken.source_zh,
        broken.source_en,
        broken.deadline,
        broken.as_of_date,
        broken.review_cause,
        {#- Whole months from the end of the first one on, for which China doubles the wage. #}
        case when broken.country_code = 'CN' then least({{ longest_double_wage }}, greatest(
            0,
            {{ dbt.datediff('broken.deadline', 'broken.double_wage_until', 'month') }}
            - case
                when extract(day from broken.double_wage_until) < extract(day from broken.deadline) then 1 else 0
            end
        )) end as double_wage_months,
        last_pay.base_pay,
        last_pay.currency
    from broken
    left join last_pay on broken.employee_id = last_pay.employee_id and last_pay.position = 1
),

hits as (
    select
        employee_id as subject_id,
        employee_id,
        org_unit_id,
        cast({{ dbt.dateadd('day', 1, 'deadline') }} as timestamp) as occurred_at,
        cast(hire_date as timestamp) as episode_started_at,
        cast(double_wage_months * base_pay as decimal(18, 2)) as amount_at_risk,
        case when double_wage_months is not null then currency end as currency,
        'labour/' || employee_id || '/contract' as incident_key,
        review_cause,
        hire_date,
        signed_date,
        deadline,
        as_of_date,
        case when double_wage_months > 0 then double_wage_months end as double_wage_months,
        source_zh,
        source_en,
        {{ evidence([evidence_entry('employee', 'employees', 'record_key'), 'contract_evidence']) }} as evidence
    from priced
)

{{ rule_output('LAB-04', 'hits', has=['amount_at_risk', 'currency']) }}
