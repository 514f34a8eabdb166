{#-
  Fails with one row per rule and org unit whose intervals do not cover the whole period of the data without a gap.
  For a table of intervals (rule_id, org_unit_id, valid_from, valid_to); a rule that is missing altogether fails too.
-#}
{% test no_rule_is_silent(model) %}
with

period as (
    select min(valid_from) as first_day, max(valid_to) as end_day
    from {{ model }}
),

expected as (
    select rules.rule_id, units.org_unit_id, period.first_day, period.end_day
    from {{ ref('rules') }} as rules
    cross join {{ ref('dim_org_unit') }} as units
    cross join period
    where period.first_day is not null
),

answered as (
    select
        rule_id,
        org_unit_id,
        min(valid_from) as first_day,
        max(valid_to) as end_day,
        sum({{ dbt.datediff('valid_from', 'valid_to', 'day') }}) as day_count
    from {{ model }}
    group by rule_id, org_unit_id
)

select
    expected.rule_id as expected_rule_id,
    answered.rule_id as answered_rule_id,
    expected.org_unit_id,
    answered.day_count
from expected
full outer join answered on expected.rule_id = answered.rule_id and expected.org_unit_id = answered.org_unit_id
where
    expected.rule_id is distinct from answered.rule_id
    or expected.first_day is distinct from answered.first_day
    or expected.end_day is distinct from answered.end_day
    or answered.day_count is distinct from {{ dbt.datediff('expected.first_day', 'expected.end_day', 'day') }}
{% endtest %}
