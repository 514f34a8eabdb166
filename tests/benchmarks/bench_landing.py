"""Landing against the bare tools, side by side: `make bench-landing`.

Belongs here: the input files, one child process per measurement, the table of ratios.
Does not belong here: judging them; the figures are printed as they are.

Each pair runs alternately, each run in a process of its own: time is taken around the work itself (imports apart), peak
memory is the whole process's. What landing does within its time: copy and hash the source, types and domains, row
hashes, record numbers, counts, Parquet and register made durable.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import multiprocessing
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

SPREADSHEET_ROWS = 60_000

_FRAME = """
import json, resource, sys, time
from pathlib import Path
source, out = Path(sys.argv[1]), Path(sys.argv[2])
{imports}
usage = resource.getrusage(resource.RUSAGE_SELF)
children = resource.getrusage(resource.RUSAGE_CHILDREN)
began, cpu = time.perf_counter(), usage.ru_utime + usage.ru_stime
{work}
seconds = time.perf_counter() - began
usage, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps({{
    "seconds": seconds,
    "cpu_seconds": usage.ru_utime + usage.ru_stime - cpu + children.ru_utime + children.ru_stime,
    "peak_mb": max(usage.ru_maxrss, children.ru_maxrss) / 1024,
}}))
"""

_COPY = _FRAME.format(
    imports="import duckdb\nfile = next(p for p in source.rglob('*.csv'))",
    # The first quoted cell comes after the rows that DuckDB looks at to guess the dialect, so it has to be told.
    work="duckdb.sql(f\"copy (from read_csv('{file}', quote = '\\\"')) to '{out}/bare.parquet'\")",
)
_READ_WORKBOOK = _FRAME.format(
    imports="import python_calamine\nfile = next(p for p in source.rglob('*.xlsx'))",
    work=(
        "book = python_calamine.CalamineWorkbook.from_path(str(file))\n"
        "rows = sum(1 for _ in book.get_sheet_by_index(0).iter_rows())"
    ),
)
_LAND = _FRAME.format(
    imports=(
        "import duckdb, numpy, pyarrow, python_calamine, yaml\n"
        "from pipelines.landing import land_inbox\n"
        "from pipelines.landing.check import prepare"
    ),
    work=(
        "report = land_inbox(source, out)\n"
        "assert report.count('landed') == 1 and report.new_batches[0].is_balanced, report.files"
    ),
)


def measure(script: str, source: Path) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as out:
        run = subprocess.run(
            [sys.executable, "-c", script, str(source), out], check=True, stdout=subprocess.PIPE, text=True
        )
    return json.loads(run.stdout.splitlines()[-1])


def compare(ours: str, our_source: Path, bare: str, bare_source: Path, runs: int) -> dict[str, float]:
    """Medians of both and the median of the ratios pair by pair, after one pair that does not count."""
    pairs = [(measure(bare, bare_source), measure(ours, our_source)) for _ in range(runs + 1)][1:]

    def median(which: int, name: str) -> float:
        return statistics.median(pair[which][name] for pair in pairs)

    return {
        "bare_seconds": median(0, "seconds"),
        "landing_seconds": median(1, "seconds"),
        "speed_ratio": statistics.median(b["seconds"] / o["seconds"] for b, o in pairs),
        "cpu_ratio": statistics.median(b["cpu_seconds"] / o["cpu_seconds"] for b, o in pairs),
        "bare_peak_mb": median(0, "peak_mb"),
        "landing_peak_mb": median(1, "peak_mb"),
        "memory_ratio": statistics.median(o["peak_mb"] / b["peak_mb"] for b, o in pairs),
    }


def text_of(export: Path) -> str:
    """The demo company exports some months in UTF-8 and some in GB18030."""
    raw = export.read_bytes()
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("gb18030")


def inboxes_in(folder: Path) -> dict[str, Path]:
    """Inboxes with one file each: the demo company's messages as UTF-8, as GB18030, and some of them as a workbook."""
    return {kind: folder / kind for kind in ("utf8", "gb18030", "xlsx")}


def write_inputs(folder: Path, scale: float) -> None:
    import openpyxl

    from pipelines.demo import generate

    generate(folder / "demo", scale=scale)
    months = [text_of(path) for path in sorted((folder / "demo" / "crm").glob("messages_*.csv"))]
    inboxes = inboxes_in(folder)
    for inbox in inboxes.values():
        (inbox / "crm").mkdir(parents=True)
    text = months[0] + "".join(month.partition("\n")[2] for month in months[1:])
    (inboxes["utf8"] / "crm" / "messages.csv").write_bytes(text.encode())
    (inboxes["gb18030"] / "crm" / "messages.csv").write_bytes(text.encode("gb18030"))
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("messages")
    for number, row in enumerate(csv.reader(io.StringIO(text))):
        if number > SPREADSHEET_ROWS:
            break
        sheet.append(row)
    book.save(inboxes["xlsx"] / "crm" / "messages.xlsx")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--scale", type=float, default=1.08, help="demo company; 1.08 has a million messages in CSV")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        # In a process of its own: a child's peak memory counts from what its parent held when it started.
        writer = multiprocessing.get_context("spawn").Process(
            target=write_inputs, args=(Path(temporary), arguments.scale)
        )
        writer.start()
        writer.join()
        if writer.exitcode:
            raise SystemExit("the inputs could not be written")
        inboxes = inboxes_in(Path(temporary))
        size = (inboxes["utf8"] / "crm" / "messages.csv").stat().st_size
        with (inboxes["utf8"] / "crm" / "messages.csv").open("rb") as stream:
            lines = sum(1 for _ in stream) - 1
        sizes = f"{lines:,} messages, {size / 1e6:.0f} MB as UTF-8; {SPREADSHEET_ROWS:,} rows as xlsx"
        print(f"{sizes}; {arguments.runs} pairs")
        rows = {
            "UTF-8 csv against COPY (FROM read_csv(...))": (_LAND, inboxes["utf8"], _COPY, inboxes["utf8"]),
            "GB18030 csv against the same COPY of UTF-8": (_LAND, inboxes["gb18030"], _COPY, inboxes["utf8"]),
            "xlsx against python-calamine's rows": (_LAND, inboxes["xlsx"], _READ_WORKBOOK, inboxes["xlsx"]),
        }
        print(
            f"{'':46}{'bare s':>8}{'landing s':>11}{'speed':>7}{'cpu':>6}{'bare MB':>9}{'landing MB':>12}{'memory':>8}"
        )
        for label, (ours, our_source, bare, bare_source) in rows.items():
            r = compare(ours, our_source, bare, bare_source, arguments.runs)
            print(
                f"{label:46}{r['bare_seconds']:8.2f}{r['landing_seconds']:11.2f}{r['speed_ratio']:7.2f}"
                f"{r['cpu_ratio']:6.2f}{r['bare_peak_mb']:9.0f}{r['landing_peak_mb']:12.0f}{r['memory_ratio']:8.2f}"
            )


if __name__ == "__main__":
    main()
