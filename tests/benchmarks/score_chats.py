"""Precision and recall of the chat rules on the labelled snippets: `make score-chats`.

Belongs here: delivering the snippets as any company's messages, and comparing what was found with the labels.
Does not belong here: judging the figures (`tests/integration/test_chat_detection.py` holds the floor), and any rule.

A refusal counts once per talk and day, so the later ones of a snippet are neither expected nor errors.
"""

from __future__ import annotations

import argparse
import csv
import json
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

CHATS = Path(__file__).resolve().parent.parent / "chat"
SETS: dict[str, tuple[str, ...]] = {
    "development": ("development",),
    "held_out": ("held_out",),
    "both": ("development", "held_out"),
}
# Label -> where the warehouse says so, one message per row.
FINDINGS: dict[str, str] = {
    "gift_money": "select subject_id from rules.rule_red_01_gift_asked_or_accepted",
    "off_channel": "select subject_id from rules.rule_red_02_moved_off_channel",
    "refusal": "select message_id from signals.sig_refusal",
}

FIRST_MESSAGE_AT = datetime(2026, 3, 2, 9)
SECONDS_BETWEEN_MESSAGES = 20
# Far enough apart that no snippet's messages stand among another's.
MINUTES_BETWEEN_SNIPPETS = 30

COMPANY: dict[str, str] = {
    "hr/org_units.csv": """
org_unit_id,org_unit_name,parent_org_unit_id,org_unit_type,country_code,timezone
G,集团,,group,CN,Asia/Shanghai
""",
    "hr/positions.csv": """
position_id,position_name,job_family
P1,客服专员,customer_service
""",
    "hr/employees.csv": """
employee_id,full_name,hire_date,org_unit_id,position_id,employment_status
E1,王一,2024-01-01,G,P1,active
""",
}


@dataclass(frozen=True)
class Message:
    """One message with what was decided about it; `snippet` is the talk that it stands in."""

    message_id: str
    snippet: Mapping[str, Any]
    content: Mapping[str, Any]


@dataclass(frozen=True)
class Error:
    label: str
    kind: str
    message_id: str
    text: str
    style: str
    note: str


@dataclass(frozen=True)
class Score:
    """Counts of one label; a measure without anything to measure is None."""

    label: str
    unit: str
    true_positives: int
    false_positives: int
    false_negatives: int

    @property
    def precision(self) -> float | None:
        return _share(self.true_positives, self.true_positives + self.false_positives)

    @property
    def recall(self) -> float | None:
        return _share(self.true_positives, self.true_positives + self.false_negatives)

    @property
    def f1(self) -> float | None:
        return _share(2 * self.true_positives, 2 * self.true_positives + self.false_positives + self.false_negatives)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def read_messages(names: Iterable[str], authors: tuple[str, ...] = (), folder: Path = CHATS) -> list[Message]:
    """The messages of the sets, in the order of the talks; with `authors`, of ids that begin so."""
    messages = []
    for name in names:
        with (folder / f"{name}.jsonl").open(encoding="utf-8") as lines:
            for snippet in map(json.loads, lines):
                if authors and not snippet["snippet_id"].startswith(authors):
                    continue
                messages += [
                    Message(f"{snippet['snippet_id']}-{position:02}", snippet, content)
                    for position, content in enumerate(snippet["messages"], start=1)
                ]
    return messages


def write_deliveries(inbox: Path, messages: Iterable[Message]) -> None:
    """The snippets as a delivery of `messages`, each a conversation with a customer of its own, and their agent."""
    from tests.support.company import write_inbox

    write_inbox(inbox, COMPANY)
    (inbox / "crm").mkdir(parents=True, exist_ok=True)
    starts: dict[str, datetime] = {}
    with (inbox / "crm" / "messages.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(
            ["message_id", "conversation_id", "employee_id", "customer_id", "sender", "message_type", "sent_at", "text"]
        )
        for message in messages:
            snippet_id = message.snippet["snippet_id"]
            start = starts.setdefault(
                snippet_id, FIRST_MESSAGE_AT + timedelta(minutes=MINUTES_BETWEEN_SNIPPETS * len(starts))
            )
            position = int(message.message_id.rsplit("-", 1)[1])
            sent_at = start + timedelta(seconds=SECONDS_BETWEEN_MESSAGES * position)
            content = message.content
            writer.writerow(
                [
                    message.message_id,
                    snippet_id,
                    "E1",
                    f"C-{snippet_id}",
                    content["sender"],
                    content["message_type"],
                    sent_at,
                    content["text"],
                ]
            )


