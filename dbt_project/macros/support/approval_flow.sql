{#-
  The steps that policy requires of each of `requests` (request_id, process_type, submitted_at, reason_code), as the body
  of a CTE: one row per request and required step, whether nobody consented in it, and whether that came before a step
  that stands before it. `steps`: fct_approval_step or what has its columns. What counts of a step is its last word.
-#}
{% macro required_steps(requests, steps) -%}
    select
        {{ requests }}.request_id,
        policy.step_order,
        policy.step_type,
        steps.acted_at_utc is null as is_missing,
        coalesce(
            steps.acted_at_utc < max(steps.acted_at_utc) over (
                partition by {{ requests }}.request_id
                order by policy.step_order
                rows between unbounded preceding and 1 preceding
            ),
            false
        ) as is_early
    from {{ requests }}
    inner join {{ ref('required_approval_steps') }} as policy
        on {{ requests }}.process_type = policy.process_type
        and {{ in_force('policy', requests ~ '.submitted_at') }}
        and (policy.reason_code is null or policy.reason_code = {{ requests }}.reason_code)
    left join {{ steps }} as steps
        on {{ requests }}.request_id = steps.request_id
        and policy.step_type = steps.step_type
        and steps.is_last_word
        and steps.is_consent
{%- endmacro %}

{#- Requests up to the last delivery of anything, placed in the group where no unit is known, as the body of a CTE. -#}
{% macro delivered_requests() -%}
    select
        requests.request_id,
        requests.process_type,
        requests.applicant_id,
        coalesce(requests.org_unit_id, group_unit.org_unit_id) as org_unit_id,
        requests.submitted_at,
        requests.reason_code,
        requests.status
    from {{ ref('fct_approval_request') }} as requests
    inner join {{ ref('dim_org_unit') }} as group_unit on group_unit.is_group
    cross join (select max(last_delivered_at) as delivered_at from {{ ref('dim_dataset') }}) as last_delivery
    where last_delivery.delivered_at is null or requests.submitted_at <= last_delivery.delivered_at
{%- endmacro %}
