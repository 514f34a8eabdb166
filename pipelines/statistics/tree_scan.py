"""Where in a tree and since when something is hot: a scan over all branches of an organisation times runs of periods.

Belongs here: the cuts of a tree, the test of the hottest one, where in the tree it started. Does not belong here: what
a node or a period is, which events and exposure are counted, corrections over several scans (`multiplicity`).

A cut is a node with all below it, in a run of consecutive periods: up to half of them, or all. The statistic is the
tree-based scan statistic (Kulldorff, Fang and Walsh 2003, Biometrics 59: 323-331) with time, against the rate of all
the rest; the p-value counts that all cuts were looked at. A margin allows for branches that differ a little for reasons
of no interest.

Events come in episodes: one bad month of one person is many events. The ratio divided by a dispersion, as `scan` does,
is not enough here, because a cut may be a single cell with next to nothing expected, where an episode lies far outside
what any scaled Poisson count does. So the simulated organisations have episodes too: of geometric size, each of one
node in one period, as large as the dispersion of the real counts says.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from pipelines.statistics.monte_carlo import (
    TOLERANCE,
    HotPart,
    least_counts,
    measured,
    poisson_llr,
    sequential_p,
    share_at_ratio,
)

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
State = Literal["not_enough_data", "no_hot_cut", "hot_cut"]


@dataclass(frozen=True)
class Cut(HotPart):
    """A node with all below it, from `first_period` to `last_period` (both included), against everything else."""

    node: int
    first_period: int
    last_period: int


@dataclass(frozen=True)
class TreeScan:
    """What a scan found.

    hottest: also where it is not significant; None without enough data. started: the deepest cut on the line through
    the hottest node, overlapping it in time, that the data cannot tell from it. ancestors: the nodes above `started`,
    nearest first, in its periods.
    """

    state: State
    event_count: int
    exposure_count: float
    unexposed_event_count: int
    dispersion: float
    hottest: Cut | None = None
    p_value: float = float("nan")
    replicate_count: int = 0
    started: Cut | None = None
    ancestors: tuple[Cut, ...] = ()


@dataclass(frozen=True)
class Tree:
    """A forest laid out so that what is below a node stands in one row of places.

    order: node at each place, parents before children. start, end: places of a node and all below it. depth: 0 = root.
    """

    parent: IntArray
    order: IntArray
    start: IntArray
    end: IntArray
    depth: IntArray


def lay_out(parent: ArrayLike) -> Tree:
    """parent: (nodes,), the number of the node above, negative at the top. ValueError where it is no tree."""
    above = np.asarray(parent, dtype=np.int64)
    count = len(above)
    if (above >= count).any():
        raise ValueError("a parent is not one of the nodes")
    children: list[list[int]] = [[] for _ in range(count)]
    for node, node_above in enumerate(above):
        if node_above >= 0:
            children[node_above].append(node)
    order: list[int] = []
    depth, start, end = np.zeros(count, np.int64), np.zeros(count, np.int64), np.zeros(count, np.int64)
    waiting = [int(node) for node in np.flatnonzero(above < 0)[::-1]]
    while waiting:
        node = waiting.pop()
        start[node] = len(order)
        order.append(node)
        for child in reversed(children[node]):
            depth[child] = depth[node] + 1
            waiting.append(child)
    if len(order) < count:
        raise ValueError("the nodes hang in a circle")
    end[:] = start + 1
    for node in reversed(order):
        if above[node] >= 0:
            end[above[node]] = max(end[above[node]], end[node])
    return Tree(above, np.array(order, dtype=np.int64), start, end, depth)


def runs_of_periods(count: int) -> tuple[IntArray, IntArray]:
    """First and past-the-last period of every run of up to half of the periods, and of all of them."""
    longest = max(1, count // 2)
    runs = [(a, a + length) for length in range(1, longest + 1) for a in range(count - length + 1) if length < count]
    runs.append((0, count))
    first, past = np.array(runs, dtype=np.int64).T
    return first, past


def cut_sums(tree: Tree, cells: NDArray) -> NDArray:
    """Sums over every cut. cells: (nodes, periods) or (nodes, periods, n), what is each node's own. Returns (nodes,
    runs) or (nodes, runs, n) of the same type, runs as in `runs_of_periods`."""
    first, past = runs_of_periods(cells.shape[1])
    padded = np.zeros((cells.shape[0] + 1, cells.shape[1] + 1, *cells.shape[2:]), dtype=cells.dtype)
    np.cumsum(cells[tree.order], axis=1, out=padded[1:, 1:])
    np.cumsum(padded[1:, 1:], axis=0, out=padded[1:, 1:])
    below = padded[tree.end] - padded[tree.start]
    sums = np.empty((len(below), len(first), *cells.shape[2:]), dtype=cells.dtype)
    written = 0
    # Runs of one length stand together, so that each length is one difference of two slices.
    for length in dict.fromkeys((past - first).tolist()):
        count = cells.shape[1] - length + 1
        np.subtract(below[:, length:], below[:, :count], out=sums[:, written : written + count])
        written += count
    return sums


def tree_dispersion(parent: ArrayLike, counts: ArrayLike, exposure: ArrayLike) -> float:
    """How many times more the counts of a node differ between neighbouring periods than independent events would.

    Shapes as in `scan_tree`. At least 1; the largest over the levels of the tree, because a burst may be one person's
    or a team's. Of neighbours only, so that a branch that turns hot and stays so raises it once and not in every
    period. 1 where nothing can be seen (one period, no events).
    """
    tree = lay_out(parent)
    n = np.nan_to_num(np.asarray(exposure, dtype=np.float64))
    o = np.where(n > 0, np.asarray(counts, dtype=np.float64), 0.0)
    level = (o.sum(axis=0) / np.where(n.sum(axis=0) > 0, n.sum(axis=0), np.nan))[None, :]
    # What all share in a period moves no branch against the rest.
    n = np.nan_to_num(n * level)
    o, n = _subtree(tree, o), _subtree(tree, n)
    found = [1.0]
    for depth in range(1, int(tree.depth.max(initial=0)) + 1):
        rows = tree.depth == depth
        before, after = o[rows, :-1], o[rows, 1:]
        total, exposed = before + after, n[rows, :-1] + n[rows, 1:]
        share = np.divide(n[rows, :-1], exposed, out=np.zeros_like(exposed), where=exposed > 0)
        independent = (total * share * (1 - share)).sum()
        if independent > 0:
            found.append(float(((before - total * share) ** 2)[(share > 0) & (share < 1)].sum() / independent))
    return max(found)


def _subtree(tree: Tree, cells: FloatArray) -> FloatArray:
    sums = np.concatenate([np.zeros((1, cells.shape[1])), np.cumsum(cells[tree.order], axis=0)])
    return sums[tree.end] - sums[tree.start]


def scan_tree(
    parent: ArrayLike,
    counts: ArrayLike,
    exposure: ArrayLike,
    rng: np.random.Generator,
    *,
    minimum_event_count: int,
    minimum_exposure_count: float,
    exposure_margin: float = 1.2,
    dispersion: float | None = None,
    level: float = 0.05,
    maximum_share: float = 0.5,
    replicate_limit: int = 9999,
    stop_after: int = 20,
) -> TreeScan:
    """The hottest cut of a tree.

    parent: (nodes,), see `lay_out`. counts, exposure: (nodes, periods), what is each node's own (a team has none, its
    persons have); exposure that is 0 or NaN was not counted, and events there are left out. dispersion: at least 1, as
    `tree_dispersion` where None. A cut holds at most `maximum_share` of the exposure. The result depends on the order
    of nodes only through ties.
    """
    tree = lay_out(parent)
    n = np.nan_to_num(np.asarray(exposure, dtype=np.float64))
    all_events = np.asarray(counts, dtype=np.float64)
    if n.ndim != 2 or n.shape != all_events.shape or len(n) != len(tree.parent):
        raise ValueError(
            f"counts and exposure must both be (nodes, periods), not {all_events.shape} and {n.shape} "
            f"for {len(tree.parent)} nodes"
        )
    o = np.where(n > 0, all_events, 0.0)
    phi = max(1.0, tree_dispersion(parent, o, n) if dispersion is None else dispersion)
    total, exposed = int(o.sum()), float(n.sum())
    summary = (total, exposed, int(np.nansum(all_events)) - total, phi)
    if total < max(minimum_event_count, 1) or exposed < minimum_exposure_count or not exposed > 0:
        return TreeScan("not_enough_data", *summary)

    events = cut_sums(tree, o.astype(np.int64))
    shares = cut_sums(tree, n / exposed)
    # What differs from nothing only by rounding is nothing.
    all_shares = np.where(shares > 1e-12, shares, np.nan)
    shares = np.where(all_shares <= maximum_share + 1e-12, all_shares, np.nan)
    if np.isnan(shares).all():
        return TreeScan("not_enough_data", *summary)
    plain = np.nan_to_num(poisson_llr(events, shares, total), nan=-1.0)
    tested = np.nan_to_num(poisson_llr(events, share_at_ratio(shares, exposure_margin), total), nan=-1.0)
    first, past = runs_of_periods(n.shape[1])
    # Hottest first; of equal ones the deeper node, then the shorter run.
    keys = (
        np.broadcast_to(past - first, plain.shape),
        -np.broadcast_to(tree.depth[:, None], plain.shape),
        -np.round(plain, 9),
        -np.round(tested, 9),
    )
    order = np.lexsort([key.ravel() for key in keys])
    best_node, best_run = np.unravel_index(order[0], plain.shape)
    if plain[best_node, best_run] <= 0:
        return TreeScan("no_hot_cut", *summary)

    def cut(node: int, run: int) -> Cut:
        share = float(all_shares[node, run])
        part = measured(int(events[node, run]), share, total, exposed, phi)
        return Cut(node=node, first_period=int(first[run]), last_period=int(past[run]) - 1, **part)

    number = np.int16 if total < np.iinfo(np.int16).max else np.int32
    least = least_counts(float(tested[best_node, best_run]), shares, total)
    thresholds = np.where(least <= total, least, np.iinfo(number).max).astype(number)
    cumulative = np.cumsum((n / exposed).ravel())
    cumulative /= cumulative[-1]
    # Episodes of geometric size with mean m have dispersion 2 m - 1.
    first_of_episode = 2 / (phi + 1)

    def exceeds(size: int) -> NDArray[np.bool_]:
        # Events are far fewer than cells, so they are drawn one by one; each begins an episode or joins the one before.
        begins = rng.random((size, total)) < first_of_episode
        begins[:, 0] = True
        episode = np.cumsum(begins.ravel()).reshape(size, total) - 1
        drawn = np.searchsorted(cumulative, rng.random(int(episode[-1, -1]) + 1), side="right")[episode]
        flat = drawn + np.arange(size)[:, None] * n.size
        cells = np.bincount(flat.ravel(), minlength=size * n.size).reshape(size, *n.shape)
        sums = cut_sums(tree, np.ascontiguousarray(np.moveaxis(cells, 0, 2).astype(number)))
        return (sums >= thresholds[:, :, None]).any(axis=(0, 1))

    p = sequential_p(exceeds, replicate_limit, stop_after, batch=32)
    near = plain >= plain[best_node, best_run] - phi * stats.chi2.ppf(0.95, 1) / 2 - TOLERANCE
    near &= (first[None, :] < past[best_run]) & (past[None, :] > first[best_run])
    near &= (tree.start >= tree.start[best_node])[:, None] & (tree.end <= tree.end[best_node])[:, None]
    deepest = np.lexsort([np.where(near, -plain, np.inf).ravel(), np.where(near, -tree.depth[:, None], 1).ravel()])[0]
    node, run = (int(i) for i in np.unravel_index(deepest, plain.shape))
    ancestors = []
    above = int(tree.parent[node])
    while above >= 0:
        ancestors.append(cut(above, run))
        above = int(tree.parent[above])
    return TreeScan(
        "hot_cut" if p.p_value <= level else "no_hot_cut",
        *summary,
        hottest=cut(int(best_node), int(best_run)),
        p_value=p.p_value,
        replicate_count=p.replicate_count,
        started=cut(node, run),
        ancestors=tuple(ancestors),
    )
