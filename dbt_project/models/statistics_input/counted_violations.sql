{#- Goods of a cancelled or returned order cost no discount; those of a draft are not lost yet. -#}
with

line_states as (
    select order_line_id, order_status
    from {{ ref('fct_order_line') }}
),

counted as (
    select
        violations.violation_id,
        violations.incident_id,
        violations.rule_id,
        violations.family,
        cast(violations.points as decimal(9, 2)) as points,
        violations.employee_id,
        settings.answerable = 'person' as is_personal,
        coalesce(violations.org_unit_id, group_unit.org_unit_id) as org_unit_id,
        violations.occurred_at,
        cast({{ dbt.date_trunc('month', 'violations.occurred_at') }} as date) as month,
        violations.subject_type,
        violations.subject_id,
        violations.amount_at_risk as amount,
        coalesce(violations.currency, {{ default_currency() }}) as currency,
        case
            when settings.loss_kind <> 'hard_loss' then settings.loss_kind
            when line_states.order_status in ('cancelled', 'returned') then 'none'
            when line_states.order_status = 'draft' then 'amount_at_risk'
            else 'hard_loss'
        end as loss_kind
    from {{ ref('fct_violations') }} as violations
    inner join {{ ref('dim_org_unit') }} as group_unit on group_unit.is_group
    inner join {{ ref('score_policy') }} as score_policy on {{ in_force('score_policy', 'violations.occurred_at') }}
    inner join {{ ref('rule_setting') }} as settings
        on violations.rule_id = settings.rule_id
        and {{ in_force('settings', 'violations.occurred_at') }}
    left join line_states
        on case when violations.subject_type = 'order_line' then violations.subject_id end = line_states.order_line_id
    where
        not violations.is_suppressed
        and (
            (violations.disposition = 'open' and score_policy.is_open_counted)
            or (violations.disposition = 'substantiated' and score_policy.is_substantiated_counted)
        )
),

{#- Two rules on one order line judge the same money: the graver one carries it. -#}
ranked as (
    select
        violation_id,
        row_number() over (
            partition by subject_type, subject_id, loss_kind order by points desc, rule_id, violation_id
        ) as bearer_rank
    from counted
    where amount is not null and loss_kind <> 'none'
)

select
    counted.violation_id,
    counted.incident_id,
    counted.rule_id,
    counted.family,
    counted.points,
    counted.employee_id,
    counted.is_personal,
    counted.org_unit_id,
    counted.occurred_at,
    counted.month,
    counted.subject_type,
    counted.subject_id,
    counted.loss_kind,
    case when ranked.bearer_rank = 1 then counted.amount end as amount,
    counted.currency
from counted
left join ranked on counted.violation_id = ranked.violation_id
