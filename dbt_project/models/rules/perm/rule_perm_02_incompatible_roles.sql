with

judged_until as (
    select system_as_of as as_of
    from {{ ref('dim_dataset') }}
    where dataset = 'permission_grants'
),

grants as (
    select
        employee_id,
        role_code,
        record_key,
        valid_from,
        coalesce(valid_to, cast('9999-12-31' as timestamp)) as valid_to
    from {{ ref('dim_role_history') }}
),

policy as (
    select
        role_code_a,
        role_code_b,
        cast(valid_from as timestamp) as valid_from,
        coalesce(cast(valid_to as timestamp), cast('9999-12-31' as timestamp)) as valid_to
    from {{ ref('role_conflicts') }}
),

pairs as (
    select
        grants_a.employee_id,
        case when policy.role_code_a < policy.role_code_b then policy.role_code_a else policy.role_code_b end as role_code_a,
        case when policy.role_code_a < policy.role_code_b then policy.role_code_b else policy.role_code_a end as role_code_b,
        greatest(grants_a.valid_from, grants_b.valid_from, policy.valid_from) as together_from,
        least(grants_a.valid_to, grants_b.valid_to, policy.valid_to) as together_to,
        grants_a.record_key as grant_key_a,
        grants_b.record_key as grant_key_b
    from policy
    inner join grants as grants_a on policy.role_code_a = grants_a.role_code
    inner join grants as grants_b
        on policy.role_code_b = grants_b.role_code and grants_a.employee_id = grants_b.employee_id
),

pair_stretches as (
    select
        pairs.employee_id,
        pairs.role_code_a,
        pairs.role_code_b,
        pairs.together_from,
        pairs.together_to,
        pairs.grant_key_a,
        pairs.grant_key_b,
        max(pairs.together_to) over (
            partition by pairs.employee_id, pairs.role_code_a, pairs.role_code_b
            order by pairs.together_from, pairs.together_to, pairs.grant_key_a, pairs.grant_key_b
            rows between unbounded preceding and 1 preceding
        ) as together_before
    from pairs
    cross join judged_until
    where pairs.together_from < pairs.together_to and pairs.together_from <= judged_until.as_of
),

numbered as (
    select
        employee_id,
        role_code_a,
        role_code_b,
        together_from,
        together_to,
        grant_key_a,
        grant_key_b,
        sum(case when together_from <= together_before then 0 else 1 end) over (
            partition by employee_id, role_code_a, role_code_b
            order by together_from, together_to, grant_key_a, grant_key_b
            rows between unbounded preceding and current row
        ) as stretch_no
    from pair_stretches
),

stretches as (
    select
        employee_id,
        role_code_a,
        role_code_b,
        stretch_no,
        min(together_from) as together_from,
        nullif(max(together_to), cast('9999-12-31' as timestamp)) as together_to
    from numbered
    group by employee_id, role_code_a, role_code_b, stretch_no
),

deciding_grants as (
    select employee_id, role_code_a, role_code_b, stretch_no, grant_key_a as grant_key from numbered
    union
    select employee_id, role_code_a, role_code_b, stretch_no, grant_key_b as grant_key from numbered
),

grant_rows as (
    select
        employee_id,
        role_code_a,
        role_code_b,
        stretch_no,
        {{ evidence_entries('role_held', 'permission_grants', 'grant_key') }} as grant_evidence
    from deciding_grants
    group by employee_id, role_code_a, role_code_b, stretch_no
),

hits as (
    select
        stretches.employee_id || '/' || stretches.role_code_a || '+' || stretches.role_code_b as subject_id,
        stretches.employee_id,
        person.org_unit_id,
        stretches.together_from as occurred_at,
        stretches.together_from as episode_started_at,
        'employee_pair/' || stretches.employee_id || '/' || stretches.role_code_a || '+' || stretches.role_code_b as incident_key,
        case when people.employee_id is null then 'unidentified_employee' end as review_cause,
        stretches.role_code_a,
        stretches.role_code_b,
        stretches.together_from,
        stretches.together_to,
        grant_rows.grant_evidence as evidence
    from stretches
    inner join grant_rows
        on stretches.employee_id = grant_rows.employee_id
        and stretches.role_code_a = grant_rows.role_code_a
        and stretches.role_code_b = grant_rows.role_code_b
        and stretches.stretch_no = grant_rows.stretch_no
    left join {{ ref('int_known_person') }} as people on stretches.employee_id = people.employee_id
    {{ employee_at_join('person', 'stretches.employee_id', 'stretches.together_from') }}
)

{{ rule_output('PERM-02', 'hits') }}
