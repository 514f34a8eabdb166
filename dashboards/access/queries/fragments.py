"""Conditions and common tables that several queries share.

Belongs here: SQL text with parameters, each with one meaning.
Does not belong here: whole queries.
"""

ORG_TABLES = ("reference.org_units", "reference.org_unit_ancestors")

# The unit that the page is about: the chosen one, else the top of what the viewer may see.
TOP_UNITS = """top_units as (
    select u.org_unit_id
    from org_units as u
    where u.org_unit_id = coalesce(cast($filter_org as varchar), cast($scope_org_unit_id as varchar))
        or (
            coalesce(cast($filter_org as varchar), cast($scope_org_unit_id as varchar)) is null
            and u.parent_org_unit_id is null
        )
)"""

# The units directly below it.
CHILD_UNITS = """child_units as (
    select u.org_unit_id, u.org_unit_name, u.org_unit_type
    from org_units as u
    join top_units as t on t.org_unit_id = u.parent_org_unit_id
)"""


def in_org(column: str) -> str:
    """The unit is the chosen one or below it."""
    return f"""(
        cast($filter_org as varchar) is null
        or {column} in (select a.org_unit_id from org_unit_ancestors as a where a.ancestor_id = $filter_org)
    )"""


def in_months(column: str) -> str:
    """The date or time lies in the chosen months, both included."""
    return f"""(cast($filter_from as date) is null or {column} >= cast($filter_from as date))
        and (cast($filter_to as date) is null or {column} < cast($filter_to as date) + interval 1 month)"""


def equals(column: str, name: str) -> str:
    """The column has the chosen value, if one is chosen."""
    return f"(cast($filter_{name} as varchar) is null or {column} = $filter_{name})"


# What counts: neither found to be none, nor overturned on appeal, nor suppressed by policy.
COUNTS = "coalesce(v.disposition, 'open') not in ('unsubstantiated', 'overturned') and not v.is_suppressed"

# A signal is nobody's fault: it is counted where its family is asked for, never among violations.
NO_SIGNALS = """(
        cast($filter_family as varchar) is not null
        or v.rule_id not in (select r.rule_id from rules as r where r.answerable = 'nobody')
    )"""

# What kind of finding a rule makes: a fault of a person, a hint that costs nothing, a duty of the company, a signal.
NATURE = """case
        when r.answerable = 'nobody' then 'signal'
        when r.answerable = 'company' then 'duty'
        when r.points = 0 then 'hint'
        else 'fault'
    end"""

# One answer for the chosen months: FAIL outweighs NEEDS_REVIEW, and both outweigh PASS. A day without data is no day
# judged, so that a verdict never stands for more days than it was reached on. Needs TOP_UNITS.
VERDICT_OF_PERIOD = """status_days as (
    select
        s.rule_id, s.status, s.missing_datasets,
        datediff(
            'day',
            greatest(s.valid_from, coalesce(cast($filter_from as date), s.valid_from)),
            least(s.valid_to, coalesce(cast(cast($filter_to as date) + interval 1 month as date), s.valid_to))
        ) as day_count
    from rule_status as s
    join top_units as t on t.org_unit_id = s.org_unit_id
),
verdicts as (
    select
        d.rule_id,
        case min(case d.status
            when 'FAIL' then 1 when 'NEEDS_REVIEW' then 2 when 'PASS' then 3 when 'NO_DATA' then 4
            when 'NOT_YET_EFFECTIVE' then 5 else 6
        end)
            when 1 then 'FAIL' when 2 then 'NEEDS_REVIEW' when 3 then 'PASS' when 4 then 'NO_DATA'
            when 5 then 'NOT_YET_EFFECTIVE' else 'NOT_APPLICABLE'
        end as verdict,
        coalesce(sum(d.day_count) filter (where d.status in ('FAIL', 'NEEDS_REVIEW', 'PASS')), 0) as judged_days,
        coalesce(sum(d.day_count) filter (where d.status = 'NO_DATA'), 0) as no_data_days,
        sum(d.day_count) as total_days,
        string_agg(distinct d.missing_datasets, ', ') as missing_datasets
    from status_days as d
    where d.day_count > 0
    group by d.rule_id
)"""
