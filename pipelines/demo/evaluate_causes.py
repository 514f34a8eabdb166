"""Scoring of the causes that service errors were attributed to against what was planted.

Belongs here: reading truth and publication, and the table of planted against found causes with its figures.
Does not belong here: rules (`evaluate`), and anything of how a cause is found.
"""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

# Undecidable is an answer like the others: naming a cause where the records tell none is as wrong as missing one.
CAUSES = ("knowledge_gap", "system_not_synced", "process_flaw", "negligence", "undecidable")
NOT_PUBLISHED = "not published"


@dataclass(frozen=True)
class CauseScores:
    """How many errors of each planted cause were attributed to which, and every error that went wrong."""

    counts: Counter[tuple[str, str]]
    # Errors that somebody planted as an example; the others are ordinary and judged by the letter.
    examples: int
    misses: tuple[str, ...] = field(default=())

    def planted(self, cause: str) -> int:
        return sum(count for (wanted, _), count in self.counts.items() if wanted == cause)

    def found(self, cause: str) -> int:
        return sum(count for (_, named), count in self.counts.items() if named == cause)

    def precision(self, cause: str) -> float | None:
        found = self.found(cause)
        return self.counts[cause, cause] / found if found else None

    def recall(self, cause: str) -> float | None:
        planted = self.planted(cause)
        return self.counts[cause, cause] / planted if planted else None

    @property
    def right(self) -> int:
        return sum(self.counts[cause, cause] for cause in CAUSES)

    @property
    def is_perfect(self) -> bool:
        return not self.misses

    def describe(self) -> dict[str, Any]:
        """The scores as JSON-ready values, with every miss."""
        return {
            "errors": self.counts.total(), "examples": self.examples, "right": self.right, "misses": list(self.misses),
            "causes": {
                cause: {
                    "planted": self.planted(cause), "found": self.found(cause),
                    "true_positives": self.counts[cause, cause], "precision": self.precision(cause),
                    "recall": self.recall(cause),
                    "found_as": {named: n for (wanted, named), n in sorted(self.counts.items()) if wanted == cause},
                }
                for cause in CAUSES
            },
        }  # fmt: skip


def evaluate_causes(inbox: Path, data_dir: Path) -> CauseScores | None:
    """Compare the published causes with the truth beside `inbox`; None where the truth names no causes."""
    truth = inbox.with_name(inbox.name + ".truth") / "causes.csv"
    if not truth.is_file():
        return None
    with truth.open(encoding="utf-8", newline="") as handle:
        planted = {row["error_id"]: row for row in csv.DictReader(handle)}
    with duckdb.connect(str((data_dir / "published" / "current").resolve()), read_only=True) as con:
        published = dict(con.execute("select error_id, cause from performance.error_attribution").fetchall())
    counts: Counter[tuple[str, str]] = Counter()
    misses = []
    for error_id, row in sorted(planted.items()):
        found = published.get(error_id, NOT_PUBLISHED)
        counts[row["cause"], found] += 1
        if found != row["cause"]:
            misses.append(f"{error_id} ({row['kind']}): {found}, not {row['cause']}")
    strangers = sorted({*published} - {*planted})
    misses += [f"{error_id}: {published[error_id]}, of no error delivered" for error_id in strangers]
    return CauseScores(counts, sum(row["kind"] != "ordinary" for row in planted.values()), tuple(misses))


def format_causes(scores: CauseScores, *, examples: int = 5) -> str:
    """Planted causes as lines, found ones as columns, then the first misses and the sum."""
    named = [*CAUSES, *([NOT_PUBLISHED] if any(found == NOT_PUBLISHED for _, found in scores.counts) else [])]
    # A found cause goes by its first word, so that the table fits a terminal.
    titles = {cause: f"{cause.partition('_')[0]:>{len(cause.partition('_')[0]) + 2}}" for cause in named}
    lines = [f"{'cause':<19}{'planted':>8}{''.join(titles.values())}{'precision':>11}{'recall':>8}"]
    for cause in CAUSES:
        cells = "".join(f"{scores.counts[cause, found] or '.':>{len(title)}}" for found, title in titles.items())
        lines.append(
            f"{cause.replace('_', ' '):<19}{scores.planted(cause):>8}{cells}"
            f"{_share(scores.precision(cause)):>11}{_share(scores.recall(cause)):>8}"
        )
    if scores.misses:
        lines += ["", *(f"  cause missed: {miss}" for miss in scores.misses[:examples])]
    if len(scores.misses) > examples:
        lines.append(f"  cause missed: ... and {len(scores.misses) - examples} more")
    lines += [
        "",
        f"causes: {scores.right} of {scores.counts.total()} service errors attributed as the records say "
        f"({scores.examples} planted as examples); misses: {len(scores.misses)}",
    ]
    return "\n".join(lines)


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
