with

last_consents as (
    select request_id, max(acted_at) as acted_at, max(acted_at_utc) as acted_at_utc
    from {{ ref('fct_approval_step') }}
    where is_consent
    group by request_id
),

decided as (
    select
        requests.request_id,
        requests.process_type,
        requests.applicant_id,
        people.employee_id is not null as is_applicant_identified,
        person.org_unit_id,
        person.branch_id,
        person.job_family,
        requests.submitted_at,
        requests.subject_type,
        requests.subject_id,
        requests.reason_code,
        requests.reason,
        requests.requested_value,
        requests.approved_value,
        requests.status,
        requests.decided_at,
        case
            when requests.status = 'approved' then coalesce(requests.decided_at, last_consents.acted_at)
        end as approved_at,
        case when requests.status = 'approved' then requests.decided_at end as approval_decided_at,
        case when requests.status = 'approved' then last_consents.acted_at_utc end as last_consent_at_utc,
        coalesce(zone.timezone, group_zone.timezone) as timezone,
        requests._source_file,
        requests._source_row,
        requests._row_hash
    from {{ ref('stg_hr__approval_requests') }} as requests
    cross join {{ ref('stg_hr__group_timezone') }} as group_zone
    left join {{ ref('stg_hr__employee_timezones') }} as zone on requests.applicant_id = zone.employee_id
    left join last_consents on requests.request_id = last_consents.request_id
    left join {{ ref('int_known_person') }} as people on requests.applicant_id = people.employee_id
    {{ employee_at_join('person', 'requests.applicant_id', 'requests.submitted_at') }}
)

select
    request_id,
    process_type,
    applicant_id,
    is_applicant_identified,
    org_unit_id,
    branch_id,
    job_family,
    submitted_at,
    subject_type,
    subject_id,
    {#- The act that the request is about; violations of one act are one incident. -#}
    case
        when subject_type in ('order', 'contract') then subject_type || '/' || subject_id
        else 'request/' || request_id
    end as incident_key,
    reason_code,
    reason,
    requested_value,
    approved_value,
    {#- An approval that names no value approves what was requested. -#}
    case when status = 'approved' then coalesce(approved_value, requested_value) end as granted_value,
    status,
    decided_at,
    approved_at,
    coalesce({{ utc_instant('approval_decided_at', 'timezone') }}, last_consent_at_utc) as approved_at_utc,
    request_id as record_key,
    _source_file as source_file,
    _source_row as source_row,
    _row_hash as row_hash
from decided
