"""Survival functions against published numbers, against lifelines, and at their edges."""

import numpy as np
import pytest
from lifelines import CoxPHFitter, KaplanMeierFitter
from lifelines.datasets import load_rossi

from pipelines.statistics.survival import cox, cumulative_incidence, kaplan_meier, log_rank, survival_at

# Weeks in remission (Freireich et al. 1963, Blood 21: 699-716); a plus in the paper is False here.
TREATED = np.array([6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35], dtype=float)
TREATED_RELAPSED = np.array([1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0], dtype=bool)
PLACEBO = np.array([1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23], dtype=float)


def test_kaplan_meier_of_6_mp():
    curve = kaplan_meier(TREATED, TREATED_RELAPSED)
    assert curve.time.tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert np.round(curve.survival, 3).tolist() == [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448]


def test_log_rank_of_6_mp():
    result = log_rank(
        np.r_[TREATED, PLACEBO], np.r_[TREATED_RELAPSED, np.ones(21, dtype=bool)], np.repeat(["6-MP", "placebo"], 21)
    )
    assert round(result.chi2, 2) == 16.79
    assert result.degrees_of_freedom == 1 and result.p_value < 0.0001


def test_cox_of_rossi():
    rossi = load_rossi()
    names = ["fin", "age", "race", "wexp", "mar", "paro", "prio"]
    fit = cox(rossi["week"], rossi["arrest"], rossi[names].to_numpy(dtype=float), names)
    assert fit.state == "ok"
    found = dict(zip(fit.names, fit.log_hazard_ratio, strict=True))
    assert [round(found[name], 4) for name in ("fin", "age", "prio")] == [-0.3794, -0.0574, 0.0915]


def test_late_entry_is_that_of_lifelines():
    generator = np.random.default_rng(7)
    entry = generator.uniform(0, 5, 300)
    end = entry + generator.exponential(6, 300)
    had = generator.random(300) < 0.6
    curve = kaplan_meier(end, had, entry, minimum_at_risk=1)
    theirs = KaplanMeierFitter().fit(end, had, entry=entry).survival_function_at_times(curve.time).to_numpy()
    assert curve.survival == pytest.approx(theirs)


def test_incidences_of_all_causes_and_survival_add_up_to_one():
    generator = np.random.default_rng(8)
    entry = generator.uniform(0, 3, 400)
    end = entry + generator.exponential(5, 400)
    cause = generator.integers(0, 3, 400)
    of_violation, of_leaving = (cumulative_incidence(end, cause, n, entry, minimum_at_risk=1) for n in (1, 2))
    survival = kaplan_meier(end, cause > 0, entry, minimum_at_risk=1).survival
    assert of_violation.incidence + of_leaving.incidence + survival == pytest.approx(np.ones(survival.size))


def test_a_curve_ends_where_too_few_are_at_risk():
    curve = kaplan_meier(TREATED, TREATED_RELAPSED, minimum_at_risk=10)
    assert curve.time.max() < 22 and np.isnan(survival_at(curve, 34))


def test_too_few_events_give_no_effect():
    fit = cox(TREATED, TREATED_RELAPSED, np.arange(21.0)[:, None], ["age"])
    assert fit.state == "not_enough_events" and np.isnan(fit.hazard_ratio).all()


def test_nobody_gives_no_curve():
    assert kaplan_meier([], []).survival.size == 0


def test_who_enters_at_an_event_time_is_not_at_risk_of_that_event():
    """Entries in whole weeks, like the events: tenure in days ties as often."""
    rossi = load_rossi()
    entry = np.floor(np.random.default_rng(7).uniform(0, 10, len(rossi)))
    people = rossi[["week", "arrest", "fin", "prio"]].assign(entry=entry)
    people = people[people["entry"] < people["week"]]
    assert np.isin(people["entry"], people.loc[people["arrest"] == 1, "week"]).any()
    fit = cox(people["week"], people["arrest"], people[["fin", "prio"]], ["fin", "prio"], people["entry"])
    theirs = CoxPHFitter().fit(people, "week", "arrest", entry_col="entry").params_
    assert fit.log_hazard_ratio == pytest.approx(theirs.to_numpy(), abs=1e-5)
