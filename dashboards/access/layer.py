"""(viewer, named query, filters) -> rows and columns.

Belongs here: the one way from a page to the published file.
Does not belong here: what the policy is (policy.yml), what the queries are (queries/), how anything looks.
"""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import duckdb
import pandas as pd

from dashboards.access import policy as policies
from dashboards.access.errors import AccessDenied, NotServed, PolicyError, TooFewPeople
from dashboards.access.filters import Value, read_filter
from dashboards.access.policy import Policy, load_policy
from dashboards.access.publication import OpenPublication, PublicationInfo, PublishedFile
from dashboards.access.queries import QUERIES
from dashboards.access.queries.model import NamedQuery
from dashboards.access.suppression import OrgCell, served_units, suppress_rows, withheld_units
from dashboards.access.viewer import Viewer

CACHE_ENTRIES = 512

# Classes that a query over groups must not yield, whatever the role.
PERSONAL_CLASSES = frozenset(
    {
        "person_id",
        "person_name",
        "person_attribute",
        "actor_id",
        "customer_id",
        "record",
        "case_text",
        "content",
        "account",
    }
)

_PARAMETER = re.compile(r"\$([a-z_]+)")


@dataclass(frozen=True)
class Result:
    """Rows that a viewer may have. `withheld` counts groups that are too small to be shown."""

    query: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    withheld_rows: tuple[bool, ...]
    publication_id: str

    @property
    def is_empty(self) -> bool:
        return not self.rows

    @property
    def withheld(self) -> int:
        return sum(self.withheld_rows)

    def frame(self) -> pd.DataFrame:
        """A new data frame for drawing: a page that changes its copy changes nobody else's."""
        rows = [tuple(float(v) if isinstance(v, Decimal) else v for v in row) for row in self.rows]
        frame = pd.DataFrame.from_records(rows, columns=list(self.columns))
        frame["is_withheld"] = list(self.withheld_rows)
        return frame

    def records(self) -> list[dict[str, Any]]:
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]

    def first(self) -> dict[str, Any]:
        """The only row of a query that has one; every value None when there is none."""
        row = self.rows[0] if self.rows else (None,) * len(self.columns)
        return dict(zip(self.columns, row, strict=True))


@dataclass(frozen=True)
class _Groups:
    """Facts about group sizes of one publication. `known` is false where nobody says who works where."""

    known: bool
    top: str | None
    withheld: frozenset[str]
    served: Mapping[str, str | None]


