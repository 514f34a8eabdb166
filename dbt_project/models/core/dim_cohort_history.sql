{#- Every boundary of an attribute begins a stretch; within one, each attribute is that of its first moment. -#}
with

boundaries as (
    {%- for history in ['dim_employment', 'dim_tenure', 'dim_employee_history', 'int_training_state'] %}
    select employee_id, valid_from as boundary_at
    from {{ ref(history) }}
    union all
    select employee_id, valid_to as boundary_at
    from {{ ref(history) }}
    where valid_to is not null
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

moments as (
    select employee_id, boundary_at
    from boundaries
    group by employee_id, boundary_at
),

stretches as (
    select
        employee_id,
        boundary_at as valid_from,
        lead(boundary_at) over (partition by employee_id order by boundary_at) as valid_to
    from moments
)

select
    stretches.employee_id,
    stretches.valid_from,
    stretches.valid_to,
    tenure.tenure_band,
    case
        when employment.is_start_known
            then {{ half_year('employment.valid_from') }}
    end as hire_half_year,
    history.org_unit_id,
    history.job_family,
    history.manager_id,
    coalesce(training.training_state, case when deliveries.dataset is not null then 'not_yet' end) as training_state
from stretches
inner join {{ ref('dim_employment') }} as employment
    on stretches.employee_id = employment.employee_id
    and {{ in_force('employment', 'stretches.valid_from') }}
left join {{ ref('dim_tenure') }} as tenure
    on stretches.employee_id = tenure.employee_id
    and {{ in_force('tenure', 'stretches.valid_from') }}
left join {{ ref('dim_employee_history') }} as history
    on stretches.employee_id = history.employee_id
    and {{ in_force('history', 'stretches.valid_from') }}
left join {{ ref('int_training_state') }} as training
    on stretches.employee_id = training.employee_id
    and {{ in_force('training', 'stretches.valid_from') }}
left join {{ ref('dim_dataset') }} as deliveries
    on deliveries.dataset = 'training_records' and deliveries.last_delivered_at is not null
