"""What a named query is.

Belongs here: the shape of a query and the checks that every query passes when it is declared.
Does not belong here: the queries.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from dashboards.access.errors import PolicyError
from dashboards.access.filters import FILTERS
from dashboards.access.suppression import GroupRule

# Results that are about no person at all.
NO_PEOPLE = GroupRule(measures=())
# Results about all people in the chosen unit, never about some of them.
EVERYBODY_CHOSEN = GroupRule(measures=(), is_selection=True)

# A schema-qualified name, a catalogue or a table function would reach past the viewer's part of a table.
_OUT_OF_REACH = re.compile(
    r"\b(compliance|hotspots|cost|performance|continuity|quality|reference|main|information_schema|pg_catalog)\s*\."
    r"|\b(duckdb_\w+|pragma_\w+|read_\w+|glob|query|query_table|getenv|current_setting)\s*\("
    r"|;|--|/\*",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class NamedQuery:
    """A question that pages may ask.

    `body` is a select, or common tables followed by a select, over bare table names. `columns` is what it yields, in
    order. An aggregate query says by `groups` how small groups are found in its result; `is_pay` asks for the same
    from everybody who may not see what one person is paid.
    """

    name: str
    tables: tuple[str, ...]
    columns: tuple[str, ...]
    body: str
    grain: Literal["rows", "aggregate"]
    filters: tuple[str, ...] = ()
    groups: GroupRule | None = None
    roles: Collection[str] | None = None
    is_pay: bool = False

    def __post_init__(self) -> None:
        out_of_reach = _OUT_OF_REACH.search(self.body)
        if out_of_reach:
            raise PolicyError(f"query {self.name!r} may not say {out_of_reach.group(0)!r}")
        unknown = set(self.filters) - set(FILTERS)
        if unknown:
            raise PolicyError(f"query {self.name!r} has unknown filters {sorted(unknown)}")
        if self.grain == "aggregate" and self.groups is None:
            raise PolicyError(f"aggregate query {self.name!r} does not say how its groups are found")
        if self.groups is not None:
            named = {*self.groups.measures, *self.groups.partition} | (
                {self.groups.org_unit, self.groups.population} - {None}
            )
            if not named <= set(self.columns):
                raise PolicyError(f"query {self.name!r}: {sorted(named - set(self.columns))} are no columns of it")


def registry(*groups: tuple[NamedQuery, ...]) -> dict[str, NamedQuery]:
    """Queries by name; a name that is used twice is a mistake."""
    queries: dict[str, NamedQuery] = {}
    for query in (query for group in groups for query in group):
        if query.name in queries:
            raise PolicyError(f"query {query.name!r} is declared twice")
        queries[query.name] = query
    return queries
