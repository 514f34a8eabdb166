"""Time to the first event: curves, comparisons and effects for people who come under observation late and leave early.

Belongs here: Kaplan-Meier, the log-rank test, cumulative incidence with competing risks, Cox' model; all with left
truncation. Does not belong here: what counts as the event, when time begins, which people.

Everybody has an exit time, may have an entry time (0 when nobody was observed late), and at time t is at risk when
entry < t <= exit. Tenure counted from hiring while records begin later makes truncation the rule: without the entry
time, the years before the records look as if nothing had happened in them. People whose entry is not before their exit,
or with NaN in it, were never at risk and are left out. Times are in whatever unit is given.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats
from statsmodels.duration.hazard_regression import PHReg

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
CoxState = Literal["ok", "not_enough_events", "no_variation", "separated", "not_converged"]

MINIMUM_AT_RISK = 5
EVENTS_PER_EFFECT = 10
# A covariate of standard deviation 1 whose effect or error is this large on the log scale has run off to infinity: the
# hazard would differ by e^8 between people a standard deviation apart.
_RUNAWAY_EFFECT, _RUNAWAY_ERROR = 8.0, 6.0


@dataclass(frozen=True)
class SurvivalCurve:
    """Share without the event after each event time, with its interval; parts of 1.

    time: distinct event times at which enough people were at risk. starts_at: the curve is that of people still without
    the event at this time (0, or the last time before enough were under observation). ends_at: from here on fewer than
    `minimum_at_risk` are at risk and nothing is shown. event_count and at_risk_count are those of each time;
    total counts are of all people, shown or not.
    """

    time: FloatArray
    survival: FloatArray
    low: FloatArray
    high: FloatArray
    event_count: IntArray
    at_risk_count: IntArray
    starts_at: float
    ends_at: float
    person_count: int
    total_event_count: int


@dataclass(frozen=True)
class IncidenceCurve:
    """Share who have had the event of interest by each time, others having left through another one; as SurvivalCurve.

    time: distinct times of any event.
    """

    time: FloatArray
    incidence: FloatArray
    standard_error: FloatArray
    low: FloatArray
    high: FloatArray
    at_risk_count: IntArray
    starts_at: float
    ends_at: float
    person_count: int
    total_event_count: int


@dataclass(frozen=True)
class LogRank:
    """Comparison of whole curves. p_value is NaN with fewer than two groups at risk or no event.

    expected: events of each group, in the order of `groups`, had all had the same hazard.
    """

    chi2: float
    degrees_of_freedom: int
    p_value: float
    groups: tuple
    observed: FloatArray
    expected: FloatArray


@dataclass(frozen=True)
class CoxFit:
    """Hazard ratios, in the order of `names`; NaN unless `state` is "ok".

    proportional_p_value: that the effect of this covariate stays the same over time (small = it does not).
    state: "not_enough_events" (fewer than the asked number per effect), "no_variation" (a covariate is constant or
    follows from the others), "separated" (all or none of those with a value had the event; the ratio has no finite
    estimate), "not_converged". culprits: the covariates the state is about.
    """

    state: CoxState
    names: tuple[str, ...]
    log_hazard_ratio: FloatArray
    standard_error: FloatArray
    hazard_ratio: FloatArray
    hazard_ratio_low: FloatArray
    hazard_ratio_high: FloatArray
    p_value: FloatArray
    proportional_p_value: FloatArray
    person_count: int
    event_count: int
    culprits: tuple[str, ...] = ()


@dataclass(frozen=True)
class _People:
    entry: FloatArray
    exit: FloatArray
    known: BoolArray


def _people(exit_time: ArrayLike, entry_time: ArrayLike | None) -> _People:
    end = np.asarray(exit_time, dtype=np.float64)
    entry = np.zeros(end.shape) if entry_time is None else np.asarray(entry_time, dtype=np.float64)
    known = np.isfinite(end) & np.isfinite(entry) & (entry < end)
    return _People(entry[known], end[known], known)


def _at_risk(people: _People, times: FloatArray) -> IntArray:
    """People with entry < t <= exit at each time."""
    entered = np.searchsorted(np.sort(people.entry), times, side="left")
    left = np.searchsorted(np.sort(people.exit), times, side="left")
    return entered - left


def _shown(people: _People, times: FloatArray, minimum: int) -> tuple[slice, float, float]:
    """The times shown, and where the curve starts and ends: the first stretch with enough people at risk throughout.

    Looked at over all entries and exits, for the risk set may run empty between two events.
    """
    if not people.exit.size:
        return slice(0, 0), np.nan, np.nan
    # Just after each entry and exit nothing changes until the next one.
    changes = np.unique(np.concatenate([people.entry, people.exit]))
    after = np.searchsorted(np.sort(people.entry), changes, side="right") - np.searchsorted(
        np.sort(people.exit), changes, side="right"
    )
    enough = after >= max(minimum, 1)
    if not enough.any():
        return slice(0, 0), np.nan, np.nan
    first = int(np.argmax(enough))
    # Before `minimum` are at risk for the first time some may be, and their events would each move the curve a lot.
    too_few = ~enough[first:]
    last = first + int(np.argmax(too_few)) if too_few.any() else len(changes) - 1
    starts_at, ends_at = changes[first], changes[last]
    return slice(*np.searchsorted(times, [starts_at, ends_at], side="right")), float(starts_at), float(ends_at)


def _loglog_interval(
    survival: FloatArray, variance_of_log: FloatArray, confidence: float
) -> tuple[FloatArray, FloatArray]:
    """Interval S^exp(+-z se / log S): within 0 and 1, and close to nominal for few people (Kalbfleisch, Prentice)."""
    z = stats.norm.ppf((1 + confidence) / 2)
    inside = (survival > 0) & (survival < 1)
    log = np.log(np.where(inside, survival, 0.5))
    reach = z * np.sqrt(np.where(inside, variance_of_log, 0.0)) / -log
    low, high = np.exp(log * np.exp(reach)), np.exp(log * np.exp(-reach))
    # Before the first event and after everybody had it, the formula has no interval to give.
    return np.where(inside, low, np.nan), np.where(inside, high, np.nan)


def kaplan_meier(
    exit_time: ArrayLike,
    is_event: ArrayLike,
    entry_time: ArrayLike | None = None,
    confidence: float = 0.95,
    minimum_at_risk: int = MINIMUM_AT_RISK,
) -> SurvivalCurve:
    """Kaplan and Meier 1958 with left truncation, Greenwood's variance, interval on the log-log scale.

    exit_time, is_event, entry_time: one value per person. At a time where everybody at risk has the event, the interval
    is NaN. No events: an empty curve that starts and ends where people were observed, 1 all along.
    """
    people = _people(exit_time, entry_time)
    had = np.asarray(is_event, dtype=bool)[people.known]
    times, deaths = np.unique(people.exit[had], return_counts=True)
    shown, starts_at, ends_at = _shown(people, times, minimum_at_risk)
    times, d = times[shown], deaths[shown]
    n = _at_risk(people, times)
    survival = np.cumprod(1 - d / n)
    with np.errstate(divide="ignore"):
        variance_of_log = np.cumsum(d / (n * (n - d)))
    low, high = _loglog_interval(survival, variance_of_log, confidence)
    return SurvivalCurve(times, survival, low, high, d, n, starts_at, ends_at, int(people.exit.size), int(deaths.sum()))


def survival_at(curve: SurvivalCurve, times: ArrayLike) -> FloatArray:
    """Value of the curve at each time; NaN outside what it shows."""
    t = np.asarray(times, dtype=np.float64)
    steps = np.r_[1.0, curve.survival][np.searchsorted(curve.time, t, side="right")]
    return np.where((t >= curve.starts_at) & (t <= curve.ends_at), steps, np.nan)


def restricted_mean(curve: SurvivalCurve, horizon: float) -> float:
    """Mean time without the event up to `horizon`, from where the curve starts; NaN beyond where it ends."""
    if not curve.starts_at <= horizon <= curve.ends_at:
        return float("nan")
    inside = curve.time < horizon
    edges = np.r_[curve.starts_at, curve.time[inside], horizon]
    return float(np.sum(np.diff(edges) * np.r_[1.0, curve.survival[inside]]))


def log_rank(
    exit_time: ArrayLike, is_event: ArrayLike, group: ArrayLike, entry_time: ArrayLike | None = None
) -> LogRank:
    """Log-rank test of two or more groups (Mantel 1966; hypergeometric variance), with left truncation."""
    people = _people(exit_time, entry_time)
    had, labels = np.asarray(is_event, dtype=bool)[people.known], np.asarray(group)[people.known]
    groups, member = np.unique(labels, return_inverse=True)
    times = np.unique(people.exit[had])
    count = len(groups)
    n, d = np.zeros((count, times.size)), np.zeros((count, times.size))
    for g in range(count):
        of_group = _People(people.entry[member == g], people.exit[member == g], people.known)
        n[g] = _at_risk(of_group, times)
        mine = people.exit[had & (member == g)]
        d[g] = np.searchsorted(np.sort(mine), times, side="right") - np.searchsorted(np.sort(mine), times, side="left")
    total_n, total_d = n.sum(axis=0), d.sum(axis=0)
    share = n / np.where(total_n > 0, total_n, 1)
    expected = (share * total_d).sum(axis=1)
    scale = total_d * (total_n - total_d) / np.maximum(total_n - 1, 1)
    covariance = np.diag((share * scale).sum(axis=1)) - (share * scale) @ share.T
    difference = d.sum(axis=1) - expected
    # Groups never at risk together with another carry no information; the rank counts those that do.
    rank = int(np.linalg.matrix_rank(covariance)) if count else 0
    chi2 = float(difference @ np.linalg.pinv(covariance) @ difference) if rank else np.nan
    p = float(stats.chi2.sf(chi2, rank)) if rank else np.nan
    return LogRank(chi2, rank, p, tuple(groups.tolist()), d.sum(axis=1), expected)


def cumulative_incidence(
    exit_time: ArrayLike,
    cause: ArrayLike,
    of_interest: int = 1,
    entry_time: ArrayLike | None = None,
    confidence: float = 0.95,
    minimum_at_risk: int = MINIMUM_AT_RISK,
) -> IncidenceCurve:
    """Aalen and Johansen 1978: share with the event of interest by each time, when another event may come first.

    cause: 0 = still under observation at exit, `of_interest`, any other number = a competing event (leaving, say).
    One minus Kaplan-Meier with competing events as censoring is larger: it answers what would happen if nobody could
    leave. Variance by the delta method (Marubini and Valsecchi 1995), interval on the log-log scale of 1 - incidence.
    """
    people = _people(exit_time, entry_time)
    why = np.asarray(cause)[people.known]
    times, d = np.unique(people.exit[why != 0], return_counts=True)
    mine = np.sort(people.exit[why == of_interest])
    d1 = np.searchsorted(mine, times, side="right") - np.searchsorted(mine, times, side="left")
    shown, starts_at, ends_at = _shown(people, times, minimum_at_risk)
    times, d, d1 = times[shown], d[shown], d1[shown]
    n = _at_risk(people, times).astype(np.float64)
    survival = np.cumprod(1 - d / n)
    before = np.r_[1.0, survival[:-1]][: times.size]
    incidence = np.cumsum(before * d1 / n)
    with np.errstate(divide="ignore", invalid="ignore"):
        hazard = np.where(n > d, d / (n * (n - d)), 0.0)
    own = before**2 * d1 * (n - d1) / n**3
    cross = before * d1 / n**2
    # sum over s <= t of (F(t) - F(s))^2 h + own - 2 (F(t) - F(s)) cross, multiplied out into running sums.
    h0, h1, h2 = (np.cumsum(hazard * incidence**power) for power in (0, 1, 2))
    variance = incidence**2 * h0 - 2 * incidence * h1 + h2
    variance += np.cumsum(own) - 2 * (incidence * np.cumsum(cross) - np.cumsum(incidence * cross))
    variance = np.maximum(variance, 0.0)
    low, high = _loglog_interval(1 - incidence, variance / np.maximum(1 - incidence, 1e-12) ** 2, confidence)
    return IncidenceCurve(
        times, incidence, np.sqrt(variance), 1 - high, 1 - low, n.astype(np.int64), starts_at, ends_at,
        int(people.exit.size), int(mine.size),
    )  # fmt: skip


def _proportional_p_values(fit, exit_time: FloatArray, is_event: BoolArray) -> FloatArray:
    """Grambsch and Therneau 1994: does a covariate's scaled Schoenfeld residual follow the rank of the event time?"""
    residuals = np.asarray(fit.schoenfeld_residuals)
    kept = is_event & np.isfinite(residuals).all(axis=1)
    time = stats.rankdata(exit_time[kept])
    time = time - time.mean()
    covariance = np.asarray(fit.cov_params())
    scaled = residuals[kept] @ covariance * kept.sum()
    spread = kept.sum() * np.diag(covariance) * np.square(time).sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        return stats.chi2.sf(np.square(time @ scaled) / spread, 1)


