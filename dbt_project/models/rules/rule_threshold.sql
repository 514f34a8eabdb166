{#-
  The registry's value holds until head office sets another; a country, a unit (with all below it) or a job family may set its own, but only a stricter
  one counts: of all values that apply, the strictest holds.
-#}
with

policy as (
    select
        rule_id,
        parameter,
        value,
        country_code,
        org_unit_id,
        job_family,
        cast(valid_from as timestamp) as valid_from,
        cast(valid_to as timestamp) as valid_to
    from {{ ref('thresholds') }}
),

head_office as (
    select rule_id, parameter, valid_from, valid_to
    from policy
    where country_code is null and org_unit_id is null and job_family is null
),

thresholds as (
    select rule_id, parameter, value, country_code, org_unit_id, job_family, valid_from, valid_to, false as is_registered
    from policy
    union all
    select
        rule_id,
        parameter,
        value,
        cast(null as {{ dbt.type_string() }}) as country_code,
        cast(null as {{ dbt.type_string() }}) as org_unit_id,
        cast(null as {{ dbt.type_string() }}) as job_family,
        cast({{ first_policy_day() }} as timestamp) as valid_from,
        cast(null as timestamp) as valid_to,
        true as is_registered
    from {{ ref('rule_parameter') }}
),

units as (
    select org_unit_id, country_code
    from {{ ref('dim_org_unit') }}
    union all
    select cast(null as {{ dbt.type_string() }}) as org_unit_id, cast(null as {{ dbt.type_string() }}) as country_code
),

families as (
    select job_family
    from {{ ref('dim_employee_history') }}
    group by job_family
    union
    select cast(null as {{ dbt.type_string() }}) as job_family
),

bounds as (
    select rule_id, parameter, valid_from as starts_at from thresholds
    union
    select rule_id, parameter, valid_to as starts_at from thresholds where valid_to is not null
),

periods as (
    select
        rule_id,
        parameter,
        starts_at as valid_from,
        lead(starts_at) over (partition by rule_id, parameter order by starts_at) as valid_to
    from bounds
),

applicable as (
    select
        periods.rule_id,
        periods.parameter,
        units.org_unit_id,
        families.job_family,
        periods.valid_from,
        periods.valid_to,
        thresholds.value,
        parameters.stricter_is
    from periods
    cross join units
    cross join families
    inner join thresholds
        on periods.rule_id = thresholds.rule_id
        and periods.parameter = thresholds.parameter
        and {{ in_force('thresholds', 'periods.valid_from') }}
        and (thresholds.country_code is null or thresholds.country_code = units.country_code)
        and (thresholds.job_family is null or thresholds.job_family = families.job_family)
    left join {{ ref('bridge_org_unit_ancestor') }} as lineage
        on units.org_unit_id = lineage.org_unit_id and thresholds.org_unit_id = lineage.ancestor_id
    inner join {{ ref('rule_parameter') }} as parameters
        on periods.rule_id = parameters.rule_id and periods.parameter = parameters.parameter
    left join head_office
        on thresholds.is_registered
        and periods.rule_id = head_office.rule_id
        and periods.parameter = head_office.parameter
        and {{ in_force('head_office', 'periods.valid_from') }}
    where
        (thresholds.org_unit_id is null or lineage.ancestor_id is not null)
        and head_office.rule_id is null
)

select
    rule_id,
    parameter,
    org_unit_id,
    job_family,
    valid_from,
    valid_to,
    case when min(stricter_is) = 'higher' then max(value) else min(value) end as value
from applicable
group by rule_id, parameter, org_unit_id, job_family, valid_from, valid_to
