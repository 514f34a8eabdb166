{#- Months of the log and of the employment that were whole count, also those without an export. -#}
{%- set cited_count = 5 -%}
with

taken as (
    {{ taken_rows() }}
),

window_rows as (
    select
        leaves.employee_id,
        leaves.employed_from,
        taken.occurred_at,
        taken.record_key,
        taken.record_count,
        sum(taken.record_count) over (partition by leaves.employee_id, leaves.employed_from) as window_row_count,
        sum(taken.record_count) over (
            partition by leaves.employee_id, leaves.employed_from order by taken.occurred_at, taken.event_id
            rows between unbounded preceding and current row
        ) as row_count_so_far
    from {{ ref('int_leave') }} as leaves
    inner join taken
        on leaves.employee_id = taken.employee_id
        and taken.occurred_at >= leaves.export_window_from
        and taken.occurred_at < coalesce(leaves.left_at, leaves.returned_at, cast('9999-12-31' as timestamp))
),

leaves as (
    select
        leaves.employee_id,
        leaves.employed_from,
        leaves.notice_date,
        leaves.last_working_date,
        leaves.export_window_from,
        leaves.org_unit_id,
        median_multiple.value as median_multiple,
        minimum_rows.value as minimum_rows,
        leaves.end_evidence,
        leaves.notice_evidence
    from {{ ref('int_leave') }} as leaves
    {{ threshold_join(
        'median_multiple', 'EXIT-03', 'median_multiple', 'leaves.leaving_from', 'leaves.org_unit_id', 'leaves.job_family'
    ) }}
    {{ threshold_join(
        'minimum_rows', 'EXIT-03', 'minimum_rows', 'leaves.leaving_from', 'leaves.org_unit_id', 'leaves.job_family'
    ) }}
),

{#- Only who took more than the least that matters needs a baseline. -#}
notable as (
    select
        leaves.employee_id,
        leaves.employed_from,
        leaves.export_window_from
    from leaves
    inner join window_rows
        on leaves.employee_id = window_rows.employee_id
        and leaves.employed_from = window_rows.employed_from
        and window_rows.window_row_count > leaves.minimum_rows
    group by leaves.employee_id, leaves.employed_from, leaves.export_window_from
),

months as (
    select notable.employee_id, notable.employed_from, months.month
    from notable
    inner join {{ ref('dim_dataset') }} as log on log.dataset = 'operation_log'
    inner join {{ ref('dim_month') }} as months
        on months.month >= cast(notable.employed_from as date)
        and months.month >= cast(log.first_event_at as date)
        and months.next_month <= cast(notable.export_window_from as date)
),

month_rows as (
    select
        months.employee_id,
        months.employed_from,
        months.month,
        coalesce(sum(taken.record_count), 0) as row_count
    from months
    left join taken
        on months.employee_id = taken.employee_id
        and months.month = cast({{ dbt.date_trunc('month', 'taken.occurred_at') }} as date)
    group by months.employee_id, months.employed_from, months.month
),

baselines as (
    select
        employee_id,
        employed_from,
        {{ median('row_count') }} as median_row_count,
        count(*) as month_count
    from month_rows
    group by employee_id, employed_from
),

limited as (
    select
        leaves.employee_id,
        leaves.employed_from,
        leaves.notice_date,
        leaves.last_working_date,
        leaves.export_window_from,
        leaves.org_unit_id,
        baselines.median_row_count,
        case
            when leaves.median_multiple * baselines.median_row_count > leaves.minimum_rows
                then leaves.median_multiple * baselines.median_row_count
            else leaves.minimum_rows
        end as row_limit,
        leaves.end_evidence,
        leaves.notice_evidence
    from leaves
    left join baselines
        on leaves.employee_id = baselines.employee_id and leaves.employed_from = baselines.employed_from
),

beyond as (
    select
        limited.employee_id,
        limited.employed_from,
        min(window_rows.occurred_at) as exceeded_at
    from limited
    inner join window_rows
        on limited.employee_id = window_rows.employee_id and limited.employed_from = window_rows.employed_from
    where window_rows.row_count_so_far > limited.row_limit
    group by limited.employee_id, limited.employed_from
),

largest as (
    select
        employee_id,
        employed_from,
        window_row_count,
        record_key,
        row_number() over (
            partition by employee_id, employed_from order by record_count desc, record_key
        ) as position
    from window_rows
),

cited as (
    select
        employee_id,
        employed_from,
        max(window_row_count) as window_row_count,
        {{ evidence_entries('export', 'operation_log', 'record_key') }} as export_evidence
    from largest
    where position <= {{ cited_count }}
    group by employee_id, employed_from
),

hits as (
    select
        limited.employee_id as subject_id,
        limited.employee_id,
        limited.org_unit_id,
        beyond.exceeded_at as occurred_at,
        limited.export_window_from as episode_started_at,
        'leaver/' || limited.employee_id as incident_key,
        case when limited.median_row_count is null then 'no_own_baseline' end as review_cause,
        cited.window_row_count,
        limited.export_window_from,
        limited.notice_date,
        limited.last_working_date,
        limited.median_row_count,
        limited.row_limit,
        {{ evidence([
            'cited.export_evidence',
            'limited.notice_evidence',
            'case when limited.last_working_date is not null or limited.notice_date is null then limited.end_evidence end',
        ]) }} as evidence
    from limited
    inner join beyond
        on limited.employee_id = beyond.employee_id and limited.employed_from = beyond.employed_from
    inner join cited
        on limited.employee_id = cited.employee_id and limited.employed_from = cited.employed_from
)

{{ rule_output('EXIT-03', 'hits') }}
