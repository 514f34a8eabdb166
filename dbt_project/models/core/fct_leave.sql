with

placed as (
    {{ located_fact(
        'stg_attendance__leaves',
        keys=['leave_id'],
        person='employee_id',
        moment='starts_at',
        columns=['leave_id', 'employee_id', 'leave_type', 'starts_at', 'ends_at', 'status'],
        instants=['starts_at', 'ends_at']
    ) | indent(4) }}
)

select
    placed.leave_id,
    placed.employee_id,
    placed.is_employee_identified,
    placed.org_unit_id,
    placed.branch_id,
    placed.job_family,
    placed.leave_type,
    coalesce(kinds.leave_kind, 'other') as leave_kind,
    placed.starts_at,
    placed.ends_at,
    placed.starts_at_utc,
    placed.ends_at_utc,
    placed.status,
    {#- The contract gives leave no list of states; a system that exports none exports what was taken. #}
    lower(coalesce(placed.status, 'approved')) in ('approved', '已批准', '已通过', '审批通过', '通过', '同意') as is_approved,
    placed.record_key,
    placed.source_file,
    placed.source_row,
    placed.row_hash
from placed
left join {{ ref('leave_kinds') }} as kinds on lower(placed.leave_type) = kinds.leave_type
