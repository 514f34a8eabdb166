"""Scoring of published violations against what was planted.

Belongs here: reading the truth folder and the published file, counting hits, misses and false alarms.
Does not belong here: anything of the pipeline's own opinion of its output, and anything of how rules are written.
"""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

# Rules for which the truth names every case that a delivery holds. Any other violation of theirs is a false alarm.
COVERED_RULES: tuple[str, ...] = (
    "DISC-01", "DISC-02", "DISC-03", "DISC-04", "DISC-05", "DISC-06", "DISC-07",
    "POACH-01", "POACH-02", "POACH-03", "POACH-04", "POACH-05",
    "TRAJ-01", "TRAJ-02", "TRAJ-03", "TRAJ-04", "TRAJ-05",
    "RED-01", "RED-02", "RED-03", "RED-04",
    "SVC-01", "SVC-02", "SVC-03", "SVC-04",
    "EXIT-01", "EXIT-02", "EXIT-03", "EXIT-04", "EXIT-05", "EXIT-06",
    "PERM-01", "PERM-02", "PERM-03", "PERM-04",
    "LAB-01", "LAB-02", "LAB-03", "LAB-04", "LAB-05", "LAB-06",
    "CUST-01", "CUST-02",
)  # fmt: skip


@dataclass(frozen=True)
class RuleScore:
    """How one rule did. Without truth coverage only `found` is known; a rule that is not built yet is not judged."""

    rule_id: str
    has_truth: bool
    is_built: bool
    planted: int
    found: int
    true_positives: int
    misses: tuple[str, ...] = field(default=())
    false_alarms: tuple[str, ...] = field(default=())
    status_checked: int = 0
    status_wrong: tuple[str, ...] = field(default=())

    @property
    def precision(self) -> float | None:
        return self.true_positives / self.found if self.has_truth and self.found else None

    @property
    def recall(self) -> float | None:
        return self.true_positives / self.planted if self.has_truth and self.planted else None

    @property
    def is_perfect(self) -> bool:
        return self.has_truth and self.is_built and not self.misses and not self.false_alarms


def evaluate(inbox: Path, data_dir: Path) -> list[RuleScore]:
    """Compare `<data_dir>/published/current` with the truth beside `inbox`.

    A planted case that an appeal overturned counts neither way: policy lets it be shown or dropped.
    Raises FileNotFoundError when the truth or a publication is missing.
    """
    truth = inbox.with_name(inbox.name + ".truth") / "violations.csv"
    if not truth.is_file():
        raise FileNotFoundError(f"no truth at {truth}: was this inbox written by `hufu demo`?")
    current = data_dir / "published" / "current"
    if not current.exists():
        raise FileNotFoundError(f"nothing published at {current}: run the pipeline first")
    with truth.open(encoding="utf-8", newline="") as handle:
        planted = list(csv.DictReader(handle))
    look_alikes = _kinds(truth.with_name("look_alikes.csv"))
    with duckdb.connect(str(current.resolve()), read_only=True) as con:
        published = con.execute("select rule_id, subject_id, status from compliance.fct_violations").fetchall()
        built = {row[0] for row in con.execute("select rule_id from reference.rules").fetchall()}
    by_rule: dict[str, list[tuple[str, str | None]]] = {}
    for rule_id, subject_id, status in published:
        by_rule.setdefault(rule_id, []).append((subject_id, status))
    rules = sorted({*COVERED_RULES, *by_rule})
    return [
        _score(rule, rule in built, [p for p in planted if p["rule_id"] == rule], by_rule.get(rule, []), look_alikes)
        for rule in rules
    ]


def _kinds(path: Path) -> dict[tuple[str, str], str]:
    with path.open(encoding="utf-8", newline="") as handle:
        return {(row["rule_id"], row["subject_id"]): row["kind"] for row in csv.DictReader(handle)}


def _score(
    rule: str,
    is_built: bool,
    planted: list[dict[str, str]],
    published: list[tuple[str, str | None]],
    look_alikes: dict[tuple[str, str], str],
) -> RuleScore:
    if rule not in COVERED_RULES:
        return RuleScore(rule, False, is_built, 0, len(published), 0)
    overturned = {p["subject_id"] for p in planted if p["expected_disposition"] == "overturned"}
    expected = Counter(p["subject_id"] for p in planted if p["subject_id"] not in overturned)
    notes = {p["subject_id"]: p["note"] for p in planted}
    found = Counter(subject for subject, _ in published if subject not in overturned)
    hits = expected & found
    misses = sorted(f"{s} ({notes[s]})" for s in (expected - found).elements())
    alarms = sorted(
        f"{s} ({'found twice' if s in expected else look_alikes.get((rule, s), 'nothing planted')})"
        for s in (found - expected).elements()
    )
    wanted = {p["subject_id"]: p["expected_status"] for p in planted if p["expected_status"]}
    checked = [(s, status) for s, status in published if s in wanted and s in expected]
    wrong = tuple(sorted(f"{s}: {status}, not {wanted[s]}" for s, status in checked if status != wanted[s]))
    return RuleScore(
        rule, True, is_built, expected.total(), found.total(), hits.total(), tuple(misses), tuple(alarms),
        len(checked), wrong,
    )  # fmt: skip


def format_scores(scores: list[RuleScore], *, examples: int = 5) -> str:
    """The scores as a table for the terminal, with the first misses and false alarms of each rule."""
    lines = [f"{'rule':<10}{'planted':>8}{'found':>8}{'right':>8}{'precision':>11}{'recall':>8}{'status ok':>11}"]
    unbuilt = [s for s in scores if s.has_truth and not s.is_built and not s.found]
    scores = [s for s in scores if s not in unbuilt]
    for s in scores:
        if not s.has_truth:
            lines.append(f"{s.rule_id:<10}{'':>8}{s.found:>8}   nothing planted on purpose: not scored")
            continue
        right_status = f"{s.status_checked - len(s.status_wrong)}/{s.status_checked}"
        lines.append(
            f"{s.rule_id:<10}{s.planted:>8}{s.found:>8}{s.true_positives:>8}{_share(s.precision):>11}"
            f"{_share(s.recall):>8}{right_status:>11}"
        )
    for s in scores:
        for title, cases in (("missed", s.misses), ("false alarm", s.false_alarms), ("status", s.status_wrong)):
            lines += [f"  {s.rule_id} {title}: {case}" for case in cases[:examples]]
            if len(cases) > examples:
                lines.append(f"  {s.rule_id} {title}: ... and {len(cases) - examples} more")
    if unbuilt:
        lines.append("planted, but no such rule published: " + ", ".join(f"{s.rule_id} ({s.planted})" for s in unbuilt))
    return "\n".join(lines)


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
