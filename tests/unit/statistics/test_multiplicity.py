"""Benjamini-Hochberg against the example of the 1995 paper."""

import numpy as np
import pytest

from pipelines.statistics.multiplicity import q_values, q_values_within

BENJAMINI_HOCHBERG_1995 = [
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0,
]  # fmt: skip


def test_rejects_four_of_the_fifteen():
    assert (q_values(BENJAMINI_HOCHBERG_1995) < 0.05).sum() == 4
    assert (np.array(BENJAMINI_HOCHBERG_1995) * 15 < 0.05).sum() == 3  # Bonferroni, for contrast


def test_q_values_by_hand():
    # sorted: .01*3/1, .03*3/2, .04*3/3 -> running minimum from the end
    assert q_values([0.04, 0.01, 0.03]) == pytest.approx([0.04, 0.03, 0.04])


def test_unasked_questions_do_not_count():
    with_gap = q_values([0.04, np.nan, 0.01, 0.03])
    assert np.isnan(with_gap[1])
    assert with_gap[[0, 2, 3]] == pytest.approx([0.04, 0.03, 0.04])


def test_no_question_at_all():
    assert q_values([]).shape == (0,)
    assert np.isnan(q_values([np.nan, np.nan])).all()


def test_groups_are_adjusted_apart():
    together = q_values_within([0.01, 0.02, 0.5], ["RED", "DISC", "DISC"])
    assert together == pytest.approx([0.01, 0.04, 0.5])
