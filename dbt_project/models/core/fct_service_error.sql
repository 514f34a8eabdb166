with

located as (
    {{ located_fact(
        'stg_crm__service_errors',
        keys=['error_id'],
        person='employee_id',
        moment='occurred_at',
        columns=['error_id', 'employee_id', 'ticket_id', 'category', 'process_step', 'occurred_at', 'loss_amount',
            'currency', 'grade', 'reported_cause'],
        instants=['occurred_at']
    ) | indent(4) }}
)

select
    located.error_id,
    located.employee_id,
    located.is_employee_identified,
    located.org_unit_id,
    located.branch_id,
    located.job_family,
    located.ticket_id,
    located.category,
    located.process_step,
    located.occurred_at,
    located.occurred_at_utc,
    located.loss_amount,
    coalesce(located.currency, {{ default_currency() }}) as currency,
    {#- Null where no loss was recorded, and where nobody knows the rate. -#}
    cast(located.loss_amount * rates.rate_to_cny as decimal(18, 2)) as loss_amount_cny,
    case when located.loss_amount is not null then rates.record_key end as rate_key,
    located.grade,
    located.reported_cause,
    located.record_key,
    located.source_file,
    located.source_row,
    located.row_hash
from located
left join {{ ref('dim_exchange_rate') }} as rates
    on coalesce(located.currency, {{ default_currency() }}) = rates.currency
    and {{ in_force('rates', 'located.occurred_at') }}
