{#-
  A case that names the subject is about that subject's episode nearest in time; one that names only the person is about
  what the rule found on that person that day.
-#}
with

by_subject as (
    select
        cases.case_id,
        verdicts.violation_id,
        row_number() over (
            partition by cases.case_id
            order by
                abs({{ dbt.datediff('coalesce(cases.occurred_at, cases.reported_at)', 'verdicts.occurred_at', 'minute') }}),
                verdicts.violation_id
        ) as position
    from {{ ref('fct_case') }} as cases
    inner join {{ ref('rule_verdict') }} as verdicts
        on cases.rule_id = verdicts.rule_id and cases.subject_id = verdicts.subject_id
),

matches as (
    select case_id, violation_id
    from by_subject
    where position = 1
    union all
    select cases.case_id, verdicts.violation_id
    from {{ ref('fct_case') }} as cases
    inner join {{ ref('rule_verdict') }} as verdicts
        on cases.rule_id = verdicts.rule_id
        and cases.employee_id = verdicts.employee_id
        and cast(cases.occurred_at as date) = cast(verdicts.occurred_at as date)
    where cases.subject_id is null
),

ranked as (
    select
        matches.violation_id,
        cases.case_id,
        cases.disposition,
        cases.is_appeal_pending,
        row_number() over (
            partition by matches.violation_id order by cases.reported_at desc, cases.case_id desc
        ) as position
    from matches
    inner join {{ ref('fct_case') }} as cases on matches.case_id = cases.case_id
)

select violation_id, case_id, disposition, is_appeal_pending
from ranked
where position = 1
