"""The access policy as typed data, and the SQL that enforces it on one table.

Belongs here: reading policy.yml, and turning (viewer, table) into the rows and columns that the viewer may have.
Does not belong here: queries, suppression of small groups, opening files.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import yaml

from dashboards.access.errors import AccessDenied, PolicyError
from dashboards.access.viewer import Viewer

POLICY_FILE = Path(__file__).with_name("policy.yml")

COLUMN_CLASSES = frozenset(
    {
        "plain",
        "person_id",
        "person_name",
        "person_attribute",
        "actor_id",
        "customer_id",
        "record",
        "case_text",
        "content",
        "account",
        "pay",
        "org_unit",
    }
)
MASKS = frozenset({"show", "pseudonym", "own_staff", "hide", "generalise"})

Mask = Literal["show", "pseudonym", "own_staff", "hide", "generalise"]

# Names of the helper relations that every query may use; they never leave the access layer.
SCOPE_UNITS = "scope_units"
OWN_STAFF = "own_staff"
SERVED_UNITS = "served_units"


@dataclass(frozen=True)
class RolePolicy:
    """What a role gets, whatever it asks."""

    name: str
    rows: bool
    sees_persons: bool
    needs_scope: bool
    sees_individual_pay: bool
    masks: Mapping[str, Mask]

    def mask_of(self, column_class: str) -> Mask:
        return "show" if column_class == "plain" else self.masks[column_class]


@dataclass(frozen=True)
class TablePolicy:
    """One published table: who may read it, how its rows are scoped, what each column is."""

    schema: str
    name: str
    roles: frozenset[str]
    org_unit_column: str | None
    parents: tuple[str, ...]
    parent_key: str | None
    columns: Mapping[str, str]

    @property
    def qualified_name(self) -> str:
        return f"{self.schema}.{self.name}"


@dataclass(frozen=True)
class Policy:
    """The whole decision."""

    minimum_group_size: int
    roles: Mapping[str, RolePolicy]
    tables: Mapping[str, TablePolicy]

    def role(self, viewer: Viewer) -> RolePolicy:
        role = self.roles.get(viewer.role)
        if role is None:
            raise AccessDenied(f"unknown role {viewer.role!r}")
        if role.needs_scope and not viewer.scope_org_unit_id:
            raise AccessDenied(f"role {viewer.role!r} needs an org unit")
        return role

    def table(self, name: str) -> TablePolicy:
        table = self.tables.get(name)
        if table is None:
            raise AccessDenied(f"no policy for table {name!r}")
        return table

    def readable(self, viewer: Viewer, name: str) -> TablePolicy:
        role, table = self.role(viewer), self.table(name)
        if role.name not in table.roles:
            raise AccessDenied(f"role {role.name!r} may not read {name!r}")
        return table


def parse_policy(document: Mapping) -> Policy:
    """Check the document completely: a policy that says something unknown serves nothing."""
    roles = {}
    for name, body in document["roles"].items():
        unknown = set(body["masks"].values()) - MASKS
        missing = COLUMN_CLASSES - {"plain"} - set(body["masks"])
        surplus = set(body["masks"]) - COLUMN_CLASSES
        if unknown or missing or surplus:
            raise PolicyError(f"role {name}: masks {sorted(unknown)} unknown, classes {sorted(missing | surplus)}")
        roles[name] = RolePolicy(
            name=name,
            rows=bool(body["rows"]),
            sees_persons=bool(body["sees_persons"]),
            needs_scope=bool(body.get("needs_scope", False)),
            sees_individual_pay=bool(body.get("sees_individual_pay", False)),
            masks=dict(body["masks"]),
        )
    tables = {}
    for qualified, body in document["tables"].items():
        tables[qualified] = _parse_table(qualified, body, set(roles), document["tables"])
    return Policy(int(document["minimum_group_size"]), roles, tables)


def _parse_table(qualified: str, body: Mapping, roles: set[str], all_tables: Mapping) -> TablePolicy:
    schema, name = qualified.split(".")
    columns: dict[str, str] = {}
    for column_class, names in body["columns"].items():
        if column_class not in COLUMN_CLASSES:
            raise PolicyError(f"{qualified}: unknown column class {column_class!r}")
        for column in names:
            if column in columns:
                raise PolicyError(f"{qualified}.{column} is classified twice")
            columns[column] = column_class
    if not set(body["roles"]) <= roles:
        raise PolicyError(f"{qualified}: unknown role")
    rows = body["rows"]
    org_unit_column, parents, parent_key = None, (), None
    if rows == "everyone":
        pass
    elif set(rows) == {"org_unit"} and rows["org_unit"] in columns:
        org_unit_column = rows["org_unit"]
    elif set(rows) == {"parents", "key"} and set(rows["parents"]) <= set(all_tables) and rows["key"] in columns:
        parents, parent_key = tuple(rows["parents"]), rows["key"]
    else:
        raise PolicyError(f"{qualified}: rows must be 'everyone', an org_unit column or parents with their key")
    return TablePolicy(schema, name, frozenset(body["roles"]), org_unit_column, parents, parent_key, columns)


@cache
def load_policy() -> Policy:
    return parse_policy(yaml.safe_load(POLICY_FILE.read_text(encoding="utf-8")))


def table_sql(policy: Policy, viewer: Viewer, name: str, published: Collection[str]) -> str:
    """`select` of the rows and columns of one table that the viewer may have.

    Of the published columns those that the policy knows; a publication of another version may have more or fewer.
    Refers to the parameters $scope_org_unit_id and $pseudonym_key and to the helper relations.
    """
    role, table = policy.role(viewer), policy.readable(viewer, name)
    known = {column: kind for column, kind in table.columns.items() if column in published}
    columns = ",\n    ".join(_column_sql(role, table, column, kind) for column, kind in known.items())
    where = _rows_sql(policy, viewer, table)
    return f"select\n    {columns}\nfrom {table.qualified_name} as t{where}"


def helper_sql(viewer: Viewer) -> dict[str, str]:
    """The helper relations: units in the viewer's scope, people in it, and what a small unit is shown as."""
    if viewer.scope_org_unit_id:
        units = "select org_unit_id from reference.org_unit_ancestors where ancestor_id = $scope_org_unit_id"
    else:
        units = "select org_unit_id from reference.org_units"
    return {
        SCOPE_UNITS: units,
        OWN_STAFF: f"select employee_id from reference.employees where org_unit_id in (from {SCOPE_UNITS})",
        SERVED_UNITS: "select unnest($unit_ids) as org_unit_id, unnest($served_unit_ids) as served_unit_id",
    }


