with

placed as (
    select
        steps.request_id,
        steps.step_no,
        steps.step_type,
        steps.approver_id,
        steps.action,
        steps.received_at,
        steps.acted_at,
        people.employee_id is not null as is_approver_identified,
        {{ utc_instant('steps.acted_at', 'coalesce(zone.timezone, group_zone.timezone)') }} as acted_at_utc,
        steps._source_file,
        steps._source_row,
        steps._row_hash
    from {{ ref('stg_hr__approval_steps') }} as steps
    cross join {{ ref('stg_hr__group_timezone') }} as group_zone
    left join {{ ref('stg_hr__employee_timezones') }} as zone on steps.approver_id = zone.employee_id
    left join {{ ref('int_known_person') }} as people on steps.approver_id = people.employee_id
),

ranked as (
    select
        request_id,
        step_no,
        step_type,
        approver_id,
        is_approver_identified,
        action,
        received_at,
        acted_at,
        acted_at_utc,
        row_number() over (
            partition by request_id, step_type order by acted_at_utc desc, step_no desc
        ) as words_after,
        _source_file,
        _source_row,
        _row_hash
    from placed
)

select
    request_id || '/' || cast(step_no as {{ dbt.type_string() }}) as approval_step_id,
    request_id,
    step_no,
    step_type,
    approver_id,
    is_approver_identified,
    action,
    action in ('approve', 'confirm') as is_consent,
    words_after = 1 as is_last_word,
    received_at,
    acted_at,
    acted_at_utc,
    request_id || '/' || cast(step_no as {{ dbt.type_string() }}) as record_key,
    _source_file as source_file,
    _source_row as source_row,
    _row_hash as row_hash
from ranked
