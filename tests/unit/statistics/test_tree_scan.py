"""The scan of a tree over time: its cuts, planted branches and persons, and data that cannot be judged."""

import numpy as np
import pytest

from pipelines.statistics import tree_scan
from pipelines.statistics.monte_carlo import poisson_llr

PERIODS = 12
# 0 company; 1-4 branches; 5-20 teams; 21-116 persons, six to a team.
PARENT = np.array([-1, *[0] * 4, *np.repeat(np.arange(1, 5), 4), *np.repeat(np.arange(5, 21), 6)])
PERSONS = np.arange(21, 117)
ENOUGH = {"minimum_event_count": 20, "minimum_exposure_count": 100}


def _world(rng, events=600.0):
    exposure = np.zeros((len(PARENT), PERIODS))
    exposure[PERSONS] = rng.uniform(50, 150, size=(len(PERSONS), PERIODS))
    return rng.poisson(exposure * events / exposure.sum()).astype(float), exposure


def _scan(counts, exposure, parent=PARENT, seed=1, **options):
    return tree_scan.scan_tree(parent, counts, exposure, np.random.default_rng(seed), **{**ENOUGH, **options})


def _below(node, parent=PARENT):
    found = np.arange(len(parent)) == node
    for _ in range(4):
        found |= (parent >= 0) & found[parent]
    return found


def test_sums_are_those_of_all_below_in_all_their_periods():
    cells = np.random.default_rng(2).integers(0, 5, size=(len(PARENT), 7))
    sums = tree_scan.cut_sums(tree_scan.lay_out(PARENT), cells)
    first, past = tree_scan.runs_of_periods(7)
    for node in (0, 2, 9, 30):
        for run, (a, b) in enumerate(zip(first, past, strict=True)):
            assert sums[node, run] == cells[_below(node), a:b].sum()


def test_runs_are_all_up_to_half_of_the_periods_and_the_whole():
    first, past = tree_scan.runs_of_periods(5)
    assert sorted(zip(first.tolist(), past.tolist(), strict=True)) == [
        *[(0, 1), (0, 2), (0, 5), (1, 2), (1, 3), (2, 3), (2, 4), (3, 4), (3, 5), (4, 5)]
    ]
    assert [part.tolist() for part in tree_scan.runs_of_periods(1)] == [[0], [1]]


@pytest.mark.parametrize("parent", [[1, 0], [-1, 5], [-1, 2, 1]])
def test_what_is_no_tree_is_refused(parent):
    with pytest.raises(ValueError):
        tree_scan.lay_out(parent)


def test_a_hot_branch_is_found_with_its_months():
    rng = np.random.default_rng(3)
    counts, exposure = _world(rng)
    rows = _below(2) & (exposure.sum(axis=1) > 0)
    counts[rows, 7:] += rng.poisson(exposure[rows, 7:] * 2.5 * 600 / exposure.sum())
    found = _scan(counts, exposure)
    assert found.state == "hot_cut" and found.replicate_count == 9999 and found.p_value == 1e-4
    assert (found.hottest.node, found.hottest.first_period, found.hottest.last_period) == (2, 7, 11)
    assert found.hottest.event_count == counts[rows, 7:].sum()
    share = exposure[rows, 7:].sum() / exposure.sum()
    assert found.hottest.llr == pytest.approx(float(poisson_llr(found.hottest.event_count, share, counts.sum())))
    assert found.started.node == 2 and [cut.node for cut in found.ancestors] == [0]


def test_a_hot_person_is_where_it_started_and_not_the_branch():
    rng = np.random.default_rng(4)
    counts, exposure = _world(rng)
    counts[50, 4:9] += 7
    found = _scan(counts, exposure)
    assert found.state == "hot_cut"
    assert (found.started.node, found.started.first_period, found.started.last_period) == (50, 4, 8)
    chain = [cut.node for cut in found.ancestors]
    assert chain == [PARENT[50], PARENT[PARENT[50]], 0]
    ratios = [found.started.llr, *[cut.llr for cut in found.ancestors]]
    assert ratios == sorted(ratios, reverse=True)


def test_of_a_team_of_one_the_person_is_named():
    parent = np.array([-1, 0, 0, 1, 2, 2, 2])
    exposure = np.zeros((7, 6))
    exposure[3:] = 100
    counts = np.zeros((7, 6))
    counts[3:] = 3
    counts[3, 3:] = 20
    found = _scan(counts, exposure, parent, dispersion=1.0)
    assert found.hottest.node == found.started.node == 3
    assert found.ancestors[0].node == 1 and found.ancestors[0].llr == found.started.llr


def test_nothing_is_found_where_nothing_is():
    found = _scan(*_world(np.random.default_rng(5)))
    assert found.state == "no_hot_cut" and found.p_value > 0.05 and found.replicate_count < 9999


def test_the_numbering_of_nodes_does_not_matter():
    rng = np.random.default_rng(6)
    counts, exposure = _world(rng)
    counts[50, 4:9] += 7
    places = rng.permutation(len(PARENT))
    parent = np.empty_like(PARENT)
    parent[places] = np.where(PARENT >= 0, places[PARENT], -1)
    moved = np.empty_like(counts), np.empty_like(exposure)
    moved[0][places], moved[1][places] = counts, exposure
    one, other = _scan(counts, exposure), _scan(*moved, parent)
    assert places[one.started.node] == other.started.node
    assert one.started.llr == pytest.approx(other.started.llr)


def test_dispersion_sees_bursts_and_not_a_lasting_change():
    rng = np.random.default_rng(7)
    counts, exposure = _world(rng, 3000)
    assert tree_scan.tree_dispersion(PARENT, counts, exposure) < 1.3
    assert tree_scan.tree_dispersion(PARENT, 3 * counts, exposure) == pytest.approx(3, abs=0.6)
    rows = _below(6) & (exposure.sum(axis=1) > 0)
    counts[rows, 6:] += rng.poisson(exposure[rows, 6:] * 2 * 3000 / exposure.sum())
    assert tree_scan.tree_dispersion(PARENT, counts, exposure) < 2


def test_dispersion_takes_from_the_evidence():
    rng = np.random.default_rng(8)
    counts, exposure = _world(rng)
    counts[50, 4:9] += 4
    plain, wide = (_scan(counts, exposure, dispersion=value) for value in (1.0, 4.0))
    assert plain.p_value < wide.p_value and plain.hottest.llr == wide.hottest.llr
    assert wide.hottest.rate_ratio_low < plain.hottest.rate_ratio_low


def test_too_little_is_not_enough_data():
    counts, exposure = _world(np.random.default_rng(9))
    for few, done in ((counts * 0, exposure), (counts, exposure / 1e6), (counts, exposure * np.nan)):
        found = _scan(few, done)
        assert found.state == "not_enough_data" and found.hottest is None and np.isnan(found.p_value)


def test_events_without_counted_exposure_are_left_out_and_told():
    counts, exposure = _world(np.random.default_rng(10))
    exposure[40] = np.nan
    counts[40] = 50
    found = _scan(counts, exposure)
    assert found.unexposed_event_count == 50 * PERIODS and found.state == "no_hot_cut"
