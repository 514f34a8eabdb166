{#-
  "As of" is the latest delivery of anything, never this machine's clock: a warehouse that nobody has fed for a month is
  not a month of missing deliveries.
-#}
with

as_of as (
    select max(delivered_local) as moment
    from {{ ref('stg_landed__batch_coverage') }}
),

covered as (
    select
        dataset,
        source,
        valid_from,
        max(delivered_at) as last_delivered_at,
        max(covered_to) as covered_to
    from {{ ref('int_expected_coverage') }}
    group by dataset, source, valid_from
),

expected as (
    select
        expected.dataset,
        coalesce(expected.source, '') as source,
        expected.frequency,
        expected.lag_hours,
        expected.valid_from,
        expected.valid_to,
        covered.last_delivered_at,
        covered.covered_to,
        as_of.moment as as_of,
        {#- Due at the very moment is not late yet. #}
        {{ dbt.dateadd('second', -1, dbt.dateadd('hour', '-1 * expected.lag_hours', 'as_of.moment')) }} as judged_until,
        case
            when covered.covered_to > expected.valid_from then covered.covered_to
            else expected.valid_from
        end as next_day
    from {{ ref('expected_deliveries') }} as expected
    cross join as_of
    left join covered
        on expected.dataset = covered.dataset
        and coalesce(expected.source, '') = covered.source
        and expected.valid_from = covered.valid_from
),

judged as (
    select
        dataset,
        source,
        frequency,
        lag_hours,
        valid_from,
        valid_to,
        last_delivered_at,
        covered_to,
        as_of,
        {{ period_start('frequency', 'judged_until') }} as ended_on,
        case
            when valid_to <= next_day then cast(null as timestamp)
            else {{ dbt.dateadd('hour', 'lag_hours', 'cast(' ~ period_end('frequency', 'next_day') ~ ' as timestamp)') }}
        end as next_due_local
    from expected
)

select
    judged.dataset,
    judged.source,
    judged.frequency,
    judged.lag_hours,
    judged.valid_from,
    judged.valid_to,
    judged.last_delivered_at,
    judged.covered_to,
    case when judged.valid_to < judged.ended_on then judged.valid_to else judged.ended_on end as judged_to,
    {{ utc_instant('judged.next_due_local', 'group_zone.timezone') }} as next_due_at,
    coalesce(judged.next_due_local < judged.as_of, false) as is_overdue
from judged
cross join {{ ref('stg_hr__group_timezone') }} as group_zone
