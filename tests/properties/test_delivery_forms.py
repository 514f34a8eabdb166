"""The form in which rows are delivered decides nothing: neither the format, nor the packing, nor the splitting."""

from __future__ import annotations

import gzip
import html
import io
import json
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from pipelines.landing import inbox_unchanged, land_inbox
from tests.support.depth import examples
from tests.support.dirty_orders import (
    HEADER,
    NOON,
    as_csv,
    ask,
    cells,
    check_accounting,
    deliver,
    place,
    records,
)

# Examples land whole inboxes, so they are few, and one that fails is shown as it is.
few = settings(max_examples=examples(5), deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
Row = tuple[str, ...]


def as_xlsx(rows: Sequence[Row]) -> bytes:
    book = openpyxl.Workbook()
    for number, row in enumerate([tuple(HEADER), *rows], start=1):
        for column, cell in enumerate(row, start=1):
            if cell:
                book.active.cell(number, column).value = ILLEGAL_CHARACTERS_RE.sub("", cell)
                book.active.cell(number, column).data_type = "s"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_html(rows: Sequence[Row]) -> bytes:
    lines = "".join(
        "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in [HEADER, *rows]
    )
    return f"<html><body><table>{lines}</table></body></html>".encode()


def as_json_lines(rows: Sequence[Row]) -> bytes:
    named = [dict(zip(HEADER, row, strict=True)) for row in rows]
    # The header comes from the keys, so that there is one without rows too.
    return "\n".join(json.dumps(row) for row in named or [dict.fromkeys(HEADER)]).encode()


FORMS: dict[str, Callable[[Sequence[Row]], bytes]] = {
    "csv": lambda rows: as_csv(list(rows)).encode(),
    "xlsx": as_xlsx,
    "xls": as_html,
    "jsonl": as_json_lines,
    "json": lambda rows: b"[" + as_json_lines(rows).replace(b"\n", b",") + b"]",
    "csv.gz": lambda rows: gzip.compress(as_csv(list(rows)).encode("gb18030"), mtime=0),
}


@few
@given(rows=records)
def test_every_record_of_every_form_is_accounted_for(rows):
    with place() as (inbox, data):
        for form, write in FORMS.items():
            deliver(inbox, f"crm/orders_{form}.{form}", write(rows))
        report = land_inbox(inbox, data)
        assert {f.source_file: f.reason for f in report.files if f.reason} == {}
        check_accounting(data)
        assert inbox_unchanged(inbox, data)
        assert not land_inbox(inbox, data).has_news


# What every form can carry: no outer blanks, no line ends, nothing that one of them takes for something else.
tidy_rows = st.lists(
    st.tuples(
        st.sampled_from(["O1", "O2", "0003", "", "1.5E+18"]),
        st.sampled_from(["C1", "", "C-2", "=1+1", "价 格", "<b>&amp;", 'a"b', "A,B;C|D"]),
        *list(cells.values())[2:],
    ).filter(any),
    min_size=1,
    max_size=8,
)


def what_landed(data: Path, path: str, header_rows: int) -> list[Any]:
    """The rows and faults of one file, by the place that a row has among the data rows."""
    return ask(
        data,
        f"select _source_row - {header_rows}, _row_hash, _ts_offsets from landed_crm.orders "
        f"where _source_file = '{path}' order by all",
        f"select source_row - {header_rows}, column_name, value, reason_code from landed.quarantine "
        f"where source_file = '{path}' order by all",
        "select read_count, accepted_count, quarantined_count, duplicate_count, money_totals "
        f"from landed.batches where source_file = '{path}'",
    )


@few
@given(rows=tidy_rows)
def test_the_format_of_a_file_does_not_change_what_lands(rows):
    with place() as (inbox, data):
        for form, write in FORMS.items():
            deliver(inbox, f"crm/orders_{form}.{form}", write(rows))
        land_inbox(inbox, data)
        seen = {
            form: what_landed(data, f"crm/orders_{form}.{form}", 0 if form.startswith("json") else 1) for form in FORMS
        }
    for form in FORMS:
        assert seen[form] == seen["csv"], form


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), content)
    return out.getvalue()


forms = st.sampled_from(["csv", "jsonl", "csv.gz"])


@few
@given(parts=st.lists(st.tuples(records, forms), min_size=1, max_size=3), data=st.data())
def test_packing_deliveries_into_an_archive_changes_nothing(parts, data):
    files = {f"orders_{number}.{form}": FORMS[form](rows) for number, (rows, form) in enumerate(parts)}
    shuffled = dict(data.draw(st.permutations(list(files.items()))))
    packings = {
        "plain": {f"crm/{name}": content for name, content in files.items()},
        "packed": {"crm/all.zip": zipped(shuffled)},
        "packed twice": {"all.zip": zipped({"crm/inner.zip": zipped(shuffled)})},
    }
    outcomes = {}
    for packing, inside in packings.items():
        with place() as (inbox, lake):
            for name, content in inside.items():
                deliver(inbox, name, content, NOON)
            land_inbox(inbox, lake)
            assert inbox_unchanged(inbox, lake)
            assert not land_inbox(inbox, lake).has_news
            last = "regexp_extract({}, '[^/]+$')"
            outcomes[packing] = ask(
                lake,
                "select * exclude (_source_file, _batch_id) from landed_crm.orders order by all",
                f"select * exclude (source_file), {last.format('source_file')} from landed.quarantine order by all",
                f"select {last.format('source_file')}, status, reason_code, read_count, accepted_count, "
                "quarantined_count, duplicate_count from landed.files where status <> 'unpacked' order by all",
            )
    assert outcomes["packed"] == outcomes["packed twice"] == outcomes["plain"]


@few
@given(rows=st.lists(st.tuples(*cells.values()), min_size=1, max_size=8), at=st.integers(0, 8))
def test_splitting_a_delivery_changes_no_row(rows, at):
    seen = []
    for pieces in ([rows], [rows[:at], rows[at:]]):
        with place() as (inbox, data):
            for number, piece in enumerate(pieces):
                # A note of its own keeps two pieces of equal rows from being one content.
                deliver(inbox, f"crm/orders_{number}.csv", (as_csv(piece) + "\n" * number).encode())
            land_inbox(inbox, data)
            check_accounting(data)
            seen.append(
                ask(
                    data,
                    "select distinct _row_hash from landed_crm.orders order by all",
                    "select column_name, value, reason_code, count(*) from landed.quarantine group by all order by all",
                    "select sum(read_count), sum(accepted_count + duplicate_count), sum(quarantined_count) "
                    "from landed.batches",
                )
            )
    assert seen[0] == seen[1]
