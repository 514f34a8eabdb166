{#-
  Each measurement is one number about one ticket or review; a KPI is an average or a median of those of its window.
  The average is a sum of decimals: one of floating-point numbers depends on the order of its rows, which nobody fixes.
  Measurements of a window count although the person may have been elsewhere then: they are the person's own.
-#}
with

tickets as (
    select
        employee_id,
        cast({{ dbt.date_trunc('month', 'opened_at') }} as date) as month,
        case when is_complaint then 100.0 when not is_complaint then 0.0 end as complaint,
        case
            when first_response_at >= opened_at then {{ dbt.datediff('opened_at', 'first_response_at', 'second') }}
        end as response_seconds,
        satisfaction
    from {{ ref('fct_ticket') }}
    where employee_id is not null
),

measurements as (
    select employee_id, month, 'complaint_rate_pct' as kpi_code, cast(complaint as double) as measurement
    from tickets
    where complaint is not null
    union all
    select employee_id, month, 'first_response_seconds' as kpi_code, cast(response_seconds as double) as measurement
    from tickets
    where response_seconds is not null
    union all
    select employee_id, month, 'satisfaction' as kpi_code, cast(satisfaction as double) as measurement
    from tickets
    where satisfaction is not null
    union all
    select
        employee_id,
        {{ period_month('period') }} as month,
        'review_score' as kpi_code,
        cast(score as double) as measurement
    from {{ ref('fct_review') }}
),

window_months as (
    select
        kpi_windows.kpi_code,
        months.month,
        cast({{ dbt.dateadd('month', '1 - kpi_windows.window_months', 'months.month') }} as date) as first_month
    from {{ ref('kpi_windows') }} as kpi_windows
    cross join {{ ref('dim_month') }} as months
),

measured as (
    select
        measurements.employee_id,
        window_months.month,
        measurements.kpi_code,
        case
            when measurements.kpi_code = 'first_response_seconds' then {{ median('measurements.measurement') }}
            else cast(sum(cast(measurements.measurement as decimal(38, 6))) as double) / count(*)
        end as value,
        count(*) as exposure_count
    from measurements
    inner join window_months
        on measurements.kpi_code = window_months.kpi_code
        and measurements.month between window_months.first_month and window_months.month
    group by measurements.employee_id, window_months.month, measurements.kpi_code
    union all
    select
        employee_id,
        month,
        'compliance_score' as kpi_code,
        cast(compliance_score as double) as value,
        1 as exposure_count
    from {{ ref('employee_scores') }}
),

scaled as (
    select
        measured.employee_id,
        measured.month,
        measured.kpi_code,
        employed.org_unit_id,
        employed.job_family,
        measured.value,
        measured.exposure_count,
        scales.unit,
        scales.exposure_unit,
        scales.direction,
        scales.target_value,
        measured.exposure_count >= scales.minimum_exposure as has_enough_data,
        100.0 * (measured.value - scales.zero_value) / (scales.target_value - scales.zero_value) as unbounded_score
    from measured
    inner join {{ ref('dim_employee_month') }} as employed
        on measured.employee_id = employed.employee_id and measured.month = employed.month
    inner join {{ ref('kpi_scales') }} as scales
        on measured.kpi_code = scales.kpi_code
        and {{ in_force('scales', 'measured.month') }}
)

select
    employee_id,
    month,
    kpi_code,
    org_unit_id,
    job_family,
    value,
    cast(exposure_count as bigint) as exposure_count,
    exposure_unit,
    unit,
    direction,
    cast(target_value as double) as target,
    has_enough_data,
    cast(
        case
            when not has_enough_data then null
            when unbounded_score < 0 then 0
            when unbounded_score > 100 then 100
            else unbounded_score
        end as double
    ) as score
from scaled
