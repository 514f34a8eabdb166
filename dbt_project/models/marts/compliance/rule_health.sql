{#- How a rule fares: what it found, whether cases confirmed it, on how many days it could answer, how far its data reach. -#}
{%- set answers = rule_answers() -%}
with

{# A rule knows the world up to where the most backward of the systems that it needs ends. #}
needs as (
    select
        needs.rule_id,
        min(needs.system_as_of) as last_event_at,
        {{ dbt.listagg('case when not needs.is_delivered then needs.dataset end', "', '", 'order by needs.dataset') }} as missing_datasets
    from {{ ref('rule_dataset') }} as needs
    where needs.is_required
    group by needs.rule_id
)

select
    counts.family,
    counts.rule_id,
    counts.org_unit_id,
    counts.violation_count,
    counts.incident_count,
    counts.person_count,
    counts.review_item_count,
    counts.suppressed_count,
    counts.open_count,
    counts.substantiated_count,
    counts.unsubstantiated_count,
    counts.overturned_count,
    counts.decided_count,
    shares.precision_share,
    shares.precision_low,
    shares.precision_high,
    shares.has_enough_data,
    {%- for answer in answers %}
    counts.{{ answer }}_days,
    {%- endfor %}
    cast(counts.pass_days + counts.fail_days + counts.needs_review_days as double)
    / nullif(counts.pass_days + counts.fail_days + counts.needs_review_days + counts.no_data_days, 0) as coverage_share,
    counts.first_judged_day,
    counts.first_occurred_at,
    counts.last_occurred_at,
    needs.last_event_at,
    needs.missing_datasets
from {{ ref('rule_counts') }} as counts
inner join {{ source('statistics', 'rule_precision') }} as shares
    on counts.rule_id = shares.rule_id
    and counts.org_unit_id = shares.org_unit_id
left join needs on counts.rule_id = needs.rule_id
