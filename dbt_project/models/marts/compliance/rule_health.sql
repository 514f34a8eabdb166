{#- How a rule fares: what it found, whether cases confirmed it, on how many days it could answer, how far its data reach. -#}
{%- set answers = ['pass', 'fail', 'needs_review', 'no_data', 'not_applicable', 'not_yet_effective'] -%}
with

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

{#- A rule knows the world up to where the most backward of the systems that it needs ends. -#}
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
    cast(coalesce(days.{{ answer }}_days, 0) as bigint) as {{ answer }}_days,
    {%- endfor %}
    cast(days.pass_days + days.fail_days + days.needs_review_days as double)
    / nullif(days.pass_days + days.fail_days + days.needs_review_days + days.no_data_days, 0) as coverage_share,
    days.first_judged_day,
    counts.first_occurred_at,
    counts.last_occurred_at,
    needs.last_event_at,
    needs.missing_datasets
from {{ ref('rule_counts') }} as counts
inner join {{ source('statistics', 'rule_precision') }} as shares
    on counts.rule_id = shares.rule_id
    and counts.org_unit_id = shares.org_unit_id
left join days on counts.rule_id = days.rule_id and counts.org_unit_id = days.org_unit_id
left join needs on counts.rule_id = needs.rule_id
