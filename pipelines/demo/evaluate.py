"""Scoring of published violations against what was planted.

Belongs here: reading the truth folder and the published file, counting hits, misses and false alarms.
Does not belong here: anything of the pipeline's own opinion of its output, and anything of how rules are written.
"""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

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

    def describe(self) -> dict[str, Any]:
        """The score as JSON-ready values, with every miss and false alarm."""
        return {
            "rule_id": self.rule_id, "has_truth": self.has_truth, "is_built": self.is_built,
            "is_perfect": self.is_perfect, "planted": self.planted, "found": self.found,
            "true_positives": self.true_positives, "precision": self.precision, "recall": self.recall,
            "misses": list(self.misses), "false_alarms": list(self.false_alarms),
            "status_checked": self.status_checked, "status_wrong": list(self.status_wrong),
        }  # fmt: skip


@dataclass(frozen=True)
class OverallScore:
    """All rules with truth together; rules without it are not judged and not counted."""

    rules: int
    perfect_rules: int
    planted: int
    true_positives: int
    false_alarms: int

    def describe(self) -> dict[str, Any]:
        return {
            "rules": self.rules, "perfect_rules": self.perfect_rules, "planted": self.planted,
            "true_positives": self.true_positives, "misses": self.planted - self.true_positives,
            "false_alarms": self.false_alarms,
        }  # fmt: skip


def overall(scores: list[RuleScore]) -> OverallScore:
    """How many rules find every planted case and nothing else."""
    judged = [s for s in scores if s.has_truth]
    return OverallScore(
        len(judged),
        sum(s.is_perfect for s in judged),
        sum(s.planted for s in judged),
        sum(s.true_positives for s in judged),
        sum(len(s.false_alarms) for s in judged),
    )


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
    """The scores as a table for the terminal, family by family, then the first misses and false alarms of each rule.

    The last line says how many rules are perfect; a rule that is not is marked in its own line.
    """
    lines = [f"{'rule':<10}{'planted':>8}{'found':>8}{'right':>8}{'precision':>11}{'recall':>8}{'status ok':>11}"]
    shown = [s for s in scores if s.is_built or s.found or not s.has_truth]
    for _, family in groupby(shown, key=lambda s: s.rule_id.partition("-")[0]):
        lines += ["", *(_row(s) for s in family)]
    faults = []
    for s in shown:
        for title, cases in (("missed", s.misses), ("false alarm", s.false_alarms), ("status", s.status_wrong)):
            faults += [f"  {s.rule_id} {title}: {case}" for case in cases[:examples]]
            if len(cases) > examples:
                faults.append(f"  {s.rule_id} {title}: ... and {len(cases) - examples} more")
    lines += ["", *faults] if faults else []
    unbuilt = [s for s in scores if s not in shown]
    if unbuilt:
        named = ", ".join(f"{s.rule_id} ({s.planted})" for s in unbuilt)
        lines += ["", f"planted, but no such rule published: {named}"]
    total = overall(scores)
    lines += [
        "",
        f"overall: {total.perfect_rules} of {total.rules} rules perfect; {total.true_positives} of {total.planted} "
        f"planted cases found; false alarms: {total.false_alarms}",
    ]
    return "\n".join(lines)


def _row(score: RuleScore) -> str:
    if not score.has_truth:
        return f"{score.rule_id:<10}{'':>8}{score.found:>8}   nothing planted on purpose: not scored"
    right_status = f"{score.status_checked - len(score.status_wrong)}/{score.status_checked}"
    mark = "" if score.is_perfect else "  <"
    return (
        f"{score.rule_id:<10}{score.planted:>8}{score.found:>8}{score.true_positives:>8}{_share(score.precision):>11}"
        f"{_share(score.recall):>8}{right_status:>11}{mark}"
    )


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
