"""What landing promises for any file, however dirty."""

from __future__ import annotations

import csv
import gzip
import io
import itertools
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pyarrow
import pyarrow.parquet
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.landing import inbox_unchanged, land_inbox, register_fingerprint
from pipelines.landing.reading.delimited import CsvSource, as_utf8
from pipelines.landing.reading.table import Pick
from pipelines.landing.reasons import SetAside
from tests.support.depth import examples
from tests.support.dirty_orders import (
    HEADER,
    NOON,
    as_csv,
    ask,
    awkward,
    check_accounting,
    deliver,
    noise,
    place,
    records,
)

some = settings(max_examples=examples(10), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
many = settings(some, max_examples=examples(40))


@some
@given(rows=records, between=noise, end=st.sampled_from(["\n", "\r\n", "\r"]))
def test_every_record_of_a_dirty_file_is_accounted_for(rows, between, end):
    lines = as_csv(rows, end) + end.join(between)
    with place() as (inbox, data):
        deliver(inbox, "crm/orders.csv", lines.encode())
        land_inbox(inbox, data)
        (((status, code),),) = ask(data, "select status, reason_code from landed.files")
        assert status == "landed" or code == "unclosed_quote"
        check_accounting(data)


@some
@given(rows=records)
def test_well_formed_records_are_counted_as_the_csv_module_counts_them(rows):
    with place() as (inbox, data):
        deliver(inbox, "crm/orders.csv", as_csv(rows, quoting=csv.QUOTE_ALL).encode())
        land_inbox(inbox, data)
        expected = sum(any(cell.strip() for cell in row) for row in rows)
        assert ask(data, "select read_count from landed.batches") == [[(expected,)]]
        check_accounting(data)


def whole_files() -> dict[str, bytes]:
    rows = [("O1", "C1", "2026-03-01", "1", "1", "paid"), ("O2", "C1", "2026-03-01", "1", "1", "draft")]
    text = as_csv(rows)
    book = openpyxl.Workbook()
    for row in [HEADER, *rows]:
        book.active.append(row)
    workbook, parquet = io.BytesIO(), io.BytesIO()
    book.save(workbook)
    columns = dict(zip(HEADER, map(list, zip(*rows, strict=True)), strict=True))
    pyarrow.parquet.write_table(pyarrow.table(columns), parquet)
    return {
        "csv": text.encode(),
        "csv.gz": gzip.compress(text.encode()),
        "jsonl": "\n".join(json.dumps(dict(zip(HEADER, row, strict=True))) for row in rows).encode(),
        "xlsx": workbook.getvalue(),
        "parquet": parquet.getvalue(),
    }


WHOLE = whole_files()


@many
@given(
    kind=st.sampled_from(sorted(WHOLE)), noise=st.binary(max_size=60), cut=st.integers(0, 30), place_at=st.floats(0, 1)
)
def test_no_damage_breaks_the_landing(kind, noise, cut, place_at):
    whole = WHOLE[kind]
    position = int(place_at * len(whole))
    with place() as (inbox, data):
        deliver(inbox, f"crm/orders.{kind}", whole[:position] + noise + whole[position + cut :])
        report = land_inbox(inbox, data)
        assert {f.status for f in report.files} <= {"landed", "set_aside"}
        assert all(f.reason is None or f.reason.code != "engine" for f in report.files)
        check_accounting(data)


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


def loaded(con: duckdb.DuckDBPyConnection, source: CsvSource, way: str) -> tuple[Any, ...] | None:
    for kind in ("view", "table"):
        names = con.execute(f"select {kind}_name from duckdb_{kind}s() where temporary and not internal").fetchall()
        for (name,) in names:
            con.execute(f'drop {kind} "{name}"')
    result = getattr(source, way)(con, Pick(source.heads[0], 1))
    if result is None:
        return None
    # Outer blanks are nobody's content; one reader leaves some of them to the check, the other none.
    rows = con.execute(
        "select _source_row, nullif(trim(a), ''), nullif(trim(b), ''), nullif(trim(c), '') from source order by 1"
    ).fetchall()
    broken = con.execute("from broken order by all").fetchall()
    return result.columns, rows, broken


@many
@given(
    rows=st.lists(st.lists(awkward, min_size=3, max_size=3), max_size=6),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONE]),
    end=st.sampled_from(["\n", "\r\n"]),
    tail=st.sampled_from(["", "\n", "\n\n", 'x,"y', "a,b", ' p , "q" ,r']),
)
def test_both_ways_of_reading_csv_agree(con, rows, quoting, end, tail):
    out = io.StringIO()
    writer = csv.writer(
        out, lineterminator=end, quoting=quoting, escapechar="\\" if quoting == csv.QUOTE_NONE else None
    )
    writer.writerows([["a", "b", "c"], *rows])
    text = (out.getvalue() + tail).replace("\\", "") if quoting == csv.QUOTE_NONE else out.getvalue() + tail
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file.csv"
        path.write_bytes(text.encode())
        decoded, facts = as_utf8(path, Path(folder), None)
        source = CsvSource.open(decoded, facts, [","], Path(folder))
        if not source.heads[0].rows or len(source.heads[0].rows[0]) != 3:
            return
        fast = loaded(con, source, "load_fast")
        if fast is None:
            return
        try:
            exact = loaded(con, source, "load_exact")
        except SetAside as reason:
            exact = reason.reason.code
        assert fast == exact


