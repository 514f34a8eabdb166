{#- Successive among the punches that say where they were made; one without a place tells nothing of the way. -#}
with

successive as (
    select
        punch_id,
        employee_id,
        is_employee_identified,
        org_unit_id,
        job_family,
        punched_at,
        punched_at_utc,
        latitude,
        longitude,
        greatest(coalesce(cast(accuracy_m as double), 0), 0) as accuracy_m,
        lag(punch_id) over (partition by employee_id order by punched_at_utc, punch_id) as previous_punch_id,
        lag(punched_at) over (partition by employee_id order by punched_at_utc, punch_id) as previous_punched_at,
        lag(punched_at_utc) over (partition by employee_id order by punched_at_utc, punch_id) as previous_punched_at_utc,
        lag(latitude) over (partition by employee_id order by punched_at_utc, punch_id) as previous_latitude,
        lag(longitude) over (partition by employee_id order by punched_at_utc, punch_id) as previous_longitude,
        lag(greatest(coalesce(cast(accuracy_m as double), 0), 0)) over (
            partition by employee_id order by punched_at_utc, punch_id
        ) as previous_accuracy_m
    from {{ ref('fct_punch') }}
    where latitude is not null and longitude is not null
),

ways as (
    select
        punch_id,
        employee_id,
        is_employee_identified,
        org_unit_id,
        job_family,
        punched_at,
        previous_punch_id,
        previous_punched_at,
        accuracy_m + previous_accuracy_m as accuracy_m,
        {{ distance_m('previous_latitude', 'previous_longitude', 'latitude', 'longitude') }} as distance_m,
        {{ dbt.datediff('previous_punched_at_utc', 'punched_at_utc', 'second') }} as seconds
    from successive
    where previous_punch_id is not null
),

judged as (
    select
        ways.punch_id,
        ways.employee_id,
        ways.is_employee_identified,
        ways.org_unit_id,
        ways.punched_at,
        ways.previous_punch_id,
        ways.previous_punched_at,
        ways.distance_m,
        ways.seconds,
        {#- Metres that the limit allows in the time; multiplied out, because there may be no time between them. #}
        ways.distance_m - ways.accuracy_m >= 1000 * distance_limit.value
        and ways.distance_m - ways.accuracy_m > speed_limit.value * ways.seconds / 3.6 as is_certain
    from ways
    {{ threshold_join('distance_limit', 'TRAJ-04', 'distance_km', 'ways.punched_at', 'ways.org_unit_id', 'ways.job_family') }}
    {{ threshold_join('speed_limit', 'TRAJ-04', 'speed_kmh', 'ways.punched_at', 'ways.org_unit_id', 'ways.job_family') }}
    where
        ways.distance_m >= 1000 * distance_limit.value
        and ways.distance_m > speed_limit.value * ways.seconds / 3.6
),

hits as (
    select
        punch_id as subject_id,
        employee_id,
        org_unit_id,
        punched_at as occurred_at,
        punched_at as episode_started_at,
        'punch/' || punch_id as incident_key,
        case
            when not is_employee_identified then 'unidentified_employee'
            when not is_certain then 'imprecise_position'
        end as review_cause,
        punched_at,
        previous_punched_at,
        cast(distance_m / 1000 as decimal(18, 1)) as distance_km,
        cast(seconds / 60.0 as decimal(18, 1)) as minutes,
        cast(distance_m * 3.6 / nullif(seconds, 0) as decimal(18, 0)) as speed_kmh,
        {{ evidence([
            evidence_entry('punch', 'punches', 'punch_id'),
            evidence_entry('previous_punch', 'punches', 'previous_punch_id'),
        ]) }} as evidence
    from judged
)

{{ rule_output('TRAJ-04', 'hits') }}
