{#- The latest decided appeal is the one that counts; one that is still open suspends the consequences. -#}
with

appeals as (
    select
        case_id,
        appeal_id,
        coalesce(decision, 'pending') as decision,
        row_number() over (
            partition by case_id
            order by case when coalesce(decision, 'pending') = 'pending' then 1 else 0 end,
                coalesce(decided_at, filed_at) desc, appeal_id desc
        ) as position
    from {{ ref('stg_hr__appeals') }}
),

pending as (
    select case_id
    from appeals
    where decision = 'pending'
    group by case_id
)

select
    cases.case_id,
    cases.rule_id,
    cases.employee_id,
    cases.subject_id,
    cases.occurred_at,
    cases.reported_at,
    cases.verified_at,
    cases.closed_at,
    cases.outcome,
    cases.root_cause,
    case
        when appeals.decision = 'overturned' then 'overturned'
        when cases.outcome in ('substantiated', 'unsubstantiated') then cases.outcome
        else 'open'
    end as disposition,
    pending.case_id is not null as is_appeal_pending,
    cases.case_id as record_key,
    cases._source_file as source_file,
    cases._source_row as source_row,
    cases._row_hash as row_hash
from {{ ref('stg_hr__cases') }} as cases
left join appeals on cases.case_id = appeals.case_id and appeals.position = 1
left join pending on cases.case_id = pending.case_id