def find(root: Path, messages: Iterable[Message]) -> dict[str, set[str]]:
    """What the warehouse finds: label -> ids of messages."""
    from tests.support.compiled import CompiledWarehouse

    warehouse = CompiledWarehouse(root)
    write_deliveries(warehouse.inbox, messages)
    warehouse.build()
    return {label: {row[0] for row in warehouse.query(query)} for label, query in FINDINGS.items()}


def compare(messages: list[Message], found: Mapping[str, set[str]]) -> tuple[list[Score], list[Error]]:
    """Scores by message and by snippet, and every wrong message."""
    scores, errors = [], []
    for label in FINDINGS:
        expected = {m.message_id for m in messages if label in m.content["labels"]}
        if label == "refusal":
            expected -= _later_refusals(messages, expected, found[label])
        wrong = {"false_positive": found[label] - expected, "false_negative": expected - found[label]}
        scores.append(_score(label, "message", expected, found[label]))
        scores.append(_score(label, "snippet", _snippets(expected), _snippets(found[label])))
        errors += [
            Error(
                label,
                kind,
                m.message_id,
                m.content["text"] or "",
                m.snippet.get("style", ""),
                m.snippet.get("note", ""),
            )
            for kind, ids in wrong.items()
            for m in messages
            if m.message_id in ids
        ]
    return scores, errors


def _later_refusals(messages: list[Message], expected: set[str], found: set[str]) -> set[str]:
    """Labelled refusals of talks in which another labelled one was found, or which are not the first."""
    later = set()
    for snippet in _snippets(expected):
        labelled = [m.message_id for m in messages if m.message_id in expected and m.snippet["snippet_id"] == snippet]
        counted = next((message_id for message_id in labelled if message_id in found), labelled[0])
        later |= set(labelled) - {counted}
    return later


def _snippets(message_ids: Iterable[str]) -> set[str]:
    return {message_id.rsplit("-", 1)[0] for message_id in message_ids}


def _score(label: str, unit: str, expected: set[str], found: set[str]) -> Score:
    return Score(label, unit, len(expected & found), len(found - expected), len(expected - found))


def score_sets(names: Iterable[str], root: Path, authors: tuple[str, ...] = ()) -> tuple[list[Score], list[Error]]:
    """Land, build and compare in an empty folder."""
    messages = read_messages(names, authors)
    return compare(messages, find(root, messages))


def as_json(scores: Iterable[Score], errors: Iterable[Error]) -> str:
    measures = [
        {**asdict(score), "precision": score.precision, "recall": score.recall, "f1": score.f1} for score in scores
    ]
    return json.dumps({"scores": measures, "errors": [asdict(e) for e in errors]}, ensure_ascii=False, indent=1)


def as_text(scores: Iterable[Score], errors: Iterable[Error], talks: Mapping[str, Mapping[str, Any]]) -> str:
    """A table, then every error with the talk up to it."""
    lines = [f"{'label':12}{'by':9}{'precision':>10}{'recall':>8}{'f1':>7}{'right':>7}{'wrong':>7}{'missed':>8}"]
    for s in scores:
        measures = "".join(
            f"{'-' if value is None else f'{value:.3f}':>{width}}"
            for value, width in ((s.precision, 10), (s.recall, 8), (s.f1, 7))
        )
        counts = f"{s.true_positives:7}{s.false_positives:7}{s.false_negatives:8}"
        lines.append(f"{s.label:12}{s.unit:9}{measures}{counts}")
    for e in errors:
        lines.append(f"\n{e.label} {e.kind} {e.message_id} [{e.style}] {e.note}")
        snippet_id, position = e.message_id.rsplit("-", 1)
        for number, said in enumerate(talks[snippet_id]["messages"], start=1):
            mark = ">" if number == int(position) else " "
            kind = "" if said["message_type"] == "text" else f" ({said['message_type']})"
            lines.append(f"  {mark} {said['sender']}{kind}: {said['text'] or ''}")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--set", choices=sorted(SETS), default="both", help="which snippets (default: both)")
    parser.add_argument("--prefix", default="", help="only snippets whose id begins so, e.g. d,e (default: all)")
    parser.add_argument("--json", action="store_true", help="figures and errors as JSON")
    arguments = parser.parse_args()
    names = SETS[arguments.set]
    authors = tuple(filter(None, arguments.prefix.split(",")))
    with tempfile.TemporaryDirectory() as root:
        scores, errors = score_sets(names, Path(root), authors)
    if arguments.json:
        print(as_json(scores, errors))
    else:
        talks = {m.snippet["snippet_id"]: m.snippet for m in read_messages(names, authors)}
        print(as_text(scores, errors, talks))


if __name__ == "__main__":
    main()