class AccessLayer:
    """Answers named queries. One per server; safe across threads."""

    def __init__(self, published: PublishedFile, *, pseudonym_key: str, policy: Policy | None = None) -> None:
        if not pseudonym_key:
            raise PolicyError("pseudonyms need a key")
        self._published = published
        self._policy = policy or load_policy()
        self._key = pseudonym_key
        self._lock = threading.Lock()
        self._results: OrderedDict[tuple, Result] = OrderedDict()
        self._groups: tuple[str, _Groups] | None = None

    def publication(self) -> PublicationInfo:
        return self._published.current().info

    def branch_ids(self) -> tuple[str, ...]:
        """Branches of the current publication, for the persona switch; says nothing about people."""
        publication = self._published.current()
        if "reference.org_units" not in publication.tables:
            return ()
        rows = publication.cursor().execute(
            "select org_unit_id from reference.org_units where org_unit_type = 'branch' order by org_unit_id"
        )
        return tuple(row[0] for row in rows.fetchall())

    def allows(self, viewer: Viewer, name: str) -> bool:
        """Whether the viewer's role includes a query. Pages ask this to leave out what would be refused."""
        try:
            self._check(viewer, self._query(name))
        except AccessDenied:
            return False
        return True

    def sees_persons(self, viewer: Viewer) -> bool:
        return self._policy.role(viewer).sees_persons

    def sees_rows(self, viewer: Viewer) -> bool:
        return self._policy.role(viewer).rows

    def shows(self, viewer: Viewer, column_class: str) -> bool:
        """Whether a class of columns arrives unmasked; pages use it to leave out empty columns."""
        return self._policy.role(viewer).mask_of(column_class) in ("show", "own_staff")

    def domain(self, viewer: Viewer, name: str) -> tuple[str, ...]:
        """Values that the viewer may filter by."""
        result = self.run(viewer, f"domain_{name}", {})
        values = tuple(row[0] for row in result.rows)
        if name == "org_unit_id" and not self._policy.role(viewer).sees_persons:
            groups = self._group_facts(self._published.current())
            return tuple(value for value in values if value not in groups.withheld)
        return values

    def read_filters(self, viewer: Viewer, texts: Mapping[str, str]) -> dict[str, Value]:
        """Typed values of filters, or InvalidFilter for the first that is not allowed."""
        return {
            name: read_filter(name, text, lambda domain: self._domain_values(viewer, domain))
            for name, text in texts.items()
        }

    def run(self, viewer: Viewer, name: str, filters: Mapping[str, str] | None = None) -> Result:
        """The answer to a named query, within what the viewer may see; everything else raises."""
        query = self._query(name)
        self._check(viewer, query)
        texts = {key: text for key, text in (filters or {}).items() if key in query.filters}
        publication = self._published.current()
        cache_key = (str(publication.path), viewer.cache_key, name, tuple(sorted(texts.items())))
        with self._lock:
            if cache_key in self._results:
                self._results.move_to_end(cache_key)
                return self._results[cache_key]
        values = self.read_filters(viewer, texts)
        result = self._execute(publication, viewer, query, values)
        with self._lock:
            self._results[cache_key] = result
            while len(self._results) > CACHE_ENTRIES:
                self._results.popitem(last=False)
        return result

    def _query(self, name: str) -> NamedQuery:
        query = QUERIES.get(name)
        if query is None:
            raise AccessDenied(f"no query {name!r}")
        return query

    def _check(self, viewer: Viewer, query: NamedQuery) -> None:
        role = self._policy.role(viewer)
        if query.roles is not None and role.name not in query.roles:
            raise AccessDenied(f"role {role.name!r} may not ask {query.name!r}")
        for table in query.tables:
            self._policy.readable(viewer, table)
        if query.grain == "rows" and not role.rows:
            raise AccessDenied(f"role {role.name!r} sees aggregates only")
        for table in query.tables if query.grain == "aggregate" else ():
            personal = {c for c in query.columns if self._policy.table(table).columns.get(c) in PERSONAL_CLASSES}
            if personal:
                raise PolicyError(f"aggregate query {query.name!r} yields {sorted(personal)} of {table}")

    def _domain_values(self, viewer: Viewer, name: str) -> Collection[str]:
        # Whoever may not ask for the list may choose nothing from it.
        return frozenset(self.domain(viewer, name)) if self.allows(viewer, f"domain_{name}") else frozenset()

    def _execute(
        self, publication: OpenPublication, viewer: Viewer, query: NamedQuery, values: Mapping[str, Value]
    ) -> Result:
        missing = [table for table in query.tables if table not in publication.tables]
        if missing:
            raise NotServed(f"{query.name}: the publication has no {', '.join(missing)}")
        sql = compose(self._policy, viewer, query, publication.tables)
        groups = self._group_facts(publication)
        parameters: dict[str, Any] = {
            "scope_org_unit_id": viewer.scope_org_unit_id,
            "pseudonym_key": self._key,
            "unit_ids": list(groups.served),
            "served_unit_ids": list(groups.served.values()),
            **{f"filter_{name}": values.get(name) for name in query.filters},
        }
        used = set(_PARAMETER.findall(sql))
        try:
            cursor = publication.cursor().execute(sql, {name: parameters[name] for name in used})
        except (duckdb.BinderException, duckdb.CatalogException) as error:
            raise NotServed(f"{query.name}: {error}") from error
        columns = tuple(column[0] for column in cursor.description or ())
        if columns != query.columns:
            raise PolicyError(f"{query.name} yields {columns}, but declares {query.columns}")
        rows = cursor.fetchall()
        withheld = [False] * len(rows)
        role = self._policy.role(viewer)
        if query.groups is not None and (not role.sees_persons or (query.is_pay and not role.sees_individual_pay)):
            if (query.groups.org_unit is not None or query.groups.is_selection) and not groups.known:
                raise TooFewPeople(f"{query.name}: the publication does not say how many people its units have")
            if query.groups.is_selection and _chosen_unit(viewer, values, groups) in groups.withheld:
                raise TooFewPeople(f"{query.name}: fewer than {self._policy.minimum_group_size} people")
            rows, withheld = suppress_rows(
                columns,
                rows,
                query.groups,
                k=self._policy.minimum_group_size,
                withheld_org_units=groups.withheld,
            )
        return Result(query.name, columns, tuple(rows), tuple(withheld), publication.info.publication_id)

    def _group_facts(self, publication: OpenPublication) -> _Groups:
        with self._lock:
            if self._groups is not None and self._groups[0] == str(publication.path):
                return self._groups[1]
        cells = _org_cells(publication)
        k = self._policy.minimum_group_size
        known = any(cell.headcount for cell in cells)
        tops = [cell.org_unit_id for cell in cells if cell.parent_org_unit_id is None]
        groups = _Groups(known, tops[0] if len(tops) == 1 else None, withheld_units(cells, k), served_units(cells, k))
        with self._lock:
            self._groups = (str(publication.path), groups)
        return groups


def _chosen_unit(viewer: Viewer, values: Mapping[str, Value], groups: _Groups) -> str | None:
    chosen = values.get("org") or viewer.scope_org_unit_id or groups.top
    return str(chosen) if chosen else None


def compose(policy: Policy, viewer: Viewer, query: NamedQuery, tables: Mapping[str, Collection[str]]) -> str:
    """The query over relations that hold only what the viewer may have.

    Inside, each table goes by its bare name and means the viewer's part of it; the published table itself is out of
    reach, because a query may not name a schema.
    """
    relations = {**policies.helper_sql(viewer)}
    for table in query.tables:
        relations[policy.table(table).name] = policies.table_sql(policy, viewer, table, tables[table])
    parts = [f"{name} as (\n{sql}\n)" for name, sql in relations.items()]
    body = query.body.strip()
    joint = "\n" if body.startswith("select") else ",\n"
    return "with " + ",\n".join(parts) + joint + body


def _org_cells(publication: OpenPublication) -> list[OrgCell]:
    needed = {"reference.org_units", "reference.org_unit_ancestors", "reference.employees"}
    if not needed <= set(publication.tables):
        return []
    rows = publication.cursor().execute(
        """
        with own as (
            select org_unit_id, count(*) as own_headcount from reference.employees group by org_unit_id
        ), below as (
            select a.ancestor_id as org_unit_id, sum(o.own_headcount) as headcount
            from reference.org_unit_ancestors as a
            join own as o on o.org_unit_id = a.org_unit_id
            group by a.ancestor_id
        )
        select u.org_unit_id, u.parent_org_unit_id, coalesce(b.headcount, 0), coalesce(o.own_headcount, 0)
        from reference.org_units as u
        left join below as b on b.org_unit_id = u.org_unit_id
        left join own as o on o.org_unit_id = u.org_unit_id
        """
    )
    return [OrgCell(unit, parent, int(below), int(own)) for unit, parent, below, own in rows.fetchall()]
