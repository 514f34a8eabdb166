"""Checks by hand: `python -m pipelines.checks suites OUT`, `raw DATABASE`, `published DATABASE [--previous FILE]`.

Belongs here: arguments and printing. Does not belong here: anything that the run itself needs.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from pipelines.checks import CheckResult, preload, run_published_checks, run_raw_checks
from pipelines.checks.published import load_published_suites
from pipelines.checks.raw import Delivery, plan_raw_suites
from pipelines.checks.suite import Suite
from pipelines.checks.thresholds import load_thresholds
from pipelines.contract import load_contract
from pipelines.settings import EXPECTATIONS_DIR


def main(arguments: Sequence[str] | None = None) -> int:
    """0 = nothing blocks, 1 = a blocking check failed."""
    parser = argparse.ArgumentParser(prog="python -m pipelines.checks", description="Run or show the check suites.")
    commands = parser.add_subparsers(dest="command", required=True)
    suites = commands.add_parser("suites", help="write every suite as Great Expectations JSON")
    suites.add_argument("out", type=Path, metavar="OUT")
    raw = commands.add_parser("raw", help="check the landed datasets of a working database")
    raw.add_argument("database", type=Path, metavar="DATABASE")
    published = commands.add_parser("published", help="compare the marts of a working database with a publication")
    published.add_argument("database", type=Path, metavar="DATABASE")
    published.add_argument("--previous", type=Path, metavar="FILE", help="the publication to compare with")
    for command in (raw, published):
        command.add_argument("--all", action="store_true", help="print what passed too")
    chosen = parser.parse_args(arguments)

    if chosen.command == "suites":
        return _write_suites(chosen.out)
    if chosen.command == "raw":
        results = run_raw_checks(chosen.database, load_contract())
    else:
        results = run_published_checks(chosen.database, chosen.previous)
    _print(results, show_passed=chosen.all)
    return int(any(r.severity == "blocking" and not r.passed for r in results))


def _all_suites() -> list[Suite]:
    contract = load_contract()
    thresholds = load_thresholds(EXPECTATIONS_DIR / "thresholds.yml")
    raw = plan_raw_suites(contract, thresholds.raw, {d.name: Delivery(1, 1) for d in contract})
    return [*raw, *(declared.suite() for declared in load_published_suites(EXPECTATIONS_DIR / "published"))]


def _write_suites(folder: Path) -> int:
    preload()
    from pipelines.checks.engine import library_suite

    folder.mkdir(parents=True, exist_ok=True)
    for number, suite in enumerate(_all_suites(), start=1):
        text = json.dumps(library_suite(suite).to_json_dict(), ensure_ascii=False, indent=2, sort_keys=True)
        (folder / f"{number:02}_{suite.layer}_{suite.dataset}.json").write_text(text + "\n", encoding="utf-8")
    return 0


def _print(results: Iterable[CheckResult], *, show_passed: bool) -> None:
    results = list(results)
    for result in results:
        if show_passed or not result.passed:
            state = "passed" if result.passed else result.severity
            print(f"{state:8}  {result.check_id}  {result.detail_zh}  {result.detail_en}")
    failed = sum(not result.passed for result in results)
    print(f"{len(results)} checks, {failed} failed")


if __name__ == "__main__":
    sys.exit(main())
