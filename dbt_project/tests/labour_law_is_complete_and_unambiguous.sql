{#- A limit that no row mentions would be one forgotten, not one that the law leaves out; two at a time would be no law. -#}
with

countries as (
    select country_code from {{ ref('labour_limits') }} group by country_code
),

judged_limits as (
    select limit_code
    from {{ ref('labour_limits') }}
    where
        unit in ('hour', 'day', 'month', 'multiple')
        and limit_code not in ('comprehensive_cycle_months', 'paid_hours_month')
    group by limit_code
),

forgotten as (
    select countries.country_code, judged_limits.limit_code, 'forgotten' as fault
    from countries
    cross join judged_limits
    left join {{ ref('labour_limits') }} as limits
        on countries.country_code = limits.country_code and judged_limits.limit_code = limits.limit_code
    where limits.country_code is null
),

successive as (
    select
        country_code,
        limit_code,
        valid_from,
        valid_to,
        lead(valid_from) over (partition by country_code, limit_code, scope order by valid_from) as next_valid_from
    from {{ ref('labour_limits') }}
)

select country_code, limit_code, fault
from forgotten
union all
select country_code, limit_code, 'overlapping' as fault
from successive
where valid_to <= valid_from or coalesce(valid_to, cast('9999-12-31' as date)) > next_valid_from
