"""Small groups: nothing about fewer than k people reaches those who may not see persons.

Belongs here: which groups are withheld, also those from which a withheld one could be calculated.
Does not belong here: SQL, roles.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class OrgCell:
    """One unit: the people below it, and those placed directly in it."""

    org_unit_id: str
    parent_org_unit_id: str | None
    headcount: int
    own_headcount: int


def complement(sizes: Mapping[Hashable, int], k: int, *, residual: int = 0) -> set[Hashable]:
    """Groups to withhold among siblings whose total is known.

    `residual` is a part of the total that is no group of its own. Groups of 1..k-1 people are withheld; then the
    smallest others, until what is withheld together (residual included) covers k people, so that subtracting the
    shown groups from the total never leaves fewer than k. Ties are broken by name, never by what is measured.
    """
    withheld = {group for group, size in sizes.items() if 0 < size < k}
    covered = residual + sum(sizes[group] for group in withheld)
    if covered == 0:
        return withheld
    others = [group for group, size in sizes.items() if size > 0 and group not in withheld]
    for group in sorted(others, key=lambda group: (sizes[group], str(group))):
        if covered >= k:
            break
        withheld.add(group)
        covered += sizes[group]
    return withheld


def withheld_units(cells: Iterable[OrgCell], k: int) -> frozenset[str]:
    """Units whose figures are withheld; decided once for the whole tree, so that no two views tell them apart."""
    by_id = {cell.org_unit_id: cell for cell in cells}
    children: dict[str | None, list[OrgCell]] = defaultdict(list)
    for cell in by_id.values():
        parent = cell.parent_org_unit_id if cell.parent_org_unit_id in by_id else None
        children[parent].append(cell)
    withheld: set[str] = set()

    def withhold_below(unit: str) -> None:
        for child in children[unit]:
            withheld.add(child.org_unit_id)
            withhold_below(child.org_unit_id)

    def visit(parent: OrgCell | None) -> None:
        siblings = children[parent.org_unit_id if parent else None]
        sizes = {cell.org_unit_id: cell.headcount for cell in siblings}
        residual = parent.own_headcount if parent and siblings else 0
        # The top has no known total above it: only its own smallness counts.
        hidden = complement(sizes, k, residual=residual) if parent else {u for u, n in sizes.items() if 0 < n < k}
        for cell in siblings:
            if cell.org_unit_id in hidden:
                withheld.add(cell.org_unit_id)
                withhold_below(cell.org_unit_id)
            else:
                visit(cell)

    visit(None)
    return frozenset(withheld)


def served_units(cells: Iterable[OrgCell], k: int) -> dict[str, str | None]:
    """What a unit is shown as in rows about people: itself, or its nearest ancestor with at least k people."""
    by_id = {cell.org_unit_id: cell for cell in cells}

    def climb(unit: str | None, seen: frozenset[str]) -> str | None:
        cell = by_id.get(unit) if unit else None
        if cell is None or cell.org_unit_id in seen:
            return None
        if cell.headcount >= k:
            return cell.org_unit_id
        return climb(cell.parent_org_unit_id, seen | {cell.org_unit_id})

    return {unit: climb(unit, frozenset()) for unit in by_id}


@dataclass(frozen=True)
class GroupRule:
    """How the groups of a query's result are found.

    `org_unit`: column with the unit that a row is about, if any. `population`: column with the number of people.
    `partition`: columns within which the groups add up to a known total. `measures`: columns that are withheld.
    `is_selection`: the one group is everybody in the chosen unit.
    """

    measures: tuple[str, ...]
    org_unit: str | None = None
    population: str | None = None
    partition: tuple[str, ...] = ()
    is_selection: bool = False


def suppress_rows(
    columns: Sequence[str],
    rows: Sequence[tuple[Any, ...]],
    rule: GroupRule,
    *,
    k: int,
    withheld_org_units: Collection[str],
) -> tuple[list[tuple[Any, ...]], list[bool]]:
    """Rows with the measures of withheld groups emptied, and which rows those are."""
    position = {column: index for index, column in enumerate(columns)}
    hidden: set[int] = set()
    if rule.org_unit is not None:
        unit_at = position[rule.org_unit]
        hidden |= {index for index, row in enumerate(rows) if row[unit_at] in withheld_org_units}
    if rule.population is not None:
        size_at = position[rule.population]
        parts: dict[tuple[Any, ...], dict[Hashable, int]] = defaultdict(dict)
        for index, row in enumerate(rows):
            # A group of unknown size is a small one.
            size = int(row[size_at]) if row[size_at] is not None else 1
            parts[tuple(row[position[column]] for column in rule.partition)][index] = size
        for sizes in parts.values():
            hidden |= {index for index in complement(sizes, k) if isinstance(index, int)}
    measured = {position[column] for column in rule.measures}
    emptied = [
        tuple(None if index in hidden and at in measured else value for at, value in enumerate(row))
        for index, row in enumerate(rows)
    ]
    return emptied, [index in hidden for index in range(len(rows))]
