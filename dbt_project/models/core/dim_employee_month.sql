{#- A person who moved or came back within the month counts once, where the last employed day of the month was. -#}
with

employed as (
    select
        employment.employee_id,
        months.month,
        case
            when employment.valid_to < months.next_month then employment.valid_to
            else cast(months.next_month as timestamp)
        end as employed_until,
        row_number() over (
            partition by employment.employee_id, months.month order by employment.valid_from desc
        ) as stretch_rank
    from {{ ref('dim_employment') }} as employment
    inner join {{ ref('dim_month') }} as months
        on employment.valid_from < months.next_month
        and (employment.valid_to is null or employment.valid_to > months.month)
),

group_unit as (
    select org_unit_id
    from {{ ref('dim_org_unit') }}
    where is_group
)

select
    employed.employee_id,
    employed.month,
    coalesce(history.org_unit_id, group_unit.org_unit_id) as org_unit_id,
    history.branch_id,
    history.position_id,
    history.job_family,
    history.manager_id
from employed
cross join group_unit
left join {{ ref('dim_employee_history') }} as history
    on employed.employee_id = history.employee_id
    and {{ in_force_until('history', 'employed.employed_until') }}
where employed.stretch_rank = 1