contents = st.sampled_from(
    [
        as_csv([("O1", "C1", "2026-03-01", "1", "1", "draft"), ("O2", "C1", "2026-03-01", "x", "1", "draft")]),
        as_csv([("O1", "C1", "2026-03-01", "1", "1", "shipped"), ("O3", "C1", "2026-03-01", "1", "1", "draft")]),
        as_csv([("O2", "C1", "2026-03-01", "5", "1", "draft")]),
        as_csv([("O2", "C1", "2026-03-01", "5", "1", "draft")], "\r\n"),
    ]
)
deliveries = st.lists(
    st.tuples(st.integers(1, 4), contents, st.integers(0, 3)), min_size=1, max_size=4, unique_by=lambda d: d[0]
)


@some
@given(parts=deliveries, data=st.data())
def test_neither_order_nor_repetition_nor_splitting_of_deliveries_matters(parts, data):
    order = data.draw(st.permutations(parts))
    stops = data.draw(st.lists(st.booleans(), min_size=len(order), max_size=len(order)))
    outcomes = []
    for sequence, pauses in ((parts, itertools.repeat(False)), (order, stops)):
        with place() as (inbox, where):
            for (number, content, hour), pause in zip(sequence, pauses, strict=False):
                deliver(inbox, f"crm/orders_{number}.csv", content.encode(), NOON + 3600 * hour)
                if pause:
                    land_inbox(inbox, where)
            land_inbox(inbox, where)
            assert inbox_unchanged(inbox, where)
            assert not land_inbox(inbox, where).has_news
            tables = ("landed_crm.orders", "landed.quarantine", "landed.files")
            outcomes.append((register_fingerprint(where), ask(where, *(f"from {t} order by all" for t in tables))))
    assert outcomes[0] == outcomes[1]


@some
@given(rows=records, encoding=st.sampled_from(["gb18030", "utf-8-sig", "utf-16"]))
def test_the_encoding_of_a_file_does_not_change_what_lands(rows, encoding):
    rows = [("价",) + row[1:] if row[0] == "O1" else row for row in rows]
    text = as_csv(rows)
    seen = []
    for name in ("utf-8", encoding):
        if name != "utf-8" and not any(ord(c) > 127 for c in text) and encoding == "gb18030":
            return
        with place() as (inbox, data):
            deliver(inbox, "crm/orders.csv", text.encode(name))
            land_inbox(inbox, data)
            seen.append(
                ask(
                    data,
                    "select _row_hash, _source_row, _ts_offsets from landed_crm.orders order by all",
                    "select source_row, column_name, value, reason_code from landed.quarantine order by all",
                )
            )
    assert seen[0] == seen[1]
