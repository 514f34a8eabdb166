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


# What counts as a violation: neither found to be none nor overturned on appeal.
COUNTS = "coalesce(v.disposition, 'open') not in ('unsubstantiated', 'overturned')"
