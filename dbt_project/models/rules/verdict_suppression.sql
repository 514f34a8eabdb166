{#- Of several suppressions that cover one verdict, the one that lasts longest says why. -#}
with

suppressions as (
    select suppression_id, rule_id, employee_id, customer_id, reason, author, valid_from, valid_to
    from {{ ref('suppressions') }}
),

covered as (
    select verdicts.violation_id, suppressions.suppression_id, suppressions.reason, suppressions.author, suppressions.valid_to
    from {{ ref('rule_verdict') }} as verdicts
    inner join suppressions
        on verdicts.rule_id = suppressions.rule_id
        and verdicts.employee_id = suppressions.employee_id
        and {{ in_force('suppressions', 'verdicts.occurred_at') }}
    union all
    select verdicts.violation_id, suppressions.suppression_id, suppressions.reason, suppressions.author, suppressions.valid_to
    from {{ ref('rule_verdict') }} as verdicts
    inner join suppressions
        on verdicts.rule_id = suppressions.rule_id
        and verdicts.customer_id = suppressions.customer_id
        and {{ in_force('suppressions', 'verdicts.occurred_at') }}
),

ranked as (
    select
        violation_id,
        suppression_id,
        reason,
        author,
        valid_to,
        row_number() over (partition by violation_id order by valid_to desc, suppression_id) as position
    from covered
)

select violation_id, suppression_id, reason, author, valid_to
from ranked
where position = 1
