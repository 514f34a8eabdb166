{#-
  The numbers of a system are its own: where the log starts is no gap, and what comes late closes one. A number that is
  missing while rows wait to be read, or days to be delivered, may be among them.
-#}
{%- set cited_count = 5 -%}
with

{# Numbers alone: a log is long, and sorting its ids with them takes several times as long. #}
numbered as (
    select
        system,
        sequence_no,
        lag(sequence_no) over (partition by system order by sequence_no) as previous_no
    from {{ ref('fct_operation') }}
    where sequence_no is not null
),

edges as (
    select system, previous_no as sequence_no from numbered where sequence_no > previous_no + 1
    union
    select system, sequence_no from numbered where sequence_no > previous_no + 1
),

edge_operations as (
    select
        operations.system,
        operations.sequence_no,
        min(operations.occurred_at) as occurred_at,
        min(operations.event_id) as event_id
    from {{ ref('fct_operation') }} as operations
    inner join edges on operations.system = edges.system and operations.sequence_no = edges.sequence_no
    group by operations.system, operations.sequence_no
),

unread as (
    select count(*) as row_count
    from {{ ref('fct_unread_operation') }}
),

gaps as (
    select
        numbered.system,
        numbered.previous_no + 1 as first_missing_no,
        numbered.sequence_no - 1 as last_missing_no,
        numbered.sequence_no - numbered.previous_no - 1 as missing_count,
        before_gap.occurred_at as previous_at,
        after_gap.occurred_at as next_at,
        before_gap.event_id as previous_event_id,
        after_gap.event_id as next_event_id
    from numbered
    inner join edge_operations as before_gap
        on numbered.system = before_gap.system and numbered.previous_no = before_gap.sequence_no
    inner join edge_operations as after_gap
        on numbered.system = after_gap.system and numbered.sequence_no = after_gap.sequence_no
    where numbered.sequence_no > numbered.previous_no + 1
),

undelivered_gaps as (
    select gaps.system, gaps.first_missing_no
    from gaps
    inner join {{ ref('fct_missing_delivery') }} as missing
        on missing.dataset = 'operation_log'
        and gaps.previous_at < cast(missing.missing_to as timestamp)
        and gaps.next_at >= cast(missing.missing_from as timestamp)
    group by gaps.system, gaps.first_missing_no
),

repeated_numbers as (
    select system, sequence_no
    from numbered
    where sequence_no = previous_no
    group by system, sequence_no
),

repetitions as (
    select
        operations.system,
        operations.sequence_no,
        operations.event_id,
        min(operations.occurred_at) over (partition by operations.system, operations.sequence_no) as first_at,
        max(operations.occurred_at) over (partition by operations.system, operations.sequence_no) as last_at,
        count(*) over (partition by operations.system, operations.sequence_no) as event_count,
        row_number() over (
            partition by operations.system, operations.sequence_no order by operations.occurred_at, operations.event_id
        ) as position
    from {{ ref('fct_operation') }} as operations
    inner join repeated_numbers
        on operations.system = repeated_numbers.system and operations.sequence_no = repeated_numbers.sequence_no
),

findings as (
    select
        'changed' as kind,
        1 as kind_rank,
        operations.system || '/' || coalesce(
            cast(operations.sequence_no as {{ dbt.type_string() }}), operations.event_id
        ) as subject_id,
        operations.system,
        operations.sequence_no as first_no,
        operations.sequence_no as last_no,
        1 as number_count,
        operations.occurred_at as first_at,
        operations.occurred_at as last_at,
        replaced.delivered_at,
        replaced.replaced_at,
        replaced.changed_columns,
        operations.event_id,
        case when not replaced.is_read_alike then 'read_differently' end as review_cause,
        {{ evidence([
            evidence_entry('delivered_before', 'operation_log', 'replaced.record_key'),
            evidence_entry('delivered_again', 'operation_log', 'operations.record_key'),
        ]) }} as evidence
    from {{ ref('fct_replaced_operation') }} as replaced
    inner join {{ ref('fct_operation') }} as operations on replaced.event_id = operations.event_id
    union all
    select
        'repeated' as kind,
        2 as kind_rank,
        system || '/' || cast(sequence_no as {{ dbt.type_string() }}) as subject_id,
        system,
        sequence_no as first_no,
        sequence_no as last_no,
        max(event_count) as number_count,
        min(first_at) as first_at,
        max(last_at) as last_at,
        cast(null as timestamp) as delivered_at,
        cast(null as timestamp) as replaced_at,
        cast(null as {{ dbt.type_string() }}) as changed_columns,
        min(event_id) as event_id,
        cast(null as {{ dbt.type_string() }}) as review_cause,
        {{ evidence_entries('same_number', 'operation_log', 'event_id') }} as evidence
    from repetitions
    where position <= {{ cited_count }}
    group by system, sequence_no
    union all
    select
        'gap' as kind,
        3 as kind_rank,
        gaps.system || '/' || cast(gaps.first_missing_no as {{ dbt.type_string() }}) as subject_id,
        gaps.system,
        gaps.first_missing_no as first_no,
        gaps.last_missing_no as last_no,
        gaps.missing_count as number_count,
        gaps.previous_at as first_at,
        gaps.next_at as last_at,
        cast(null as timestamp) as delivered_at,
        cast(null as timestamp) as replaced_at,
        cast(null as {{ dbt.type_string() }}) as changed_columns,
        gaps.previous_event_id as event_id,
        case
            when undelivered_gaps.system is not null then 'missing_delivery'
            when gaps.missing_count <= unread.row_count then 'rows_in_quarantine'
        end as review_cause,
        {{ evidence([
            evidence_entry('before_gap', 'operation_log', 'gaps.previous_event_id'),
            evidence_entry('after_gap', 'operation_log', 'gaps.next_event_id'),
        ]) }} as evidence
    from gaps
    cross join unread
    left join undelivered_gaps
        on gaps.system = undelivered_gaps.system and gaps.first_missing_no = undelivered_gaps.first_missing_no
),

{#- One number may be changed and repeated at once; a change says more. -#}
ranked as (
    select
        kind,
        subject_id,
        system,
        first_no,
        last_no,
        number_count,
        first_at,
        last_at,
        delivered_at,
        replaced_at,
        changed_columns,
        event_id,
        review_cause,
        evidence,
        row_number() over (partition by subject_id order by kind_rank, event_id) as position
    from findings
),

hits as (
    select
        subject_id,
        cast(null as {{ dbt.type_string() }}) as employee_id,
        cast(null as {{ dbt.type_string() }}) as org_unit_id,
        first_at as occurred_at,
        first_at as episode_started_at,
        'system_gap/' || subject_id as incident_key,
        review_cause,
        kind,
        system,
        event_id,
        first_no,
        last_no,
        number_count,
        first_at,
        last_at,
        delivered_at,
        replaced_at,
        changed_columns,
        evidence
    from ranked
    where position = 1
)

{{ rule_output('PERM-04', 'hits') }}
