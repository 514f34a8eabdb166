{#-
  Every indication that the records give is weighed by policy for and against every cause. A cause is named where its
  weight is large enough and clearly above the others'; what was reported is compared with it, never followed.
-#}
{%- set needed_datasets = ['training_records', 'knowledge_articles', 'knowledge_access', 'tickets'] -%}
with

missing as (
    select {{ dbt.listagg('dataset', "', '", 'order by dataset') }} as datasets
    from {{ ref('dim_dataset') }}
    where
        not is_delivered
        and dataset in ({% for dataset in needed_datasets %}'{{ dataset }}'{{ ', ' if not loop.last }}{% endfor %})
),

causes as (
    {%- for cause in error_causes() %}
    select '{{ cause }}' as cause, {{ loop.index }} as cause_order
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

weighed as (
    select
        indications.error_id,
        indications.indication,
        indications.sort_order,
        indications.sentence_zh,
        indications.sentence_en,
        weights.cause,
        weights.weight
    from {{ ref('sig_error_indication') }} as indications
    inner join {{ ref('fct_service_error') }} as errors on indications.error_id = errors.error_id
    inner join {{ ref('attribution_weights') }} as weights
        on indications.indication = weights.indication
        and {{ in_force('weights', 'errors.occurred_at') }}
),

cause_weights as (
    select
        error_id,
        cause,
        sum(weight) as weight,
        sum(case when weight > 0 then weight else 0 end) as supporting_weight
    from weighed
    group by error_id, cause
),

ranked as (
    select
        errors.error_id,
        causes.cause,
        coalesce(cause_weights.weight, 0) as weight,
        coalesce(cause_weights.supporting_weight, 0) as supporting_weight,
        row_number() over (
            partition by errors.error_id order by coalesce(cause_weights.weight, 0) desc, causes.cause_order
        ) as position
    from {{ ref('fct_service_error') }} as errors
    cross join causes
    left join cause_weights on errors.error_id = cause_weights.error_id and causes.cause = cause_weights.cause
),

judged as (
    select
        error_id,
        max(case when position = 1 then cause end) as leading_cause,
        max(case when position = 1 then weight end) as leading_weight,
        {#- Being spoken against does not make another cause more likely: no lead is measured from below zero. -#}
        max(case when position = 1 then weight end)
        - max(case when position = 2 and weight > 0 then weight else 0 end) as lead_weight,
        max(supporting_weight) as highest_supporting_weight,
        {%- for cause in error_causes() %}
        max(case when cause = '{{ cause }}' then weight end) as {{ cause }}_weight{{ ',' if not loop.last }}
        {%- endfor %}
    from ranked
    group by error_id
),

decided as (
    select
        judged.error_id,
        case
            when
                missing.datasets is null
                and judged.leading_weight >= policy.minimum_weight
                and judged.lead_weight >= policy.minimum_lead
                then judged.leading_cause
            else 'undecidable'
        end as cause,
        case
            when missing.datasets is not null then 'missing_dataset'
            when judged.leading_weight >= policy.minimum_weight and judged.lead_weight >= policy.minimum_lead then null
            when judged.highest_supporting_weight >= policy.minimum_weight then 'contradiction'
            when not errors.is_employee_identified then 'unidentified_employee'
            else 'few_indications'
        end as undecidable_reason,
        missing.datasets as missing_datasets,
        case when judged.lead_weight >= policy.high_confidence_lead then 'high' else 'medium' end as confidence,
        {%- for cause in error_causes() %}
        judged.{{ cause }}_weight{{ ',' if not loop.last }}
        {%- endfor %}
    from judged
    inner join {{ ref('fct_service_error') }} as errors on judged.error_id = errors.error_id
    {# Where no policy is in force nothing is decided, but no error is lost. #}
    left join {{ ref('attribution_policy') }} as policy on {{ in_force('policy', 'errors.occurred_at') }}
    cross join missing
),

{#- Of a decided error: what speaks for and against its cause. Of another: what speaks for any cause. -#}
told as (
    select
        weighed.error_id,
        weighed.indication,
        max(weighed.sort_order) as sort_order,
        max(weighed.sentence_zh) as sentence_zh,
        max(weighed.sentence_en) as sentence_en,
        decided.cause = 'undecidable' as is_undecided,
        max(case when weighed.cause = decided.cause or decided.cause = 'undecidable' then weighed.weight end) as weight,
        {%- for language in ['zh', 'en'] %}
        {{ dbt.listagg(
            'case when weighed.weight > 0 then case weighed.cause '
            ~ "when 'knowledge_gap' then " ~ sql_text(error_causes().knowledge_gap[language])
            ~ " when 'system_not_synced' then " ~ sql_text(error_causes().system_not_synced[language])
            ~ " when 'process_flaw' then " ~ sql_text(error_causes().process_flaw[language])
            ~ ' else ' ~ sql_text(error_causes().negligence[language]) ~ ' end end',
            "'、'" if language == 'zh' else "', '",
            'order by weighed.cause'
        ) }} as supported_causes_{{ language }}{{ ',' if not loop.last }}
        {%- endfor %}
    from weighed
    inner join decided on weighed.error_id = decided.error_id
    group by weighed.error_id, weighed.indication, decided.cause
),

reasons as (
    select
        error_id,
        {{ dbt.listagg("case when weight > 0 then indication end", "', '", 'order by sort_order') }} as indications_for,
        {{ dbt.listagg("case when weight < 0 then indication end", "', '", 'order by sort_order') }} as indications_against,
        {%- for language in ['zh', 'en'] %}
        {%- set separator = "';'" if language == 'zh' else "'; '" %}
        {{ dbt.listagg('case when weight > 0 then sentence_' ~ language ~ ' end', separator, 'order by sort_order') }} as reasons_for_{{ language }},
        {{ dbt.listagg('case when weight < 0 then sentence_' ~ language ~ ' end', separator, 'order by sort_order') }} as reasons_against_{{ language }},
        {#- What has no say on the cause but speaks for another one; of an undecidable error, all that speaks for any. -#}
        {{ dbt.listagg(
            'case when weight is null or is_undecided then sentence_' ~ language ~ " || "
            ~ ("'(指向'" if language == 'zh' else "' (points to '") ~ ' || supported_causes_' ~ language ~ " || "
            ~ ("')'" if language == 'zh' else "')'") ~ ' end',
            separator, 'order by sort_order'
        ) }} as pointers_{{ language }}{{ ',' if not loop.last }}
        {%- endfor %}
    from told
    group by error_id
),

case_findings as (
    select
        subject_id as error_id,
        case_id,
        root_cause,
        row_number() over (partition by subject_id order by reported_at desc, case_id desc) as position
    from {{ ref('fct_case') }}
    where rule_id = 'SVC-01' or rule_id is null
)

select
    errors.error_id,
    errors.employee_id,
    errors.org_unit_id,
    errors.branch_id,
    errors.job_family,
    errors.ticket_id,
    errors.category,
    errors.process_step,
    errors.occurred_at,
    graded.grade,
    errors.loss_amount,
    errors.currency,
    errors.loss_amount_cny,
    decided.cause,
    case when decided.cause <> 'undecidable' then decided.confidence end as confidence,
    decided.undecidable_reason,
    decided.missing_datasets,
    {%- for cause in error_causes() %}
    cast(decided.{{ cause }}_weight as integer) as {{ cause }}_weight,
    {%- endfor %}
    reasons.indications_for,
    case when decided.cause <> 'undecidable' then reasons.indications_against end as indications_against,
    case decided.cause
        when 'undecidable' then
            case decided.undecidable_reason
                when 'missing_dataset' then '无法判定:从未收到数据集' || decided.missing_datasets || '。'
                when 'contradiction' then '无法判定:记录互相矛盾。'
                when 'unidentified_employee' then '无法判定:责任人无法识别,且没有系统或流程方面的充分迹象。'
                else '无法判定:没有足够的迹象。'
            end
            || coalesce('已有记录:' || reasons.pointers_zh || '。', '')
        else
            '归因于'
            || case decided.cause {% for cause, names in error_causes().items() %} when '{{ cause }}' then {{ sql_text(names.zh) }}{% endfor %} end
            || case decided.confidence when 'high' then '(把握较高)' else '(把握一般)' end
            || '。依据:' || reasons.reasons_for_zh || '。'
            || coalesce('相反迹象:' || reasons.reasons_against_zh || '。', '没有相反迹象。')
            || coalesce('另有:' || reasons.pointers_zh || '。', '')
    end as explanation_zh,
    case decided.cause
        when 'undecidable' then
            case decided.undecidable_reason
                when 'missing_dataset' then 'Undecidable: never delivered: ' || decided.missing_datasets || '.'
                when 'contradiction' then 'Undecidable: the records contradict each other.'
                when 'unidentified_employee' then 'Undecidable: the person is not identified, and too little points to a system or the process.'
                else 'Undecidable: there are too few indications.'
            end
            || coalesce(' On record: ' || reasons.pointers_en || '.', '')
        else
            'Attributed to '
            || case decided.cause {% for cause, names in error_causes().items() %} when '{{ cause }}' then {{ sql_text(names.en) }}{% endfor %} end
            || case decided.confidence when 'high' then ' (high confidence)' else ' (medium confidence)' end
            || ', because ' || reasons.reasons_for_en || '.'
            || coalesce(' Against it: ' || reasons.reasons_against_en || '.', ' Nothing speaks against it.')
            || coalesce(' Also on record: ' || reasons.pointers_en || '.', '')
    end as explanation_en,
    errors.reported_cause,
    reported.cause as reported_cause_class,
    case when decided.cause <> 'undecidable' then reported.cause = decided.cause end as is_reported_cause_confirmed,
    case_findings.case_id,
    case_findings.root_cause as case_root_cause,
    found.cause as case_cause_class,
    case when decided.cause <> 'undecidable' then found.cause = decided.cause end as is_case_cause_confirmed
from {{ ref('fct_service_error') }} as errors
left join {{ ref('int_graded_error') }} as graded on errors.error_id = graded.error_id
inner join decided on errors.error_id = decided.error_id
left join reasons on errors.error_id = reasons.error_id
left join case_findings on errors.error_id = case_findings.error_id and case_findings.position = 1
left join {{ ref('reported_causes') }} as reported on lower(trim(errors.reported_cause)) = reported.reported_text
left join {{ ref('reported_causes') }} as found on lower(trim(case_findings.root_cause)) = found.reported_text
