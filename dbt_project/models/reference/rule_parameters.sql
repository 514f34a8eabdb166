{#- Where a country, a unit or a job family is stricter, head office's value still is the one that readers expect. -#}
with

as_of as (
    select max(system_as_of) as moment
    from {{ ref('dim_dataset') }}
),

head_office as (
    select
        thresholds.rule_id,
        thresholds.parameter,
        thresholds.value,
        row_number() over (
            partition by thresholds.rule_id, thresholds.parameter order by thresholds.valid_from desc
        ) as position
    from {{ ref('rule_threshold') }} as thresholds
    cross join as_of
    where
        thresholds.org_unit_id is null
        and thresholds.job_family is null
        and thresholds.valid_from <= coalesce(as_of.moment, thresholds.valid_from)
),

own_values as (
    select
        rule_id,
        parameter,
        sum(case when country_code is null and org_unit_id is null and job_family is null then 0 else 1 end) as local_value_count
    from {{ ref('thresholds') }}
    group by rule_id, parameter
)

select
    parameters.rule_id,
    parameters.parameter,
    parameters.label_zh,
    parameters.label_en,
    parameters.unit,
    parameters.value as registered_value,
    head_office.value,
    parameters.stricter_is,
    head_office.value <> parameters.value or coalesce(own_values.local_value_count, 0) > 0 as is_changed,
    cast(coalesce(own_values.local_value_count, 0) as bigint) as local_value_count
from {{ ref('rule_parameter') }} as parameters
inner join head_office
    on parameters.rule_id = head_office.rule_id
    and parameters.parameter = head_office.parameter
    and head_office.position = 1
left join own_values on parameters.rule_id = own_values.rule_id and parameters.parameter = own_values.parameter
