{#-
  Days count whole and the day of the handover does not, as statutes count periods. Whoever handed the customer on or
  left in that time had not the time that the rule grants, and of what happened before the first recorded interaction
  nobody can say whether it was followed up.
-#}
with

judged_period as (
    select cast(first_event_at as date) as first_day, system_as_of as as_of
    from {{ ref('dim_dataset') }}
    where dataset = 'interactions'
),

handovers as (
    select
        owners.customer_id,
        owners.owner_id,
        owners.is_owner_identified,
        owners.previous_owner_id,
        leaves.employee_id as leaver_id,
        owners.valid_from as handed_over_at,
        owners.valid_to,
        person.org_unit_id,
        time_window.value as window_days,
        cast(cast(owners.valid_from as date) as timestamp) as first_contact_from,
        cast(
            {{ dbt.dateadd('day', '1 + cast(time_window.value as integer)', 'cast(owners.valid_from as date)') }} as timestamp
        ) as deadline_at,
        owners.record_dataset || ':' || owners.record_key as owner_record
    from {{ ref('dim_customer_owner_history') }} as owners
    left join {{ ref('int_leave') }} as leaves
        on owners.previous_owner_id = leaves.employee_id
        and owners.valid_from >= leaves.leaving_from
        and owners.valid_from < coalesce(leaves.returned_at, cast('9999-12-31' as timestamp))
    {{ employee_at_join('person', 'owners.owner_id', 'owners.valid_from') }}
    {{ threshold_join(
        'time_window', 'EXIT-05', 'window_days', 'owners.valid_from', 'person.org_unit_id', 'person.job_family'
    ) }}
    where
        owners.owner_id is distinct from owners.previous_owner_id
        and (owners.reason = 'handover' or leaves.employee_id is not null)
),

due as (
    select
        handovers.customer_id,
        handovers.owner_id,
        handovers.is_owner_identified,
        handovers.previous_owner_id,
        handovers.leaver_id,
        handovers.handed_over_at,
        handovers.org_unit_id,
        handovers.window_days,
        handovers.first_contact_from,
        handovers.deadline_at,
        handovers.owner_record
    from handovers
    cross join judged_period
    inner join {{ ref('dim_org_unit') }} as group_unit on group_unit.is_group
    left join {{ ref('dim_customer') }} as customers on handovers.customer_id = customers.customer_id
    where
        handovers.handed_over_at >= cast(judged_period.first_day as timestamp)
        and handovers.deadline_at <= judged_period.as_of
        and coalesce(handovers.valid_to, cast('9999-12-31' as timestamp)) >= handovers.deadline_at
        and not exists (
            select 1
            from {{ ref('int_leave') }} as own_leave
            where
                own_leave.employee_id = handovers.owner_id
                and own_leave.left_at > handovers.handed_over_at
                and own_leave.left_at < handovers.deadline_at
        )
        and (
            customers.ended_at is null
            or {{ local_time('customers.ended_at', 0, 'group_unit.timezone') }} >= handovers.deadline_at
        )
),

contacted as (
    select due.customer_id, due.handed_over_at
    from due
    inner join {{ ref('fct_interaction') }} as interactions
        on due.customer_id = interactions.customer_id
        and due.owner_id = interactions.employee_id
        and interactions.occurred_at >= due.first_contact_from
        and interactions.occurred_at < due.deadline_at
    group by due.customer_id, due.handed_over_at
),

{#- The first contact after the time was over, where there was one: it shows how late it came. -#}
late_contacts as (
    select
        due.customer_id,
        due.handed_over_at,
        interactions.occurred_at,
        interactions.record_key,
        row_number() over (
            partition by due.customer_id, due.handed_over_at order by interactions.occurred_at, interactions.record_key
        ) as position
    from due
    inner join {{ ref('fct_interaction') }} as interactions
        on due.customer_id = interactions.customer_id
        and due.owner_id = interactions.employee_id
        and interactions.occurred_at >= due.deadline_at
),

hits as (
    select
        due.customer_id as subject_id,
        due.owner_id as employee_id,
        due.org_unit_id,
        due.deadline_at as occurred_at,
        due.handed_over_at as episode_started_at,
        due.customer_id,
        case
            when due.leaver_id is not null then 'leaver/' || due.leaver_id
            else 'customer/' || due.customer_id
        end as incident_key,
        case when not due.is_owner_identified then 'unidentified_employee' end as review_cause,
        due.handed_over_at,
        due.previous_owner_id,
        due.window_days,
        late_contacts.occurred_at as first_contact_at,
        {{ evidence([
            "'handover=' || due.owner_record",
            evidence_entry('late_contact', 'interactions', 'late_contacts.record_key'),
        ]) }} as evidence
    from due
    left join contacted
        on due.customer_id = contacted.customer_id and due.handed_over_at = contacted.handed_over_at
    left join late_contacts
        on due.customer_id = late_contacts.customer_id
        and due.handed_over_at = late_contacts.handed_over_at
        and late_contacts.position = 1
    where contacted.customer_id is null
)

{{ rule_output('EXIT-05', 'hits', has=['customer_id']) }}
