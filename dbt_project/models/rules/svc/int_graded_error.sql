{#- The source's own grade holds; without one the loss decides, and an unknown amount of money decides nothing. -#}
select
    errors.error_id,
    errors.employee_id,
    errors.is_employee_identified,
    errors.org_unit_id,
    errors.job_family,
    errors.category,
    errors.process_step,
    errors.occurred_at,
    errors.occurred_at_utc,
    errors.loss_amount,
    errors.currency,
    errors.loss_amount_cny,
    errors.loss_amount > 0 and errors.loss_amount_cny is null as is_rate_missing,
    errors.rate_key,
    errors.record_key,
    tickets.record_key as ticket_key,
    tickets.customer_id,
    gross_loss.value as gross_loss_amount,
    errors.grade is not null as is_graded_by_source,
    case
        when errors.grade is not null then errors.grade
        when errors.loss_amount > 0 and errors.loss_amount_cny is null then null
        when errors.loss_amount_cny >= gross_loss.value then 'gross'
        else 'minor'
    end as grade
from {{ ref('fct_service_error') }} as errors
{{ threshold_join(
    'gross_loss', 'SVC-01', 'gross_loss_amount', 'errors.occurred_at', 'errors.org_unit_id', 'errors.job_family'
) }}
left join {{ ref('fct_ticket') }} as tickets on errors.ticket_id = tickets.ticket_id
