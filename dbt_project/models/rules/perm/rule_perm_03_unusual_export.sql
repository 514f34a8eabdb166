{#-
  The baseline is that of the days on which the person took rows at all: counted over all days, whoever exports once a
  week has a median and a spread of zero, and every export would be unusual. Without any such day it is zero, but only
  where the log and the employment reach back far enough to tell.
-#}
{%- set cited_count = 5 -%}
with

taken as (
    {{ taken_rows() }}
),

days as (
    select
        employee_id,
        is_employee_identified,
        cast(occurred_at as date) as export_date,
        min(org_unit_id) as org_unit_id,
        min(job_family) as job_family,
        sum(record_count) as row_count
    from taken
    group by employee_id, is_employee_identified, cast(occurred_at as date)
),

large_days as (
    select
        days.employee_id,
        days.is_employee_identified,
        days.export_date,
        days.org_unit_id,
        days.row_count,
        cast(
            {{ dbt.dateadd('day', '-cast(baseline_days.value as integer)', 'days.export_date') }} as date
        ) as baseline_from,
        mad_multiple.value as mad_multiple,
        minimum_rows.value as minimum_rows
    from days
    {%- for parameter in ['baseline_days', 'mad_multiple', 'minimum_rows'] %}
    {{ threshold_join(
        parameter, 'PERM-03', parameter, 'cast(days.export_date as timestamp)', 'days.org_unit_id', 'days.job_family'
    ) }}
    {%- endfor %}
    where days.row_count > minimum_rows.value
),

earlier_days as (
    select
        large_days.employee_id,
        large_days.export_date,
        days.row_count
    from large_days
    inner join days
        on large_days.employee_id = days.employee_id
        and days.export_date >= large_days.baseline_from
        and days.export_date < large_days.export_date
),

medians as (
    select
        employee_id,
        export_date,
        {{ median('row_count') }} as median_row_count,
        count(*) as day_count
    from earlier_days
    group by employee_id, export_date
),

deviations as (
    select
        medians.employee_id,
        medians.export_date,
        {{ median('abs(earlier_days.row_count - medians.median_row_count)') }} as mad_row_count
    from medians
    inner join earlier_days
        on medians.employee_id = earlier_days.employee_id and medians.export_date = earlier_days.export_date
    group by medians.employee_id, medians.export_date
),

judged as (
    select
        large_days.employee_id,
        large_days.is_employee_identified,
        large_days.export_date,
        large_days.org_unit_id,
        large_days.row_count,
        large_days.baseline_from,
        coalesce(medians.median_row_count, 0) as median_row_count,
        coalesce(deviations.mad_row_count, 0) as mad_row_count,
        coalesce(medians.day_count, 0) as day_count,
        greatest(
            large_days.minimum_rows,
            coalesce(medians.median_row_count + large_days.mad_multiple * deviations.mad_row_count, 0)
        ) as row_limit
    from large_days
    left join medians
        on large_days.employee_id = medians.employee_id and large_days.export_date = medians.export_date
    left join deviations
        on large_days.employee_id = deviations.employee_id and large_days.export_date = deviations.export_date
),

unusual as (
    select
        employee_id,
        is_employee_identified,
        export_date,
        org_unit_id,
        row_count,
        baseline_from,
        median_row_count,
        mad_row_count,
        day_count,
        row_limit
    from judged
    where row_count > row_limit
),

{#- Employed all through the baseline? A person may have had several stretches. -#}
long_employed as (
    select unusual.employee_id, unusual.export_date
    from unusual
    inner join {{ ref('dim_employment') }} as employment
        on unusual.employee_id = employment.employee_id
        and employment.valid_from <= unusual.baseline_from
    group by unusual.employee_id, unusual.export_date
),

leaving as (
    select unusual.employee_id, unusual.export_date
    from unusual
    inner join {{ ref('int_leave') }} as leaves
        on unusual.employee_id = leaves.employee_id
        and unusual.export_date >= cast(leaves.export_window_from as date)
        and cast(unusual.export_date as timestamp) < coalesce(leaves.returned_at, cast('9999-12-31' as timestamp))
    group by unusual.employee_id, unusual.export_date
),

exports as (
    select
        unusual.employee_id,
        unusual.export_date,
        unusual.row_limit,
        taken.occurred_at,
        taken.record_key,
        sum(taken.record_count) over (
            partition by unusual.employee_id, unusual.export_date order by taken.occurred_at, taken.event_id
            rows between unbounded preceding and current row
        ) as row_count_so_far,
        row_number() over (
            partition by unusual.employee_id, unusual.export_date order by taken.record_count desc, taken.record_key
        ) as position
    from unusual
    inner join taken
        on unusual.employee_id = taken.employee_id and unusual.export_date = cast(taken.occurred_at as date)
),

exceeded as (
    select employee_id, export_date, min(occurred_at) as exceeded_at
    from exports
    where row_count_so_far > row_limit
    group by employee_id, export_date
),

cited as (
    select
        employee_id,
        export_date,
        {{ evidence_entries('export', 'operation_log', 'record_key') }} as export_evidence
    from exports
    where position <= {{ cited_count }}
    group by employee_id, export_date
),

hits as (
    select
        unusual.employee_id || '/' || {{ day_text('unusual.export_date') }} as subject_id,
        unusual.employee_id,
        unusual.org_unit_id,
        exceeded.exceeded_at as occurred_at,
        cast(unusual.export_date as timestamp) as episode_started_at,
        case
            when leaving.employee_id is not null then 'leaver/' || unusual.employee_id
            else 'employee_day/' || unusual.employee_id || '/' || {{ day_text('unusual.export_date') }}
        end as incident_key,
        case
            when not unusual.is_employee_identified then 'unidentified_employee'
            when unusual.day_count > 0 then null
            when cast(log.first_event_at as date) > unusual.baseline_from then 'no_own_baseline'
            when long_employed.employee_id is null then 'no_own_baseline'
        end as review_cause,
        unusual.row_count,
        unusual.median_row_count,
        unusual.mad_row_count,
        unusual.day_count,
        unusual.row_limit,
        unusual.baseline_from,
        cited.export_evidence as evidence
    from unusual
    inner join exceeded
        on unusual.employee_id = exceeded.employee_id and unusual.export_date = exceeded.export_date
    inner join cited
        on unusual.employee_id = cited.employee_id and unusual.export_date = cited.export_date
    inner join {{ ref('dim_dataset') }} as log on log.dataset = 'operation_log'
    left join long_employed
        on unusual.employee_id = long_employed.employee_id and unusual.export_date = long_employed.export_date
    left join leaving
        on unusual.employee_id = leaving.employee_id and unusual.export_date = leaving.export_date
)

{{ rule_output('PERM-03', 'hits') }}
