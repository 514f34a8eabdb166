{#-
  The law of the unit's country, for each work regime: what is said of the regime comes before what is said of the
  employer, and that before what is said of all. An agreement replaces the value as far as the law lets it; where the
  law sets none, it stands by itself.
-#}
{%- set regimes = ['standard', 'comprehensive', 'flexible'] -%}
{%- set employers = ['large_employer', 'workman'] -%}
with

limits as (
    select
        country_code,
        limit_code,
        scope as stated_scope,
        case when scope in ('{{ (regimes + employers) | join("', '") }}') then 'all' else scope end as scope,
        value,
        unit,
        bound,
        agreement_max,
        valid_from,
        valid_to,
        source_zh,
        source_en
    from {{ ref('labour_limits') }}
),

units as (
    select org_unit_id, country_code
    from {{ ref('dim_org_unit') }}
    where country_code is not null
),

regimes as (
    {%- for regime in regimes %}
    select '{{ regime }}' as work_regime
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

unit_scopes as (
    select units.org_unit_id, scopes.scope, scopes.valid_from, scopes.valid_to
    from {{ ref('labour_scopes') }} as scopes
    inner join units on scopes.country_code = units.country_code
    left join {{ ref('bridge_org_unit_ancestor') }} as lineage
        on units.org_unit_id = lineage.org_unit_id and scopes.org_unit_id = lineage.ancestor_id
    where scopes.org_unit_id is null or lineage.ancestor_id is not null
),

unit_agreements as (
    select
        units.org_unit_id,
        agreements.limit_code,
        agreements.value,
        agreements.reference,
        agreements.valid_from,
        agreements.valid_to,
        coalesce(lineage.distance, 1000) as distance
    from {{ ref('labour_agreements') }} as agreements
    inner join units on agreements.country_code = units.country_code
    left join {{ ref('bridge_org_unit_ancestor') }} as lineage
        on units.org_unit_id = lineage.org_unit_id and agreements.org_unit_id = lineage.ancestor_id
    where agreements.employee_id is null and (agreements.org_unit_id is null or lineage.ancestor_id is not null)
),

changes as (
    select country_code, limit_code, scope, valid_from as starts_at, valid_to as ends_at
    from limits
    union all
    select limits.country_code, limits.limit_code, limits.scope, agreements.valid_from as starts_at, agreements.valid_to as ends_at
    from limits
    inner join {{ ref('labour_agreements') }} as agreements
        on limits.country_code = agreements.country_code and limits.limit_code = agreements.limit_code
    union all
    select limits.country_code, limits.limit_code, limits.scope, scopes.valid_from as starts_at, scopes.valid_to as ends_at
    from limits
    inner join {{ ref('labour_scopes') }} as scopes
        on limits.country_code = scopes.country_code and limits.stated_scope = scopes.scope
),

bounds as (
    select country_code, limit_code, scope, starts_at from changes
    union
    select country_code, limit_code, scope, ends_at as starts_at from changes where ends_at is not null
),

periods as (
    select
        country_code,
        limit_code,
        scope,
        starts_at as valid_from,
        lead(starts_at) over (partition by country_code, limit_code, scope order by starts_at) as valid_to
    from bounds
),

applicable as (
    select
        units.org_unit_id,
        units.country_code,
        regimes.work_regime,
        periods.limit_code,
        periods.scope,
        periods.valid_from,
        periods.valid_to,
        limits.value,
        limits.unit,
        limits.bound,
        limits.agreement_max,
        limits.source_zh,
        limits.source_en,
        row_number() over (
            partition by units.org_unit_id, regimes.work_regime, periods.limit_code, periods.scope, periods.valid_from
            order by
                case when limits.stated_scope = regimes.work_regime then 1 when unit_scopes.scope is not null then 2 else 3 end,
                limits.stated_scope
        ) as position
    from periods
    inner join units on periods.country_code = units.country_code
    cross join regimes
    inner join limits
        on periods.country_code = limits.country_code
        and periods.limit_code = limits.limit_code
        and periods.scope = limits.scope
        and {{ in_force('limits', 'periods.valid_from') }}
    left join unit_scopes
        on units.org_unit_id = unit_scopes.org_unit_id
        and limits.stated_scope = unit_scopes.scope
        and {{ in_force('unit_scopes', 'periods.valid_from') }}
    where
        limits.stated_scope in (limits.scope, regimes.work_regime)
        or unit_scopes.scope is not null
),

agreed as (
    select
        applicable.org_unit_id,
        applicable.work_regime,
        applicable.limit_code,
        applicable.scope,
        applicable.valid_from,
        unit_agreements.value,
        unit_agreements.reference,
        row_number() over (
            partition by
                applicable.org_unit_id, applicable.work_regime, applicable.limit_code, applicable.scope, applicable.valid_from
            order by unit_agreements.distance, unit_agreements.valid_from desc, unit_agreements.reference
        ) as position
    from applicable
    inner join unit_agreements
        on applicable.org_unit_id = unit_agreements.org_unit_id
        and applicable.limit_code = unit_agreements.limit_code
        and {{ in_force('unit_agreements', 'applicable.valid_from') }}
    where applicable.position = 1 and unit_agreements.value is not null
)

select
    applicable.org_unit_id,
    applicable.country_code,
    applicable.work_regime,
    applicable.limit_code,
    applicable.scope,
    cast(applicable.valid_from as timestamp) as valid_from,
    cast(applicable.valid_to as timestamp) as valid_to,
    cast(
        case
            when agreed.value is null then applicable.value
            when applicable.value is null then agreed.value
            when applicable.bound = 'at_least' then greatest(agreed.value, applicable.value)
            else least(agreed.value, coalesce(applicable.agreement_max, applicable.value))
        end as decimal(18, 6)
    ) as value,
    applicable.value as statutory_value,
    applicable.unit,
    applicable.bound,
    agreed.value is not null as is_agreed,
    applicable.source_zh || coalesce(';' || agreed.reference, '') as source_zh,
    applicable.source_en || coalesce('; ' || agreed.reference, '') as source_en
from applicable
left join agreed
    on applicable.org_unit_id = agreed.org_unit_id
    and applicable.work_regime = agreed.work_regime
    and applicable.limit_code = agreed.limit_code
    and applicable.scope = agreed.scope
    and applicable.valid_from = agreed.valid_from
    and agreed.position = 1
where applicable.position = 1
