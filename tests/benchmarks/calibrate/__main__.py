"""Measures the statistics on worlds of known truth: `make calibrate`. Exit code 1 where a promise is not kept.

Belongs here: which subjects are measured, the table, and writing it into docs/calibration.md.
Does not belong here: how a subject is measured (one module each, with a function `rows`).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from tests.benchmarks.calibrate import intervals, scan, tree_scan
from tests.benchmarks.calibrate.row import Row

MODULES = (intervals, scan, tree_scan)
SEED = 20260101
DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "calibration.md"
BEGIN, END = "<!-- calibration: begin -->", "<!-- calibration: end -->"
VERDICTS = {True: "met", False: "**missed**", None: "limit"}


def measure(seed: int) -> list[Row]:
    """All rows; every module has a stream of its own, so that none moves another's figures."""
    found: list[Row] = []
    for module in MODULES:
        name = module.__name__.rsplit(".", 1)[1]
        found += module.rows(np.random.default_rng([seed, *name.encode()]))
    return found


def _figure(value: float) -> str:
    return f"{value:.2%}" if value <= 1 else f"{value:g}"


def as_markdown(found: Iterable[Row], seed: int) -> str:
    lines = [
        f"Seed {seed}.",
        "",
        "| subject | world | quantity | promised | observed | standard error | trials | verdict | note |",
        "| --- | --- | --- | --- | ---: | ---: | ---: | --- | --- |",
    ]
    for row in found:
        cells = (
            row.subject,
            row.world,
            row.quantity,
            row.nominal,
            _figure(row.observed),
            f"{row.standard_error:.2%}",
            f"{row.count}",
            VERDICTS[row.is_met],
            row.note,
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def write(document: Path, table: str) -> None:
    """Replace what stands between the markers."""
    text = document.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    document.write_text(f"{before}{BEGIN}\n{table}\n{END}{after}", encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--no-write", action="store_true", help="print only, leave docs/calibration.md as it is")
    arguments = parser.parse_args()
    found = measure(arguments.seed)
    table = as_markdown(found, arguments.seed)
    print(table)
    if not arguments.no_write:
        write(DOCUMENT, table)
    missed = [row for row in found if row.is_met is False]
    for row in missed:
        print(f"missed: {row.subject}, {row.world}: {row.quantity} {_figure(row.observed)}", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
