with

changes as (
    select
        message_id,
        conversation_id,
        employee_id,
        is_employee_identified,
        customer_id,
        sent_at,
        'deleted' as change_kind,
        deleted_at as changed_at,
        deleted_at_utc as changed_at_utc
    from {{ ref('sig_message_change') }}
    where deleted_at is not null
    union all
    select
        message_id,
        conversation_id,
        employee_id,
        is_employee_identified,
        customer_id,
        sent_at,
        'edited' as change_kind,
        edited_at as changed_at,
        edited_at_utc as changed_at_utc
    from {{ ref('sig_message_change') }}
    where edited_at is not null
),

pairs as (
    select
        changes.message_id,
        changes.conversation_id,
        changes.employee_id,
        changes.is_employee_identified,
        changes.customer_id,
        changes.sent_at,
        changes.change_kind,
        changes.changed_at,
        hits.message_id as hit_message_id,
        hits.sent_at as hit_sent_at,
        row_number() over (
            partition by changes.message_id
            order by changes.changed_at, changes.change_kind, hits.sent_at_utc desc, hits.message_id, hits.category
        ) as position
    from changes
    inner join {{ ref('sig_message_hit') }} as hits on changes.conversation_id = hits.conversation_id
    {{ employee_at_join('hit_person', 'hits.employee_id', 'hits.sent_at') }}
    {{ threshold_join(
        'time_window', 'RED-04', 'window_hours', 'hits.sent_at', 'hit_person.org_unit_id', 'hit_person.job_family'
    ) }}
    where {{ dbt.datediff('hits.sent_at_utc', 'changes.changed_at_utc', 'second') }} between 0 and 3600 * time_window.value
),

hits as (
    select
        pairs.message_id as subject_id,
        pairs.employee_id,
        person.org_unit_id,
        pairs.changed_at as occurred_at,
        pairs.sent_at as episode_started_at,
        pairs.customer_id,
        conversations.status,
        'conversation/' || pairs.conversation_id as incident_key,
        case when not pairs.is_employee_identified then 'unidentified_employee' end as review_cause,
        pairs.change_kind,
        pairs.changed_at,
        pairs.hit_sent_at,
        {{ evidence([
            evidence_entry('changed_message', 'messages', 'pairs.message_id'),
            evidence_entry('message', 'messages', 'pairs.hit_message_id'),
        ]) }} as evidence
    from pairs
    inner join {{ ref('int_red_conversation') }} as conversations
        on pairs.conversation_id = conversations.conversation_id
    {{ employee_at_join('person', 'pairs.employee_id', 'pairs.changed_at') }}
    where pairs.position = 1
)

{{ rule_output('RED-04', 'hits', has=['customer_id', 'status']) }}
