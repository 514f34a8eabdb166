with

hits as (
    select
        errors.error_id as subject_id,
        errors.employee_id,
        errors.org_unit_id,
        errors.occurred_at,
        errors.occurred_at as episode_started_at,
        errors.customer_id,
        errors.loss_amount as amount_at_risk,
        errors.currency,
        'error/' || errors.error_id as incident_key,
        case
            when not errors.is_employee_identified then 'unidentified_employee'
            when errors.is_rate_missing and coalesce(errors.grade, 'minor') <> 'gross' then 'unknown_exchange_rate'
        end as review_cause,
        grades.severity as own_severity,
        grades.points as own_points,
        errors.category,
        errors.loss_amount,
        errors.loss_amount_cny,
        minimum_loss.value as minimum_loss_amount,
        errors.grade,
        case
            when errors.is_graded_by_source then 'source'
            when errors.is_rate_missing then 'unknown'
            else 'loss'
        end as graded_by,
        {{ evidence([
            evidence_entry('error', 'service_errors', 'errors.record_key'),
            evidence_entry('ticket', 'tickets', 'errors.ticket_key'),
            evidence_entry('exchange_rate', 'exchange_rates', 'errors.rate_key'),
        ]) }} as evidence
    from {{ ref('int_graded_error') }} as errors
    {{ threshold_join(
        'minimum_loss', 'SVC-01', 'minimum_loss_amount', 'errors.occurred_at', 'errors.org_unit_id', 'errors.job_family'
    ) }}
    left join {{ ref('error_grades') }} as grades
        on errors.grade = grades.grade
        and {{ in_force('grades', 'errors.occurred_at') }}
    where errors.loss_amount_cny >= minimum_loss.value or errors.grade = 'gross' or errors.is_rate_missing
)

{{ rule_output('SVC-01', 'hits', has=['customer_id', 'amount_at_risk', 'currency', 'own_severity', 'own_points']) }}
