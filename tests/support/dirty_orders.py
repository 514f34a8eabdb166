"""Dirty order files for property tests, and the questions that are asked of any landing.

Belongs here: strategies, delivering, reading back. Does not belong here: the properties themselves.
"""

from __future__ import annotations

import csv
import io
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
from hypothesis import strategies as st

from pipelines.landing import create_landed_views

NOON = 1_767_268_800
HEADER = ["order_id", "customer_id", "ordered_at", "list_amount", "net_amount", "status"]

# Characters that decide how a text is split, and a few that are only content.
awkward = st.text(alphabet=st.sampled_from("ab,\"\n\r\t ;|'\\#\x1f\u00a0\u3000价é"), max_size=6)
plain = st.text(alphabet="abc价 ", max_size=4)

cells = {
    "order_id": st.sampled_from(["O1", "O2", " O2", "0003", "", "1.5E+18"]) | plain,
    "customer_id": st.sampled_from(["C1", "", "C-2"]) | awkward,
    "ordered_at": st.sampled_from(["2026-03-01 10:00:00", "2026/3/1", "2026-03-01T10:00:00+08:00", "", "soon", "--"]),
    "list_amount": st.sampled_from(["1", "1.00", "¥1,000.50", "1.234", "", "x", "NULL"]),
    "net_amount": st.sampled_from(["1", "2.5", "０", ""]),
    "status": st.sampled_from(["committed", "Shipped", "paid", ""]),
}
records = st.lists(st.tuples(*cells.values()), max_size=8)
# Lines that stand between well-formed records.
noise = st.lists(st.sampled_from(["", "a,b", '"x"y,1,2,3,4,5', ",,,,,", "合计,,,99,,,,,", 'x,"p\nq",,,,']), max_size=3)


def as_csv(rows: list[tuple[str, ...]], end: str = "\n", quoting: int = csv.QUOTE_MINIMAL) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator=end, quoting=quoting).writerows([HEADER, *rows])
    return out.getvalue()


@contextmanager
def place() -> Iterator[tuple[Path, Path]]:
    with tempfile.TemporaryDirectory() as root:
        inbox = Path(root) / "inbox"
        inbox.mkdir()
        yield inbox, Path(root) / "data"


def deliver(inbox: Path, relative: str, content: bytes, at: int = NOON) -> None:
    path = inbox / relative
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (at, at))


@contextmanager
def warehouse(data: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        create_landed_views(con, data)
        yield con


def ask(data: Path, *questions: str) -> list[list[tuple[Any, ...]]]:
    with warehouse(data) as con:
        return [con.execute(sql).fetchall() for sql in questions]


def check_accounting(data: Path) -> None:
    """Every record of every batch is in exactly one place, and the counts say so."""
    with warehouse(data) as con:
        batches = con.execute(
            "select batch_id, read_count, accepted_count, quarantined_count, duplicate_count, ignored_count, "
            "landed_count from landed.batches where dataset = 'orders'"
        ).fetchall()
        for batch, read, accepted, quarantined, duplicate, ignored, landed in batches:
            assert read == accepted + quarantined + duplicate + ignored
            rows = con.execute(f"select _source_row from landed_crm.orders where _batch_id = '{batch}'").fetchall()
            faulty = con.execute(
                f"select distinct source_row from landed.quarantine where batch_id = '{batch}'"
            ).fetchall()
            assert len(rows) == len(set(rows)) == accepted == landed
            assert len(faulty) == quarantined
            assert not set(rows) & set(faulty)
