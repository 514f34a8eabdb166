{#- What the registry says of a rule holds until policy says otherwise; what policy leaves empty stays as registered. -#}
with

registered as (
    {%- for rule in rule_registry() %}
    select
        '{{ rule.rule_id }}' as rule_id,
        '{{ rule.severity }}' as severity,
        cast({{ rule.points }} as decimal(18, 6)) as points,
        {{ 'false' if rule.status == 'deprecated' else 'true' }} as is_enabled,
        {{ 'true' if rule.status == 'experimental' else 'false' }} as is_experimental,
        '{{ rule.loss_kind }}' as loss_kind,
        '{{ rule.answerable }}' as answerable
    {{ 'union all' if not loop.last }}
    {%- else %}
    select '' as rule_id, '' as severity, cast(0 as decimal(18, 6)) as points, true as is_enabled, false as is_experimental, '' as loss_kind, '' as answerable
    where 1 = 0
    {%- endfor %}
),

policy as (
    select rule_id, severity, points, is_enabled, valid_from, valid_to
    from {{ ref('rule_settings') }}
),

bounds as (
    select rule_id, {{ first_policy_day() }} as valid_from from registered
    union
    select rule_id, valid_from from policy
    union
    select rule_id, valid_to as valid_from from policy where valid_to is not null
),

periods as (
    select
        rule_id,
        valid_from,
        lead(valid_from) over (partition by rule_id order by valid_from) as valid_to
    from bounds
)

select
    periods.rule_id,
    coalesce(policy.severity, registered.severity) as severity,
    coalesce(policy.points, registered.points) as points,
    coalesce(policy.is_enabled, registered.is_enabled) as is_enabled,
    registered.is_experimental,
    registered.loss_kind,
    registered.answerable,
    periods.valid_from,
    periods.valid_to
from periods
inner join registered on periods.rule_id = registered.rule_id
left join policy
    on periods.rule_id = policy.rule_id
    and {{ in_force('policy', 'periods.valid_from') }}
