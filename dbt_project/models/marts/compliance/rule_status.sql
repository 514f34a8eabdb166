{#-
  Built from the days on which something changes, not day by day: a rule's first day, the days with verdicts, and the
  ends of what the data cover. A unit answers for all below it; a verdict without a unit is the group's.
  A day on which a required dataset is missing is never a PASS; a violation found on it is one all the same.
-#}
with

{# First and last day that any rule could judge; where no subject was delivered, that any fact tells of. #}
period as (
    select
        cast(coalesce(min(case when needs.is_subject then needs.first_event_at end), min(needs.first_event_at)) as date) as first_day,
        cast({{ dbt.dateadd('day', 1, 'max(needs.system_as_of)') }} as date) as end_day
    from {{ ref('rule_dataset') }} as needs
    where needs.is_delivered
),

rule_coverage as (
    select
        needs.rule_id,
        max(case when needs.is_required and not needs.is_delivered then 1 else 0 end) = 1 as is_blind,
        max(case when needs.is_subject then needs.dataset end) as subject_dataset,
        cast(max(case when needs.is_subject then needs.first_event_at end) as date) as first_day,
        cast({{ dbt.dateadd('day', 1, 'max(case when needs.is_subject then needs.system_as_of end)') }} as date) as end_day
    from {{ ref('rule_dataset') }} as needs
    group by needs.rule_id
),

rule_units as (
    select
        coverage.rule_id,
        coverage.is_blind,
        coverage.subject_dataset,
        coverage.first_day,
        coverage.end_day,
        units.org_unit_id,
        period.first_day as period_start,
        period.end_day as period_end
    from rule_coverage as coverage
    cross join {{ ref('dim_org_unit') }} as units
    cross join period
    where period.first_day is not null
),

{#- Of each rule: the datasets that it requires and lacks, from when to when; one never delivered says it all. -#}
rule_gaps as (
    select needs.rule_id, needs.dataset, period.first_day as missing_from, period.end_day as missing_to
    from {{ ref('rule_dataset') }} as needs
    cross join period
    where needs.is_required and not needs.is_delivered
    union all
    select needs.rule_id, needs.dataset, gaps.missing_from, gaps.missing_to
    from {{ ref('rule_dataset') }} as needs
    inner join rule_coverage as coverage on needs.rule_id = coverage.rule_id
    inner join {{ ref('fct_missing_delivery') }} as gaps on needs.dataset = gaps.dataset
    where needs.is_required and not coverage.is_blind
    union all
    select coverage.rule_id, coverage.subject_dataset as dataset, period.first_day as missing_from, coverage.first_day as missing_to
    from rule_coverage as coverage
    cross join period
    where not coverage.is_blind
    union all
    select coverage.rule_id, coverage.subject_dataset as dataset, coverage.end_day as missing_from, period.end_day as missing_to
    from rule_coverage as coverage
    cross join period
    where not coverage.is_blind
),

verdict_days as (
    select
        verdicts.rule_id,
        lineage.ancestor_id as org_unit_id,
        cast(verdicts.occurred_at as date) as day,
        sum(case when verdicts.verdict = 'FAIL' then 1 else 0 end) as violation_count,
        sum(case when verdicts.verdict = 'NEEDS_REVIEW' then 1 else 0 end) as review_count
    from {{ ref('rule_verdict') }} as verdicts
    inner join {{ ref('dim_org_unit') }} as group_unit on group_unit.is_group
    inner join {{ ref('bridge_org_unit_ancestor') }} as lineage
        on coalesce(verdicts.org_unit_id, group_unit.org_unit_id) = lineage.org_unit_id
    left join {{ ref('verdict_case') }} as cases on verdicts.violation_id = cases.violation_id
    where coalesce(cases.disposition, 'open') in ('open', 'substantiated')
    group by verdicts.rule_id, lineage.ancestor_id, cast(verdicts.occurred_at as date)
),

bounds as (
    select rule_id, org_unit_id, period_start as day from rule_units
    union
    select rule_units.rule_id, rule_units.org_unit_id, rule_gaps.missing_from as day
    from rule_units
    inner join rule_gaps on rule_units.rule_id = rule_gaps.rule_id
    union
    select rule_units.rule_id, rule_units.org_unit_id, rule_gaps.missing_to as day
    from rule_units
    inner join rule_gaps on rule_units.rule_id = rule_gaps.rule_id
    union
    select rule_units.rule_id, rule_units.org_unit_id, settings.valid_from as day
    from rule_units
    inner join {{ ref('rule_setting') }} as settings on rule_units.rule_id = settings.rule_id
    union
    select rule_units.rule_id, rule_units.org_unit_id, settings.valid_to as day
    from rule_units
    inner join {{ ref('rule_setting') }} as settings on rule_units.rule_id = settings.rule_id
    union
    select rule_id, org_unit_id, cast(valid_from as date) as day from {{ ref('rule_applicability') }}
    union
    select rule_id, org_unit_id, cast(valid_to as date) as day from {{ ref('rule_applicability') }}
    union
    select rule_id, org_unit_id, day from verdict_days
    union
    select rule_id, org_unit_id, cast({{ dbt.dateadd('day', 1, 'day') }} as date) as day from verdict_days
),

segments as (
    select
        rule_units.rule_id,
        rule_units.org_unit_id,
        rule_units.is_blind,
        rule_units.subject_dataset,
        rule_units.first_day,
        rule_units.end_day,
        bounds.day as valid_from,
        coalesce(
            lead(bounds.day) over (partition by bounds.rule_id, bounds.org_unit_id order by bounds.day),
            rule_units.period_end
        ) as valid_to
    from bounds
    inner join rule_units on bounds.rule_id = rule_units.rule_id and bounds.org_unit_id = rule_units.org_unit_id
    where bounds.day >= rule_units.period_start and bounds.day < rule_units.period_end
),

{#- Rules that only the law of some countries knows, and where and when it does. -#}
lawful_segments as (
    select segments.rule_id, segments.org_unit_id, segments.valid_from
    from segments
    inner join {{ ref('rule_applicability') }} as applicability
        on segments.rule_id = applicability.rule_id
        and segments.org_unit_id = applicability.org_unit_id
        and {{ in_force('applicability', 'segments.valid_from') }}
    group by segments.rule_id, segments.org_unit_id, segments.valid_from
),

segment_days as (
    select rule_id, valid_from as day
    from segments
    group by rule_id, valid_from
),

missing as (
    select segment_days.rule_id, segment_days.day, rule_gaps.dataset
    from segment_days
    inner join rule_gaps
        on segment_days.rule_id = rule_gaps.rule_id
        and segment_days.day >= rule_gaps.missing_from
        and segment_days.day < rule_gaps.missing_to
    group by segment_days.rule_id, segment_days.day, rule_gaps.dataset
),

missing_days as (
    select rule_id, day, {{ dbt.listagg('dataset', "', '", 'order by dataset') }} as datasets
    from missing
    group by rule_id, day
),

enabled_from as (
    select rule_id, min(valid_from) as first_day
    from {{ ref('rule_setting') }}
    where is_enabled
    group by rule_id
),

judged as (
    select
        segments.rule_id,
        segments.org_unit_id,
        segments.valid_from,
        segments.valid_to,
        case
            when settings.rule_id is null and segments.valid_from < enabled_from.first_day then 'NOT_YET_EFFECTIVE'
            when settings.rule_id is null then 'NOT_APPLICABLE'
            when segments.rule_id in ('{{ labour_rule_limits() | join("', '") }}') and lawful.rule_id is null
                then 'NOT_APPLICABLE'
            when segments.is_blind then 'NO_DATA'
            when segments.valid_from < segments.first_day or segments.valid_from >= segments.end_day then 'NO_DATA'
            when verdict_days.violation_count > 0 then 'FAIL'
            when missing_days.rule_id is not null then 'NO_DATA'
            when verdict_days.review_count > 0 then 'NEEDS_REVIEW'
            when presence.org_unit_id is null then 'NOT_APPLICABLE'
            else 'PASS'
        end as status,
        coalesce(verdict_days.violation_count, 0) as violation_count,
        missing_days.datasets as missing_datasets
    from segments
    left join enabled_from on segments.rule_id = enabled_from.rule_id
    left join {{ ref('rule_setting') }} as settings
        on segments.rule_id = settings.rule_id
        and settings.is_enabled
        and {{ in_force('settings', 'segments.valid_from') }}
    left join lawful_segments as lawful
        on segments.rule_id = lawful.rule_id
        and segments.org_unit_id = lawful.org_unit_id
        and segments.valid_from = lawful.valid_from
    left join {{ ref('subject_presence') }} as presence
        on segments.subject_dataset = presence.dataset and segments.org_unit_id = presence.org_unit_id
    left join verdict_days
        on segments.rule_id = verdict_days.rule_id
        and segments.org_unit_id = verdict_days.org_unit_id
        and segments.valid_from = verdict_days.day
    left join missing_days on segments.rule_id = missing_days.rule_id and segments.valid_from = missing_days.day
),

answered as (
    select
        rule_id,
        org_unit_id,
        valid_from,
        valid_to,
        status,
        violation_count,
        case when status = 'NO_DATA' then missing_datasets end as missing_datasets
    from judged
),

marked as (
    select
        rule_id,
        org_unit_id,
        valid_from,
        valid_to,
        status,
        violation_count,
        missing_datasets,
        case
            when status is distinct from lag(status) over (partition by rule_id, org_unit_id order by valid_from) then 1
            when missing_datasets is distinct from lag(missing_datasets) over (
                partition by rule_id, org_unit_id order by valid_from
            ) then 1
            else 0
        end as is_start
    from answered
),

numbered as (
    select
        rule_id,
        org_unit_id,
        valid_from,
        valid_to,
        status,
        violation_count,
        missing_datasets,
        sum(is_start) over (
            partition by rule_id, org_unit_id order by valid_from rows between unbounded preceding and current row
        ) as interval_no
    from marked
)

select
    rule_id,
    org_unit_id,
    min(valid_from) as valid_from,
    max(valid_to) as valid_to,
    status,
    cast(sum(violation_count) as bigint) as violation_count,
    max(missing_datasets) as missing_datasets
from numbered
group by rule_id, org_unit_id, interval_no, status
