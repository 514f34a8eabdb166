"""No small group is shown, nor can one be calculated from what is shown."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dashboards.access.suppression import GroupRule, OrgCell, complement, served_units, suppress_rows, withheld_units

K = 5


@given(
    sizes=st.dictionaries(st.text("abcdef", min_size=1, max_size=3), st.integers(0, 40), max_size=8),
    residual=st.integers(0, 10),
)
def test_what_is_withheld_together_is_never_a_small_group(sizes, residual):
    """The attack: total minus everything shown. It must give nothing, or at least k people, or all there are."""
    withheld = complement(sizes, K, residual=residual)
    shown = {group: size for group, size in sizes.items() if group not in withheld}
    assert all(size == 0 or size >= K for size in shown.values())
    difference = sum(sizes.values()) + residual - sum(shown.values())
    assert difference == 0 or difference >= K or not any(shown.values())


def test_a_single_small_group_takes_the_smallest_other_with_it():
    assert complement({"a": 3, "b": 9, "c": 6}, K) == {"a", "c"}


def test_two_small_groups_that_cover_each_other_are_enough():
    assert complement({"a": 3, "b": 4, "c": 6}, K) == {"a", "b"}


def test_nothing_small_withholds_nothing():
    assert complement({"a": 5, "b": 0, "c": 60}, K) == set()


@st.composite
def trees(draw):
    count = draw(st.integers(1, 14))
    parents = [None] + [draw(st.integers(0, number - 1)) for number in range(1, count)]
    own = [draw(st.integers(0, 9)) for _ in range(count)]
    below = list(own)
    for number in range(count - 1, 0, -1):
        below[parents[number]] += below[number]
    return [OrgCell(str(n), None if parents[n] is None else str(parents[n]), below[n], own[n]) for n in range(count)]


@given(trees())
def test_no_difference_of_shown_units_is_a_small_group(cells):
    withheld = withheld_units(cells, K)
    shown = {cell.org_unit_id: cell for cell in cells if cell.org_unit_id not in withheld}
    for cell in shown.values():
        assert cell.headcount == 0 or cell.headcount >= K
        children = [other for other in cells if other.parent_org_unit_id == cell.org_unit_id]
        rest = cell.headcount - sum(child.headcount for child in children if child.org_unit_id in shown)
        if any(child.org_unit_id in shown and child.headcount for child in children):
            assert rest == 0 or rest >= K


@given(trees())
def test_below_a_withheld_unit_nothing_is_shown(cells):
    withheld = withheld_units(cells, K)
    assert all(cell.org_unit_id in withheld for cell in cells if cell.parent_org_unit_id in withheld)


@given(trees())
def test_rows_about_people_name_only_units_of_enough_people(cells):
    by_id = {cell.org_unit_id: cell for cell in cells}
    served = served_units(cells, K)
    assert set(served) == set(by_id)
    assert all(unit is None or by_id[unit].headcount >= K for unit in served.values())
    assert all(served[unit] == unit for unit, cell in by_id.items() if cell.headcount >= K)


def test_measures_of_a_withheld_group_are_emptied_and_marked():
    rule = GroupRule(measures=("events",), org_unit="unit", population="people", partition=("family",))
    rows = [("A", "u1", 3, 7), ("A", "u2", 6, 8), ("A", "u3", 20, 9), ("B", "u4", 50, 1)]
    shown, marks = suppress_rows(("family", "unit", "people", "events"), rows, rule, k=K, withheld_org_units={"u4"})
    assert [row[3] for row in shown] == [None, None, 9, None]
    assert marks == [True, True, False, True]


def test_a_group_of_unknown_size_is_a_small_one():
    rule = GroupRule(measures=("events",), population="people")
    shown, _ = suppress_rows(("people", "events"), [(None, 7), (30, 8), (9, 9)], rule, k=K, withheld_org_units=())
    assert [row[1] for row in shown] == [None, 8, None]
