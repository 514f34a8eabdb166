{#-
  A silence begins with the stretch of pending_signature or with a contact within it, and lasts until the next contact,
  the end of the stretch, or as far as the CRM's records reach. What lies before the first recorded contact of any
  customer is no silence. Who owned the customer when the limit was passed is asked, not who did when it began.
-#}
{%- set null_text = 'cast(null as ' ~ dbt.type_string() ~ ')' %}
with

observed as (
    select
        first_event_at as observed_from,
        first_event_at_utc as observed_from_utc,
        system_as_of as as_of,
        system_as_of_utc as as_of_utc
    from {{ ref('dim_dataset') }}
    where dataset = 'interactions'
),

pending as (
    select
        history.customer_id,
        history.valid_from as pending_from,
        history.valid_from_utc as pending_from_utc,
        history.valid_to as pending_to,
        history.valid_to_utc as pending_to_utc,
        history.is_start_known,
        {{ evidence_entry_of('status', 'history.record_dataset', 'history.record_key') }} as status_evidence,
        case when history.valid_from_utc < observed.observed_from_utc then observed.observed_from else history.valid_from end
            as watched_from,
        case
            when history.valid_from_utc < observed.observed_from_utc then observed.observed_from_utc
            else history.valid_from_utc
        end as watched_from_utc,
        observed.as_of,
        observed.as_of_utc
    from {{ ref('dim_customer_status_history') }} as history
    cross join observed
    where history.status = 'pending_signature'
),

silence_starts as (
    select
        customer_id,
        pending_from_utc,
        watched_from as silent_from,
        watched_from_utc as silent_from_utc,
        {{ null_text }} as interaction_id
    from pending
    union all
    select
        pending.customer_id,
        pending.pending_from_utc,
        contacts.occurred_at as silent_from,
        contacts.occurred_at_utc as silent_from_utc,
        contacts.interaction_id
    from pending
    inner join {{ ref('fct_interaction') }} as contacts
        on pending.customer_id = contacts.customer_id
        and contacts.occurred_at_utc >= pending.pending_from_utc
        and (contacts.occurred_at_utc < pending.pending_to_utc or pending.pending_to_utc is null)
),

ordered_starts as (
    select
        customer_id,
        pending_from_utc,
        silent_from,
        silent_from_utc,
        interaction_id,
        row_number() over (
            partition by customer_id, pending_from_utc
            order by silent_from_utc, case when interaction_id is null then 0 else 1 end, interaction_id
        ) as position
    from silence_starts
),

silences as (
    select
        pending.customer_id,
        pending.pending_from,
        pending.is_start_known,
        pending.status_evidence,
        starts.silent_from,
        starts.silent_from_utc,
        starts.interaction_id as last_contact_id,
        nexts.interaction_id as next_contact_id,
        nexts.interaction_id is null and pending.pending_to_utc is null as is_ongoing,
        coalesce(
            nexts.silent_from, case when pending.pending_to_utc <= pending.as_of_utc then pending.pending_to end, pending.as_of
        ) as silent_to,
        coalesce(
            nexts.silent_from_utc,
            case when pending.pending_to_utc <= pending.as_of_utc then pending.pending_to_utc end,
            pending.as_of_utc
        ) as silent_to_utc
    from pending
    inner join ordered_starts as starts
        on pending.customer_id = starts.customer_id and pending.pending_from_utc = starts.pending_from_utc
    left join ordered_starts as nexts
        on starts.customer_id = nexts.customer_id
        and starts.pending_from_utc = nexts.pending_from_utc
        and starts.position + 1 = nexts.position
),

stalls as (
    select
        silences.customer_id,
        silences.pending_from,
        silences.is_start_known,
        silences.status_evidence,
        silences.silent_from,
        silences.silent_from_utc,
        silences.silent_to,
        silences.silent_to_utc,
        silences.last_contact_id,
        silences.next_contact_id,
        silence_limit.value as silent_days,
        {{ dbt.dateadd('second', 'cast(86400 * silence_limit.value as bigint)', 'silences.silent_from') }} as overdue_at
    from silences
    {{ customer_owner_joins('silences', 'silences.silent_from', 'POACH-03', {'silence_limit': 'silent_days'}) }}
    where
        {{ dbt.datediff('silences.silent_from_utc', 'silences.silent_to_utc', 'second') }} > 86400 * silence_limit.value
        and (silences.is_start_known or silences.is_ongoing)
)

select
    stalls.customer_id,
    stalls.pending_from,
    stalls.is_start_known,
    stalls.silent_from,
    stalls.silent_from_utc,
    stalls.silent_to,
    stalls.silent_to_utc,
    stalls.silent_days,
    stalls.overdue_at,
    owners.owner_id,
    owners.is_owner_identified,
    person.org_unit_id,
    {{ evidence([
        'stalls.status_evidence',
        evidence_entry('last_contact', 'interactions', 'stalls.last_contact_id'),
        evidence_entry('next_contact', 'interactions', 'stalls.next_contact_id'),
        evidence_entry_of('owner', 'owners.record_dataset', 'owners.record_key'),
    ]) }} as stall_evidence
from stalls
{{ customer_owner_joins('stalls', 'stalls.overdue_at') }}