def cox(
    exit_time: ArrayLike,
    is_event: ArrayLike,
    covariates: ArrayLike,
    names: Sequence[str],
    entry_time: ArrayLike | None = None,
    strata: ArrayLike | None = None,
    confidence: float = 0.95,
    events_per_effect: int = EVENTS_PER_EFFECT,
) -> CoxFit:
    """Cox' proportional hazards model (Cox 1972) with Efron's ties, left truncation and optional strata.

    covariates: (people, effects), numbers, one row per person; a row with NaN is left out. strata: a label per person,
    within each of which the hazard has its own shape. Where no trustworthy answer exists, `state` says why, and every
    number but the counts is NaN.
    """
    people = _people(exit_time, entry_time)
    x = np.asarray(covariates, dtype=np.float64).reshape(people.known.size, len(names))
    complete = np.isfinite(x[people.known]).all(axis=1)
    x = x[people.known][complete]
    end, entry = people.exit[complete], people.entry[complete]
    had = np.asarray(is_event, dtype=bool)[people.known][complete]
    layer = None if strata is None else np.unique(np.asarray(strata)[people.known][complete], return_inverse=True)[1]
    effects = tuple(names)

    def without_answer(state: CoxState, culprits: tuple[str, ...] = ()) -> CoxFit:
        unknown = [np.full(len(effects), np.nan) for _ in range(7)]
        return CoxFit(state, effects, *unknown, int(end.size), int(had.sum()), culprits)

    if had.sum() < max(events_per_effect * len(effects), 1) or not effects:
        return without_answer("not_enough_events")
    center, scale = x.mean(axis=0), x.std(axis=0)
    constant = scale <= 1e-12 * np.maximum(1.0, np.abs(center))
    if constant.any():
        return without_answer("no_variation", tuple(np.asarray(effects)[constant].tolist()))
    standard = (x - center) / scale
    # The last direction of almost no spread names the covariates that follow from each other.
    _, singular, directions = np.linalg.svd(standard, full_matrices=False)
    if singular[-1] < 1e-6 * singular[0] or len(end) <= len(effects):
        involved = np.abs(directions[-1]) > 0.05
        return without_answer("no_variation", tuple(np.asarray(effects)[involved].tolist()))
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        # Only the order of times matters. Doubled ranks put who enters at a time after the events of that time, which
        # the library would count as at risk of them.
        order = np.unique(np.r_[entry, end])
        began, ended = 2 * np.searchsorted(order, entry) + 1, 2 * np.searchsorted(order, end)
        model = PHReg(ended, standard, status=had.astype(int), entry=began, strata=layer, ties="efron")
        try:
            fit = model.fit(disp=0, maxiter=100)
            coefficient, error = np.asarray(fit.params), np.asarray(fit.bse)
            score = np.abs(model.score(fit.params)).max()
        except (np.linalg.LinAlgError, ValueError):
            return without_answer("not_converged")
        runaway = ~np.isfinite(error) | (np.abs(coefficient) > _RUNAWAY_EFFECT) | (error > _RUNAWAY_ERROR)
        if runaway.any():
            return without_answer("separated", tuple(np.asarray(effects)[runaway].tolist()))
        if not np.isfinite(coefficient).all() or score > 1e-3 * max(1.0, had.sum()):
            return without_answer("not_converged")
        proportional = _proportional_p_values(fit, end, had)
    estimate, standard_error = coefficient / scale, error / scale
    reach = stats.norm.ppf((1 + confidence) / 2) * standard_error
    p = 2 * stats.norm.sf(np.abs(coefficient / error))
    return CoxFit(
        "ok", effects, estimate, standard_error, np.exp(estimate), np.exp(estimate - reach), np.exp(estimate + reach),
        p, proportional, int(end.size), int(had.sum()),
    )  # fmt: skip
