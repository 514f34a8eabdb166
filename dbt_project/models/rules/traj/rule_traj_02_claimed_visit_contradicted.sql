{#-
  Any contact with the customer on a day of the visit clears it, whoever had it. Days that the CRM's deliveries do not
  reach, or that are known to be missing from them, accuse nobody. A punch that would also pass for one at the customer
  does not tell the two apart.
-#}
with

visits as (
    select
        summary_id,
        employee_id,
        is_employee_identified,
        org_unit_id,
        job_family,
        customer_id,
        claimed_start,
        claimed_end,
        claimed_start_utc,
        claimed_end_utc,
        greatest(claimed_start, {{ dbt.dateadd('second', -1, 'claimed_end') }}) as last_claimed_at
    from {{ ref('fct_work_summary') }}
    where activity = 'visit'
),

visit_utc_days as (
    {{ day_rows(
        'visits',
        ['summary_id', 'employee_id', 'org_unit_id', 'job_family', 'customer_id', 'claimed_start', 'claimed_start_utc', 'claimed_end_utc'],
        'claimed_start_utc', 'claimed_end_utc'
    ) }}
),

offices as (
    select
        lineage.org_unit_id,
        units.record_key,
        cast(units.latitude as double) as latitude,
        cast(units.longitude as double) as longitude,
        row_number() over (partition by lineage.org_unit_id order by lineage.distance) as position
    from {{ ref('bridge_org_unit_ancestor') }} as lineage
    inner join {{ ref('dim_org_unit') }} as units on lineage.ancestor_id = units.org_unit_id
    where units.latitude is not null and units.longitude is not null
),

punches_in_window as (
    select
        visit_utc_days.summary_id,
        visit_utc_days.org_unit_id,
        visit_utc_days.job_family,
        visit_utc_days.claimed_start,
        punches.punch_id,
        punches.punched_at,
        greatest(coalesce(cast(punches.accuracy_m as double), 0), 0) as accuracy_m,
        offices.record_key as office_key,
        {{ distance_m('punches.latitude', 'punches.longitude', 'offices.latitude', 'offices.longitude') }} as office_distance_m,
        {{ distance_m('punches.latitude', 'punches.longitude', 'customers.latitude', 'customers.longitude') }} as customer_distance_m
    from visit_utc_days
    inner join {{ ref('fct_punch') }} as punches
        on visit_utc_days.employee_id = punches.employee_id
        and visit_utc_days.day = cast(punches.punched_at_utc as date)
        and punches.punched_at_utc >= visit_utc_days.claimed_start_utc
        and punches.punched_at_utc < visit_utc_days.claimed_end_utc
    inner join offices on visit_utc_days.org_unit_id = offices.org_unit_id and offices.position = 1
    left join {{ ref('dim_customer') }} as customers on visit_utc_days.customer_id = customers.customer_id
    where punches.latitude is not null and punches.longitude is not null
),

office_punches as (
    select
        punches.summary_id,
        punches.punch_id,
        punches.punched_at,
        punches.office_key,
        cast(punches.office_distance_m as decimal(18, 0)) as office_distance_m,
        case
            when punches.customer_distance_m <= customer_limit.value then 'customer_near_office'
            when punches.office_distance_m + punches.accuracy_m > office_limit.value then 'imprecise_position'
        end as doubt,
        row_number() over (
            partition by punches.summary_id
            order by
                case
                    when punches.customer_distance_m <= customer_limit.value then 2
                    when punches.office_distance_m + punches.accuracy_m > office_limit.value then 1
                    else 0
                end,
                punches.office_distance_m,
                punches.punch_id
        ) as position
    from punches_in_window as punches
    {{ threshold_join(
        'office_limit', 'TRAJ-02', 'office_distance_m', 'punches.claimed_start', 'punches.org_unit_id', 'punches.job_family'
    ) }}
    {{ threshold_join(
        'customer_limit', 'TRAJ-01', 'distance_m', 'punches.claimed_start', 'punches.org_unit_id', 'punches.job_family'
    ) }}
    where punches.office_distance_m <= office_limit.value
),

visit_days as (
    {{ day_rows('visits', ['summary_id', 'customer_id'], 'claimed_start', 'last_claimed_at') }}
),

contact_days as (
    select customer_id, cast(occurred_at as date) as day
    from {{ ref('fct_interaction') }}
    group by customer_id, cast(occurred_at as date)
),

cleared as (
    select visit_days.summary_id
    from visit_days
    inner join contact_days on visit_days.customer_id = contact_days.customer_id and visit_days.day = contact_days.day
    union
    select visit_days.summary_id
    from visit_days
    inner join {{ ref('fct_missing_delivery') }} as gaps
        on gaps.dataset = 'interactions'
        and visit_days.day >= gaps.missing_from
        and visit_days.day < gaps.missing_to
),

judged as (
    select
        visits.summary_id,
        visits.employee_id,
        visits.is_employee_identified,
        visits.org_unit_id,
        visits.customer_id,
        visits.claimed_start,
        visits.claimed_end,
        office_punches.punch_id,
        office_punches.punched_at,
        office_punches.office_key,
        office_punches.office_distance_m,
        office_punches.doubt,
        visits.customer_id is not null
        and cleared.summary_id is null
        and coalesce(cast(crm.system_as_of as date) > cast(visits.last_claimed_at as date), false) as is_unknown_to_crm
    from visits
    inner join {{ ref('dim_dataset') }} as crm on crm.dataset = 'interactions'
    left join office_punches on visits.summary_id = office_punches.summary_id and office_punches.position = 1
    left join cleared on visits.summary_id = cleared.summary_id
),

hits as (
    select
        summary_id as subject_id,
        employee_id,
        org_unit_id,
        claimed_start as occurred_at,
        claimed_start as episode_started_at,
        customer_id,
        'summary/' || summary_id as incident_key,
        case
            when not is_employee_identified then 'unidentified_employee'
            when not is_unknown_to_crm then doubt
        end as review_cause,
        claimed_start,
        claimed_end,
        {{ value_text('punched_at', 'moment', 'zh') }}
        || '在距本单位办公地' || {{ value_text('office_distance_m', 'number', 'zh') }} || '米处打卡' as office_punch_zh,
        'at ' || {{ value_text('punched_at', 'moment', 'en') }}
        || ', ' || {{ value_text('office_distance_m', 'number', 'en') }} || ' m away' as office_punch_en,
        case when is_unknown_to_crm then 'none' else 'not_decisive' end as contact,
        {{ evidence([
            evidence_entry('summary', 'work_summaries', 'summary_id'),
            evidence_entry('office_punch', 'punches', 'punch_id'),
            evidence_entry('office_place', 'org_units', 'office_key'),
        ]) }} as evidence
    from judged
    where is_unknown_to_crm or punch_id is not null
)

{{ rule_output('TRAJ-02', 'hits', has=['customer_id']) }}
