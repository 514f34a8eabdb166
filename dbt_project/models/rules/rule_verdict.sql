{#-
  A rule that lacks a required dataset has no verdicts: rule_status says NO_DATA instead. What an experimental rule
  finds is for a person to look at and costs nobody points; its sentence says so, unless the rule had a doubt of its own.
-#}
with

blind_rules as (
    select rule_id
    from {{ ref('rule_dataset') }}
    where is_required and not is_delivered
    group by rule_id
)

select
    {{ text_hash(['verdicts.rule_id', 'verdicts.subject_id', moment_text('verdicts.episode_started_at')]) }} as violation_id,
    {{ text_hash(['verdicts.incident_key']) }} as incident_id,
    {{ dbt.split_part('verdicts.rule_id', "'-'", 1) }} as family,
    coalesce(verdicts.own_severity, settings.severity) as severity,
    coalesce(verdicts.own_points, settings.points) as points,
    org_unit.branch_id,
    settings.loss_kind,
    {%- for column in rule_columns() if not column.startswith('own_') %}
    {%- if column == 'verdict' %}
    case when settings.is_experimental then 'NEEDS_REVIEW' else verdicts.verdict end as verdict,
    {%- elif column == 'review_cause' %}
    case when settings.is_experimental then 'experimental_rule' else verdicts.review_cause end as review_cause,
    {%- elif column.startswith('explanation_') %}
    case
        when settings.is_experimental and verdicts.review_cause is null
            then {{ review_opening("'experimental_rule'", column.split('_')[1]) }} || verdicts.{{ column }}
        else verdicts.{{ column }}
    end as {{ column }},
    {%- else %}
    verdicts.{{ column }}{{ ',' if not loop.last }}
    {%- endif %}
    {%- endfor %}
from {{ ref('int_rule_output') }} as verdicts
inner join {{ ref('rule_setting') }} as settings
    on verdicts.rule_id = settings.rule_id
    and settings.is_enabled
    and {{ in_force('settings', 'verdicts.occurred_at') }}
left join {{ ref('dim_org_unit') }} as org_unit on verdicts.org_unit_id = org_unit.org_unit_id
left join blind_rules on verdicts.rule_id = blind_rules.rule_id
where blind_rules.rule_id is null
