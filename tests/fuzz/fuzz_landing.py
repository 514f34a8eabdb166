"""Lands damaged files by the thousand: none may take the landing down, hold it up, or get lost in its counts.

    python tests/fuzz/fuzz_landing.py --files 10000 --seed 1

Belongs here: running batches in processes of their own, what is asserted of each, the summary.
Does not belong here: the files (`seeds`).

Exit code 1 where a batch failed; its inbox is then kept and named.
"""

from __future__ import annotations

import argparse
import json
import random
import select
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
FILES_PER_BATCH = 100
SECONDS_PER_FILE = 120
STATUSES = {"landed", "duplicate", "ignored", "unpacked", "set_aside"}


class Broken(Exception):
    """What the landing promised and did not keep."""


# ---------------------------------------------------------------------------------------------- inside the process


def land(folder: Path) -> dict[str, Any]:
    """Land the folder's inbox and check everything that was promised. Says each file's name beforehand."""
    import duckdb

    from pipelines.landing import inbox_unchanged, land_inbox
    from pipelines.landing.register import Counts

    inbox, data = folder / "inbox", folder / "data"
    delivered = {path.relative_to(inbox).as_posix() for path in inbox.rglob("*") if path.is_file()}
    report = land_inbox(inbox, data, on_progress=lambda name, *_: print(f"file {name}", flush=True))
    outcomes = {outcome.source_file: outcome for outcome in report.files}
    _require(delivered <= outcomes.keys(), f"without an outcome: {sorted(delivered - outcomes.keys())}")
    for name, outcome in outcomes.items():
        _require(outcome.status in STATUSES, f"{name}: status {outcome.status}")
        _require(outcome.status != "set_aside" or outcome.reason is not None, f"{name}: set aside without a reason")
        _require(outcome.reason is None or outcome.reason.code != "engine", f"{name}: {outcome.reason}")
        _require(outcome.counts.is_balanced, f"{name}: {outcome.counts}")
    with duckdb.connect() as con:
        for batch in report.new_batches:
            _require(batch.is_balanced and Counts(**batch.file_counts).is_balanced, f"{batch.source_file}: counts")
            if batch.landed_path:
                path = str(data / batch.landed_path)
                (rows,) = con.execute("select count(*) from read_parquet($1)", [path]).fetchone() or (None,)
                _require(rows == batch.landed_count, f"{batch.source_file}: {rows} rows, {batch.landed_count} counted")
            for column, total in batch.file_money_totals.items():
                parts = (batch.money_totals, batch.quarantined_money_totals, batch.duplicate_money_totals)
                found = sum(Decimal(part.get(column) or 0) for part in parts)
                _require(Decimal(total or 0) == found, f"{batch.source_file}: {column} {total} in file, {found} found")
    _require(inbox_unchanged(inbox, data), "the next run would find something new")
    _require(not land_inbox(inbox, data).has_news, "landing again changes something")
    return {
        "landed": sum(o.status in ("landed", "duplicate") for o in outcomes.values()),
        "outcomes": len(outcomes),
        "reasons": Counter(o.reason.code for o in outcomes.values() if o.status == "set_aside" and o.reason),
    }


def _require(holds: bool, what: str) -> None:
    if not holds:
        raise Broken(what)


# ---------------------------------------------------------------------------------------------- around it


def run_batch(folder: Path) -> dict[str, Any]:
    """Land the folder in a process of its own. Raises Broken when that dies, hangs or finds something wrong."""
    command = [sys.executable, str(Path(__file__)), "--land", str(folder)]
    errors = folder / "errors.txt"
    with errors.open("wb") as stderr, subprocess.Popen(command, stdout=subprocess.PIPE, stderr=stderr) as process:
        assert process.stdout is not None
        received, last = b"", "nothing"
        try:
            while True:
                ready, _, _ = select.select([process.stdout], [], [], SECONDS_PER_FILE)
                if not ready:
                    raise Broken(f"no progress for {SECONDS_PER_FILE} s at {last}")
                chunk = process.stdout.read1(65_536)  # type: ignore[attr-defined]
                if not chunk:
                    break
                *lines, received = (received + chunk).split(b"\n")
                for line in lines:
                    kind, _, rest = line.decode("utf-8", "replace").partition(" ")
                    if kind == "done":
                        return json.loads(rest)
                    last = rest
        finally:
            process.kill()
    words = errors.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    raise Broken(f"exit code {process.returncode} at {last}: {words[-1] if words else ''}")


def fuzz(files: int, seed: int, with_vendors: bool = True) -> tuple[str, list[str]]:
    """Land `files` damaged files. Returns the summary and what failed."""
    from tests.fuzz.seeds import mutated_files, own_seeds, vendor_seeds

    started = time.monotonic()
    seeds = own_seeds() * 2 + (vendor_seeds() if with_vendors else [])
    source = mutated_files(random.Random(seed), seeds)
    reasons: Counter[str] = Counter()
    done = landed = 0
    failures: list[str] = []
    while done < files:
        folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
        for name, content in islice(source, min(FILES_PER_BATCH, files - done)):
            path = folder / "inbox" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            done += 1
        try:
            result = run_batch(folder)
        except Broken as error:
            failures.append(f"{folder}: {error}")
            continue
        landed += result["landed"]
        reasons.update(result["reasons"])
        shutil.rmtree(folder)
    told = ", ".join(f"{code} {count}" for code, count in reasons.most_common())
    seconds = time.monotonic() - started
    return f"{done} files, {landed} landed, set aside: {told or 'none'}; {seconds:.0f} s", failures


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--own-only", action="store_true", help="without the vendors' look-alike exports")
    parser.add_argument("--land", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.land:
        print("done " + json.dumps(land(arguments.land)), flush=True)
        return 0
    summary, failures = fuzz(arguments.files, arguments.seed, not arguments.own_only)
    print("\n".join([*failures, summary]))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main())
