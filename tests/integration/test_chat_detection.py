"""The chat rules on labelled chats: a floor under precision and recall, so that no change of terms worsens them unseen.

The figures themselves, and every error, are printed by `make score-chats`; docs/chat-detection.md discusses them.
"""

from __future__ import annotations

import pytest

from tests.benchmarks.score_chats import FINDINGS, Message, Score, compare, score_sets

# What was reached on the development set, by message, and what may be lost of it.
REACHED: dict[str, tuple[float, float]] = {
    "gift_money": (0.995, 0.910),
    "off_channel": (0.954, 0.909),
    "refusal": (0.943, 0.892),
}
MARGIN = 0.02


@pytest.fixture(scope="module")
def development(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Score]:
    scores, _ = score_sets(["development"], tmp_path_factory.mktemp("chats"))
    return {score.label: score for score in scores if score.unit == "message"}


@pytest.mark.parametrize("label", sorted(REACHED))
def test_precision_and_recall_stay_where_they_are(development: dict[str, Score], label: str) -> None:
    precision, recall = REACHED[label]
    score = development[label]
    assert score.precision is not None and score.recall is not None
    assert score.precision >= precision - MARGIN, score
    assert score.recall >= recall - MARGIN, score


def snippet(*labels: list[str]) -> list[Message]:
    said = [{"sender": "agent", "message_type": "text", "text": "", "labels": of_message} for of_message in labels]
    talk = {"snippet_id": "x1", "style": "", "messages": said, "note": ""}
    return [Message(f"x1-{position:02}", talk, content) for position, content in enumerate(said, start=1)]


def test_a_wrong_and_a_missed_message_are_counted_and_named() -> None:
    messages = snippet(["gift_money"], [], ["gift_money"])
    found = {**dict.fromkeys(FINDINGS, set()), "gift_money": {"x1-01", "x1-02"}}
    scores, errors = compare(messages, found)
    by_message, by_snippet = (
        next(s for s in scores if (s.label, s.unit) == ("gift_money", u)) for u in ("message", "snippet")
    )
    assert (by_message.precision, by_message.recall, by_message.f1) == (0.5, 0.5, 0.5)
    assert (by_snippet.precision, by_snippet.recall) == (1, 1)
    assert [(e.kind, e.message_id) for e in errors] == [("false_positive", "x1-02"), ("false_negative", "x1-03")]


def test_a_later_refusal_of_a_talk_is_no_error() -> None:
    messages = snippet(["refusal"], ["refusal"], [])
    for found, wrong in (({"x1-01"}, []), ({"x1-02"}, []), (set(), ["x1-01"]), ({"x1-01", "x1-03"}, ["x1-03"])):
        _, errors = compare(messages, {**dict.fromkeys(FINDINGS, set()), "refusal": found})
        assert [e.message_id for e in errors] == wrong


def test_nothing_to_measure_is_no_figure() -> None:
    scores, _ = compare(snippet([]), dict.fromkeys(FINDINGS, set()))
    assert {(s.precision, s.recall, s.f1) for s in scores} == {(None, None, None)}
