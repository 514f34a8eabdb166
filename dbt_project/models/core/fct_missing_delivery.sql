{#- What lies between one covered stretch and the next, from the first expected day to the last one that is due. -#}
with

expected as (
    select dataset, source, frequency, lag_hours, valid_from, judged_to
    from {{ ref('dim_expected_delivery') }}
    where valid_from < judged_to
),

stretches as (
    select
        expected.dataset,
        expected.source,
        expected.valid_from,
        case when coverage.covered_from < expected.valid_from then expected.valid_from else coverage.covered_from end as covered_from,
        coverage.covered_to
    from expected
    inner join {{ ref('int_expected_coverage') }} as coverage
        on expected.dataset = coverage.dataset
        and expected.source = coverage.source
        and expected.valid_from = coverage.valid_from
        and coverage.covered_from < expected.judged_to
        and coverage.covered_to > expected.valid_from
    union all
    select dataset, source, valid_from, judged_to as covered_from, judged_to as covered_to
    from expected
),

ordered as (
    select
        dataset,
        source,
        valid_from,
        covered_from,
        coalesce(
            max(covered_to) over (
                partition by dataset, source, valid_from
                order by covered_from, covered_to
                rows between unbounded preceding and 1 preceding
            ),
            valid_from
        ) as covered_until
    from stretches
)

select
    ordered.dataset,
    ordered.source,
    expected.frequency,
    ordered.covered_until as missing_from,
    ordered.covered_from as missing_to,
    {{ utc_instant(
        dbt.dateadd(
            'hour', 'expected.lag_hours',
            'cast(' ~ period_end('expected.frequency', 'ordered.covered_until') ~ ' as timestamp)'
        ),
        'group_zone.timezone'
    ) }} as due_at
from ordered
inner join expected
    on ordered.dataset = expected.dataset
    and ordered.source = expected.source
    and ordered.valid_from = expected.valid_from
cross join {{ ref('stg_hr__group_timezone') }} as group_zone
where ordered.covered_until < ordered.covered_from
