{#-
  What a rule found, what cases made of it, and on how many days it answered what. A suppressed verdict counts as such
  and nowhere else.
-#}
{%- set answers = rule_answers() -%}
with

verdicts as (
    {%- for mart, is_review in [('fct_violations', 'false'), ('review_items', 'true')] %}
    select
        found.rule_id,
        coalesce(found.org_unit_id, group_unit.org_unit_id) as org_unit_id,
        found.incident_id,
        found.employee_id,
        found.occurred_at,
        {{ is_review }} as is_review,
        found.is_suppressed,
        not {{ is_review }} and not found.is_suppressed as is_found,
        not {{ is_review }} and not found.is_suppressed and found.disposition in ('open', 'substantiated') as is_valid,
        found.disposition
    from {{ ref(mart) }} as found
    inner join {{ ref('dim_org_unit') }} as group_unit on group_unit.is_group
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

counts as (
    select
        verdicts.rule_id,
        lineage.ancestor_id as org_unit_id,
        sum(case when verdicts.is_found then 1 else 0 end) as violation_count,
        count(distinct case when verdicts.is_valid then verdicts.incident_id end) as incident_count,
        count(distinct case when verdicts.is_valid then verdicts.employee_id end) as person_count,
        sum(case when verdicts.is_review and not verdicts.is_suppressed then 1 else 0 end) as review_item_count,
        sum(case when verdicts.is_suppressed then 1 else 0 end) as suppressed_count,
        {%- for disposition in ['open', 'substantiated', 'unsubstantiated', 'overturned'] %}
        sum(case when verdicts.is_found and verdicts.disposition = '{{ disposition }}' then 1 else 0 end) as {{ disposition }}_count,
        {%- endfor %}
        min(case when verdicts.is_valid then verdicts.occurred_at end) as first_occurred_at,
        max(case when verdicts.is_valid then verdicts.occurred_at end) as last_occurred_at
    from verdicts
    inner join {{ ref('bridge_org_unit_ancestor') }} as lineage on verdicts.org_unit_id = lineage.org_unit_id
    group by verdicts.rule_id, lineage.ancestor_id
),

days as (
    select
        rule_id,
        org_unit_id,
        {%- for answer in answers %}
        sum(case when status = '{{ answer | upper }}' then {{ dbt.datediff('valid_from', 'valid_to', 'day') }} else 0 end) as {{ answer }}_days,
        {%- endfor %}
        min(case when status in ('PASS', 'FAIL', 'NEEDS_REVIEW') then valid_from end) as first_judged_day
    from {{ ref('rule_status') }}
    group by rule_id, org_unit_id
),

minimum as (
    select max(minimum_exposure) as minimum_decided_count
    from {{ ref('statistics_thresholds') }}
    where scope = 'rule' and exposure_unit = 'decided_violation'
)

select
    rules.family,
    rules.rule_id,
    units.org_unit_id,
    {%- for count in [
        'violation_count', 'incident_count', 'person_count', 'review_item_count', 'suppressed_count', 'open_count',
        'substantiated_count', 'unsubstantiated_count', 'overturned_count',
    ] %}
    cast(coalesce(counts.{{ count }}, 0) as bigint) as {{ count }},
    {%- endfor %}
    cast(
        coalesce(counts.substantiated_count + counts.unsubstantiated_count + counts.overturned_count, 0) as bigint
    ) as decided_count,
    minimum.minimum_decided_count,
    {%- for answer in answers %}
    cast(coalesce(days.{{ answer }}_days, 0) as bigint) as {{ answer }}_days,
    {%- endfor %}
    days.first_judged_day,
    counts.first_occurred_at,
    counts.last_occurred_at
from {{ ref('rules') }} as rules
cross join {{ ref('dim_org_unit') }} as units
cross join minimum
left join counts on rules.rule_id = counts.rule_id and units.org_unit_id = counts.org_unit_id
left join days on rules.rule_id = days.rule_id and units.org_unit_id = days.org_unit_id
