{#-
  A stall is over when it is broken by a contact or by the customer's leaving pending_signature; the days until the loss
  count from there. What its owner did elsewhere counts from the beginning of the silence to the loss.
-#}
with

losses as (
    select
        customer_id,
        valid_from as lost_at,
        valid_from_utc as lost_at_utc,
        {{ evidence_entry_of('loss', 'record_dataset', 'record_key') }} as loss_evidence
    from {{ ref('dim_customer_status_history') }}
    where status = 'lost' and is_start_known
),

{#- The first loss after each stall. -#}
stall_losses as (
    select
        stalls.customer_id,
        stalls.owner_id,
        stalls.is_owner_identified,
        stalls.silent_from,
        stalls.silent_from_utc,
        stalls.silent_to,
        stalls.silent_to_utc,
        stalls.stall_evidence,
        losses.lost_at,
        losses.lost_at_utc,
        losses.loss_evidence,
        row_number() over (
            partition by stalls.customer_id, stalls.silent_from_utc order by losses.lost_at_utc
        ) as position
    from {{ ref('int_stall') }} as stalls
    inner join losses on stalls.customer_id = losses.customer_id and losses.lost_at_utc >= stalls.silent_to_utc
    where stalls.owner_id is not null
),

lost_soon as (
    select
        stall_losses.customer_id,
        stall_losses.owner_id,
        stall_losses.is_owner_identified,
        person.org_unit_id,
        stall_losses.silent_from,
        stall_losses.silent_from_utc,
        stall_losses.silent_to,
        stall_losses.lost_at,
        stall_losses.lost_at_utc,
        stall_losses.stall_evidence,
        stall_losses.loss_evidence,
        elsewhere_limit.value as elsewhere_limit
    from stall_losses
    {{ employee_at_join('person', 'stall_losses.owner_id', 'stall_losses.lost_at') }}
    {{ threshold_join(
        'loss_window', 'POACH-05', 'loss_days', 'stall_losses.lost_at', 'person.org_unit_id', 'person.job_family'
    ) }}
    {{ threshold_join(
        'elsewhere_limit', 'POACH-05', 'other_interactions', 'stall_losses.lost_at', 'person.org_unit_id',
        'person.job_family'
    ) }}
    where
        stall_losses.position = 1
        and {{ dbt.datediff('stall_losses.silent_to_utc', 'stall_losses.lost_at_utc', 'second') }} <= 86400 * loss_window.value
),

contacts_elsewhere as (
    select
        lost_soon.customer_id,
        lost_soon.silent_from_utc,
        lost_soon.elsewhere_limit,
        contacts.interaction_id,
        row_number() over (
            partition by lost_soon.customer_id, lost_soon.silent_from_utc
            order by contacts.occurred_at_utc, contacts.interaction_id
        ) as contact_no
    from lost_soon
    inner join {{ ref('fct_interaction') }} as contacts
        on lost_soon.owner_id = contacts.employee_id
        and lost_soon.customer_id <> contacts.customer_id
        and contacts.occurred_at_utc >= lost_soon.silent_from_utc
        and contacts.occurred_at_utc <= lost_soon.lost_at_utc
),

{#- As many contacts are cited as the limit asks for. -#}
elsewhere as (
    select
        customer_id,
        silent_from_utc,
        count(*) as contact_count,
        {{ evidence_entries(
            'contact_elsewhere', 'interactions', 'case when contact_no <= elsewhere_limit then interaction_id end'
        ) }} as contact_evidence
    from contacts_elsewhere
    group by customer_id, silent_from_utc, elsewhere_limit
    having count(*) >= elsewhere_limit
),

{#- One loss is charged once, to the stall nearest to it. -#}
charged as (
    select
        lost_soon.customer_id,
        lost_soon.owner_id,
        lost_soon.is_owner_identified,
        lost_soon.org_unit_id,
        lost_soon.silent_from,
        lost_soon.silent_to,
        lost_soon.lost_at,
        lost_soon.stall_evidence,
        lost_soon.loss_evidence,
        elsewhere.contact_count,
        elsewhere.contact_evidence,
        row_number() over (
            partition by lost_soon.customer_id, lost_soon.lost_at_utc order by lost_soon.silent_from_utc desc
        ) as position
    from lost_soon
    inner join elsewhere
        on lost_soon.customer_id = elsewhere.customer_id and lost_soon.silent_from_utc = elsewhere.silent_from_utc
),

hits as (
    select
        customer_id as subject_id,
        owner_id as employee_id,
        org_unit_id,
        lost_at as occurred_at,
        silent_from as episode_started_at,
        customer_id,
        'customer/' || customer_id as incident_key,
        case when not is_owner_identified then 'unidentified_employee' end as review_cause,
        silent_from,
        silent_to,
        lost_at,
        contact_count,
        {{ evidence(['loss_evidence', 'stall_evidence', 'contact_evidence']) }} as evidence
    from charged
    where position = 1
)

{{ rule_output('POACH-05', 'hits', has=['customer_id']) }}
