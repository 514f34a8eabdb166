{%- set registry = rule_registry() -%}
with

described as (
    {%- for rule in registry %}
    select
        {{ sql_text(rule.rule_id) }} as rule_id,
        {{ sql_text(rule.family) }} as family,
        {%- for text in ['name', 'rationale', 'known_false_positives', 'next_steps', 'policy_source'] %}
        {%- for language in ['zh', 'en'] %}
        {{ sql_text(rule[text][language]) }} as {{ text }}_{{ language }},
        {%- endfor %}
        {%- endfor %}
        {{ sql_text(rule.subject_type) }} as subject_type,
        {{ sql_text(rule.required_datasets | join(', ')) }} as required_datasets,
        {{ sql_text(rule.optional_datasets | join(', ')) }} as optional_datasets,
        {{ rule.version }} as version,
        {{ sql_text(rule.status) }} as status
    {{ 'union all' if not loop.last }}
    {%- else %}
    select
        {%- for column in [
            'rule_id', 'family', 'name_zh', 'name_en', 'rationale_zh', 'rationale_en', 'known_false_positives_zh',
            'known_false_positives_en', 'next_steps_zh', 'next_steps_en', 'policy_source_zh', 'policy_source_en',
            'subject_type', 'required_datasets', 'optional_datasets',
        ] %}
        '' as {{ column }},
        {%- endfor %}
        0 as version,
        '' as status
    where 1 = 0
    {%- endfor %}
),

{#- The setting that came into force last is the one that readers expect beside the rule. -#}
settings as (
    select
        rule_id,
        severity,
        points,
        loss_kind,
        answerable,
        is_enabled,
        valid_from,
        valid_to,
        row_number() over (partition by rule_id order by valid_from desc) as position
    from {{ ref('rule_setting') }}
),

as_of as (
    select max(system_as_of) as moment
    from {{ ref('dim_dataset') }}
),

suppressed as (
    select suppressions.rule_id, count(*) as suppression_count
    from {{ ref('suppressions') }} as suppressions
    inner join as_of on {{ in_force('suppressions', 'as_of.moment') }}
    group by suppressions.rule_id
)

select
    described.rule_id,
    described.family,
    described.name_zh,
    described.name_en,
    described.rationale_zh,
    described.rationale_en,
    settings.severity,
    settings.points,
    settings.loss_kind,
    settings.answerable,
    settings.is_enabled,
    settings.valid_from,
    settings.valid_to,
    described.subject_type,
    described.required_datasets,
    described.optional_datasets,
    described.known_false_positives_zh,
    described.known_false_positives_en,
    described.next_steps_zh,
    described.next_steps_en,
    described.policy_source_zh,
    described.policy_source_en,
    cast(described.version as integer) as version,
    described.status,
    cast(coalesce(suppressed.suppression_count, 0) as bigint) as suppression_count
from described
inner join settings on described.rule_id = settings.rule_id and settings.position = 1
left join suppressed on described.rule_id = suppressed.rule_id
