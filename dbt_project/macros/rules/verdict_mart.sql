{#- The served columns of one kind of verdict; a review item costs no points. -#}
{% macro verdict_mart(verdict) -%}
select
    verdicts.violation_id,
    verdicts.incident_id,
    verdicts.rule_id,
    verdicts.family,
    verdicts.severity,
    {%- if verdict == 'FAIL' %}
    verdicts.points,
    {%- else %}
    verdicts.review_cause,
    {%- for language in ['zh', 'en'] %}
    cast({{ review_cause_text('verdicts.review_cause', language) }} as {{ dbt.type_string() }}) as review_cause_{{ language }},
    {%- endfor %}
    {%- endif %}
    verdicts.employee_id,
    verdicts.org_unit_id,
    verdicts.branch_id,
    verdicts.occurred_at,
    verdicts.subject_type,
    verdicts.subject_id,
    verdicts.customer_id,
    verdicts.amount_at_risk,
    verdicts.currency,
    verdicts.status,
    cast(coalesce(cases.disposition, 'open') as {{ dbt.type_string() }}) as disposition,
    coalesce(cases.is_appeal_pending, false) as is_appeal_pending,
    suppressions.violation_id is not null as is_suppressed,
    suppressions.reason as suppression_reason,
    suppressions.author as suppression_author,
    suppressions.valid_to as suppressed_until,
    verdicts.explanation_zh,
    verdicts.explanation_en
from {{ ref('rule_verdict') }} as verdicts
left join {{ ref('verdict_case') }} as cases on verdicts.violation_id = cases.violation_id
left join {{ ref('verdict_suppression') }} as suppressions on verdicts.violation_id = suppressions.violation_id
where verdicts.verdict = '{{ verdict }}'
{%- endmacro %}
