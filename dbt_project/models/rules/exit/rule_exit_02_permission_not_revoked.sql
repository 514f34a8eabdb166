{#-
  A date without a time counts to its end, so the hours run from the midnight after it. A list of grants proves what was
  held up to its delivery: of one that the next list lacks, nobody knows when in between it was revoked.
-#}
with

judged_until as (
    select
        case
            when {{ local_time('datasets.last_delivered_at', 0, 'group_unit.timezone') }} < datasets.system_as_of
                then {{ local_time('datasets.last_delivered_at', 0, 'group_unit.timezone') }}
            else datasets.system_as_of
        end as as_of
    from {{ ref('dim_dataset') }} as datasets
    inner join {{ ref('dim_org_unit') }} as group_unit on group_unit.is_group
    where datasets.dataset = 'permission_grants'
),

held as (
    select
        grants.grant_id,
        grants.employee_id,
        grants.role_code,
        grants.valid_from,
        grants.valid_to,
        grants.last_listed_at,
        leaves.notice_date,
        leaves.last_working_date,
        leaves.returned_at,
        case when leaves.last_working_date is not null
            then {{ dbt.dateadd('hour', 'cast(leave_grace.value as integer)', 'leaves.left_at') }}
        end as leave_limit_at,
        case when roles.is_customer_role
            then {{ dbt.dateadd(
                'hour', '24 + cast(notice_grace.value as integer)', 'cast(leaves.notice_date as timestamp)'
            ) }}
        end as notice_limit_at,
        leaves.end_evidence,
        leaves.notice_evidence
    from {{ ref('dim_role_history') }} as grants
    inner join {{ ref('int_leave') }} as leaves
        on grants.employee_id = leaves.employee_id
        and grants.valid_from < coalesce(leaves.returned_at, cast('9999-12-31' as timestamp))
    left join {{ ref('roles') }} as roles on grants.role_code = roles.role_code
    {{ threshold_join(
        'leave_grace', 'EXIT-02', 'leave_grace_hours', 'leaves.leaving_from', 'leaves.org_unit_id', 'leaves.job_family'
    ) }}
    {{ threshold_join(
        'notice_grace', 'EXIT-02', 'notice_grace_hours', 'leaves.leaving_from', 'leaves.org_unit_id', 'leaves.job_family'
    ) }}
),

limited as (
    select
        grant_id,
        employee_id,
        role_code,
        valid_from,
        valid_to,
        last_listed_at,
        notice_date,
        last_working_date,
        returned_at,
        case
            when notice_limit_at < leave_limit_at or leave_limit_at is null then notice_limit_at
            else leave_limit_at
        end as limit_at,
        case
            when notice_limit_at < leave_limit_at or leave_limit_at is null then 'notice'
            else 'leave'
        end as cause,
        end_evidence,
        notice_evidence
    from held
),

exceeded as (
    select
        grant_id,
        employee_id,
        role_code,
        valid_to,
        last_listed_at,
        notice_date,
        last_working_date,
        returned_at,
        limit_at,
        cause,
        case when valid_from > limit_at then valid_from else limit_at end as exceeded_at,
        end_evidence,
        notice_evidence
    from limited
),

hits as (
    select
        exceeded.grant_id as subject_id,
        cast(null as {{ dbt.type_string() }}) as employee_id,
        person.org_unit_id,
        exceeded.exceeded_at as occurred_at,
        exceeded.limit_at as episode_started_at,
        'leaver/' || exceeded.employee_id as incident_key,
        case when exceeded.last_listed_at <= exceeded.exceeded_at then 'unknown_revocation' end as review_cause,
        exceeded.employee_id as leaver_id,
        exceeded.role_code,
        exceeded.cause,
        case when exceeded.cause = 'notice' then exceeded.notice_date else exceeded.last_working_date end as leaving_date,
        exceeded.limit_at,
        exceeded.valid_to,
        {{ evidence([
            evidence_entry('role_held', 'permission_grants', 'exceeded.grant_id'),
            "case when exceeded.cause = 'notice' then exceeded.notice_evidence else exceeded.end_evidence end",
        ]) }} as evidence
    from exceeded
    cross join judged_until
    {{ employee_at_join('person', 'exceeded.employee_id', 'exceeded.exceeded_at') }}
    where
        coalesce(exceeded.valid_to, cast('9999-12-31' as timestamp)) > exceeded.exceeded_at
        and exceeded.exceeded_at < coalesce(exceeded.returned_at, cast('9999-12-31' as timestamp))
        and exceeded.exceeded_at < judged_until.as_of
)

{{ rule_output('EXIT-02', 'hits') }}