def pseudonym_sql(expression: str) -> str:
    """Keyed one-way name of a value; the same value has the same name wherever the same key is used."""
    inner = f"sha256(concat($pseudonym_key, ':', {expression}))"
    return f"case when {expression} is not null then 'P-' || left(sha256(concat($pseudonym_key, ':', {inner})), 10) end"


def _column_sql(role: RolePolicy, table: TablePolicy, column: str, column_class: str) -> str:
    mask = role.mask_of(column_class)
    source = f"t.{column}"
    if mask == "show":
        return f"{source} as {column}"
    if mask == "hide":
        # Keeps the column's type, so that the queries are the same for every role.
        return f"case when false then {source} end as {column}"
    if mask == "generalise":
        return f"(select u.served_unit_id from {SERVED_UNITS} as u where u.org_unit_id = {source}) as {column}"
    if mask == "own_staff":
        shown = f"case when {source} in (from {OWN_STAFF}) then {source} else {pseudonym_sql(source)} end"
        return f"{shown} as {column}"
    # A person's name has that person's pseudonym, so that a name and a number lead to one another.
    if column_class == "person_name":
        source = f"t.{_person_id_of(table)}"
    return f"{pseudonym_sql(source)} as {column}"


def _person_id_of(table: TablePolicy) -> str:
    ids = [column for column, kind in table.columns.items() if kind == "person_id"]
    if len(ids) != 1:
        raise PolicyError(f"{table.qualified_name}: a name needs exactly one person_id beside it")
    return ids[0]


def _rows_sql(policy: Policy, viewer: Viewer, table: TablePolicy) -> str:
    if not viewer.scope_org_unit_id:
        return ""
    if table.org_unit_column:
        return f"\nwhere t.{table.org_unit_column} in (from {SCOPE_UNITS})"
    visible = []
    for name in table.parents:
        parent = policy.table(name)
        rows = _rows_sql(policy, viewer, parent)
        visible.append(f"select t.{table.parent_key} from {parent.qualified_name} as t{rows}")
    return f"\nwhere t.{table.parent_key} in ({' union all '.join(visible)})" if visible else ""
