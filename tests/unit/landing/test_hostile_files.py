"""Files made to do harm: each is set aside with its reason, in bounded time and memory, and the rest lands."""

from __future__ import annotations

import gzip
import io
import json
import os
import resource
import signal
import struct
import subprocess
import sys
import threading
import zipfile
from contextlib import closing
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest

from pipelines.landing import text as text_module
from pipelines.landing.reading import json_document as json_document_module
from pipelines.landing.reading import table as table_module
from pipelines.landing.reading import workbook as workbook_module
from pipelines.landing.reading import workers as workers_module
from pipelines.landing.reading.opening import open_source
from pipelines.landing.reading.workers import Workers
from pipelines.landing.reasons import SetAside
from pipelines.landing.storage import InboxFile, take_copy
from tests.support.workbook_bytes import with_part, xlsx

SHEET = "xl/worksheets/sheet1.xml"
PRODUCTS = [["product_id", "product_name"], ["P1", "a"]]
TEXT = "product_id,product_name\nP1,a\n"
BESIDE = "product_id,as_of,quantity\nP1,2026-03-01,3\n"


def fate(company, path: str) -> str:
    """The file's status or reason, after seeing that a sound file beside it landed."""
    company.deliver("crm/inventory.csv", BESIDE)
    company.land()
    assert company.one("select count(*) from landed_crm.inventory") == 1
    ((status, code, zh, en),) = company.ask(
        f"select status, reason_code, reason_zh, reason_en from landed.files where source_file = '{path}'"
    )
    assert status == "landed" or (zh and en)
    return code or status


def open_alone(path: Path, folder: Path, **limits: int):
    with closing(Workers(**limits)) as workers:
        return open_source(path, path.suffix[1:], folder, None, None, workers)


def code_of(call) -> str:
    with pytest.raises(SetAside) as caught:
        call()
    return caught.value.reason.code


# ---------------------------------------------------------------------------------------------- workers


@pytest.fixture
def far_cell(tmp_path) -> Path:
    """A table, and one cell in the last corner that a sheet has."""
    content = with_part(
        xlsx(PRODUCTS), SHEET, b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    )
    path = tmp_path / "far.xlsx"
    path.write_bytes(content)
    return path


# A process's peak starts with what its parent held, so the peaks are asked of a process that is small itself.
_LAND_AND_TELL_PEAKS = """
import resource, sys
from pathlib import Path
from pipelines.landing import land_inbox
land_inbox(Path(sys.argv[1]), Path(sys.argv[2]))
status = Path("/proc/self/status").read_text(encoding="ascii")
own = next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))
print(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def test_one_far_cell_does_not_take_the_machine_down(company, far_cell):
    company.deliver("crm/products.xlsx", far_cell.read_bytes())
    command = [sys.executable, "-c", _LAND_AND_TELL_PEAKS, str(company.inbox), str(company.data)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    own_kb, worker_kb = map(int, told.split())
    assert own_kb < 300_000 and worker_kb < 1_000_000
    assert fate(company, "crm/products.xlsx") == "too_much_memory"


def test_a_worker_that_died_is_replaced(tmp_path, far_cell):
    good = tmp_path / "good.xlsx"
    good.write_bytes(xlsx(PRODUCTS))
    with closing(Workers()) as workers:
        assert code_of(lambda: workers.read_sheets(far_cell, "workbook", tmp_path)) == "too_much_memory"
        (sheet,) = workers.read_sheets(good, "workbook", tmp_path)
    assert sheet.head == (("product_id", "product_name"), ("P1", "a"))


def test_a_worker_serves_many_files(tmp_path):
    path = tmp_path / "good.xlsx"
    path.write_bytes(xlsx(PRODUCTS))
    with closing(Workers()) as workers:
        workers.read_sheets(path, "workbook", tmp_path)
        (worker,) = [workers._idle.get()]
        workers._idle.put(worker)
        workers.read_sheets(path, "workbook", tmp_path)
        assert workers._idle.get() is worker
        workers._idle.put(worker)
        process = worker._process
    assert process.returncode is not None


def test_a_worker_that_hangs_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(workers_module, "SECONDS_PER_FILE", 1.0)
    path = tmp_path / "pipe.xls"
    os.mkfifo(path)  # opening it waits for ever
    with closing(Workers()) as workers:
        assert code_of(lambda: workers.read_sheets(path, "html", tmp_path)) == "too_slow"
        assert workers._idle.empty()


def test_a_worker_that_is_killed_sets_its_file_aside(tmp_path):
    path = tmp_path / "pipe.xls"
    os.mkfifo(path)
    with closing(Workers()) as workers:
        (tmp_path / "good.xls").write_text("<table><tr><td>a</td></tr></table>", encoding="utf-8")
        workers.read_sheets(tmp_path / "good.xls", "html", tmp_path)
        worker = workers._idle.get()
        workers._idle.put(worker)
        threading.Timer(0.3, worker._process.send_signal, [signal.SIGSEGV]).start()
        with pytest.raises(SetAside) as caught:
            workers.read_sheets(path, "html", tmp_path)
    assert caught.value.reason.code == "reader_crashed"
    assert "SIGSEGV" in caught.value.reason.en


def test_workers_end_with_whoever_asked_them(tmp_path):
    script = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from pipelines.landing.reading.workers import Workers\n"
        "workers = Workers()\n"
        "workers.read_sheets(Path(sys.argv[1]), 'html', Path(sys.argv[2]))\n"
        "print(workers._idle.get()._process.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    page = tmp_path / "page.xls"
    page.write_text("<table><tr><td>a</td></tr></table>", encoding="utf-8")
    command = [sys.executable, "-c", script, str(page), str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as asker:
        assert asker.stdout is not None
        worker = int(asker.stdout.readline())
        asker.kill()
    for _ in range(100):
        if not Path(f"/proc/{worker}").exists():
            return
        threading.Event().wait(0.05)
    pytest.fail("the worker outlived its landing")


def test_memory_does_not_grow_with_the_page(tmp_path):
    def peak(rows: int) -> int:
        page = tmp_path / "page.html"
        page.write_text("<table>" + "<tr><td>abc</td><td>2</td></tr>" * rows + "</table>", encoding="utf-8")
        with closing(Workers()) as workers:
            workers.read_sheets(page, "html", tmp_path)
            worker = workers._idle.get()
            workers._idle.put(worker)
            status = Path(f"/proc/{worker._process.pid}/status").read_text(encoding="ascii")
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))

    assert peak(400_000) - peak(20_000) < 60_000


# ---------------------------------------------------------------------------------------------- bombs


def test_a_workbook_that_unpacks_without_end_is_refused(company, monkeypatch):
    monkeypatch.setattr(workbook_module, "RATIO_MATTERS_FROM_BYTES", 1_000_000)
    company.deliver(
        "crm/products.xlsx", with_part(xlsx(PRODUCTS), SHEET, b"<sheetData>", b"<sheetData>" + b" " * 10**7)
    )
    assert fate(company, "crm/products.xlsx") == "bomb"


def with_shared_texts(megabytes: int) -> bytes:
    out = io.BytesIO(xlsx(PRODUCTS))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        with archive.open("xl/sharedStrings.xml", "w") as part:
            part.write(b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">')
            for _ in range(megabytes):
                part.write(b"<si><t>" + b"x" * 1_000_000 + b"</t></si>")
            part.write(b"</sst>")
    return out.getvalue()


def test_a_workbook_that_lies_about_its_unpacked_size_is_refused(company):
    raw = bytearray(with_shared_texts(20))
    name = b"xl/sharedStrings.xml"
    struct.pack_into("<L", raw, raw.index(name) - 30 + 22, 1000)
    struct.pack_into("<L", raw, raw.rindex(name) - 46 + 24, 1000)
    company.deliver("crm/products.xlsx", bytes(raw))
    assert fate(company, "crm/products.xlsx") == "unreadable_workbook"


def test_texts_that_fill_the_memory_stop_the_worker_only(tmp_path):
    path = tmp_path / "texts.xlsx"
    path.write_bytes(with_shared_texts(240))
    assert code_of(lambda: open_alone(path, tmp_path, memory_bytes=400 * 1024**2)) == "too_much_memory"


@pytest.mark.parametrize(
    "doctype",
    [
        b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        b'<!DOCTYPE x [<!ENTITY b SYSTEM "file:///etc/passwd">]>',
    ],
    ids=["laughs", "outside"],
)
def test_parts_of_a_workbook_bring_no_entities_of_their_own(company, doctype):
    book = with_part(xlsx(PRODUCTS), SHEET, b"<worksheet", doctype + b"<worksheet")
    company.deliver("crm/products.xlsx", with_part(book, SHEET, b"<t>a</t>", b"<t>x&b;y</t>"))
    assert fate(company, "crm/products.xlsx") == "unreadable_workbook"


@pytest.mark.parametrize(
    ("inner", "expected"),
    [(b"P" * 20_000_000, "bomb"), (gzip.compress(b"0" * 20_000_000, mtime=0), "encoding")],
    ids=["once", "twice"],
)
def test_packed_bombs_are_refused(company, monkeypatch, inner, expected):
    monkeypatch.setattr(text_module, "RATIO_MATTERS_FROM_BYTES", 100_000)
    company.deliver("crm/products.csv.gz", gzip.compress(inner))
    assert fate(company, "crm/products.csv.gz") == expected


# ---------------------------------------------------------------------------------------------- text


def test_a_line_of_gigabytes_is_refused_after_its_beginning(tmp_path):
    """The file is sparse: reading it whole would take 2 GB of time and, with a line in memory, of memory."""
    path = tmp_path / "line.csv"
    with path.open("wb") as stream:
        stream.write(TEXT.encode())
        stream.seek(2 * 1024**3)
        stream.write(b"x")
    assert code_of(lambda: open_source(path, "csv", tmp_path, None, None)) == "nul_bytes"
    with path.open("r+b") as stream:
        stream.seek(len(TEXT))
        stream.write(b"x" * (text_module.MAX_LINE_BYTES + 2_000_000))
    assert code_of(lambda: open_source(path, "csv", tmp_path, None, None)) == "line_too_long"


@pytest.mark.parametrize("content", [b"a," * 50_000_000, b"product_id,product_name" + b",x" * 200_000 + b"\nP1,a\n"])
def test_headers_without_end_are_refused(company, content):
    company.deliver("crm/products.csv", content)
    assert fate(company, "crm/products.csv") in ("line_too_long", "too_many_columns")


def test_a_workbook_of_too_many_columns_is_refused(company):
    wide = [[*PRODUCTS[0], *(f"c{i}" for i in range(5000))], ["P1", "a"]]
    company.deliver("crm/products.xlsx", xlsx(wide))
    assert fate(company, "crm/products.xlsx") == "too_many_columns"


def test_a_cell_farther_right_than_a_workbook_reaches_is_refused(company, monkeypatch):
    """Damaged .xls files name such columns, however short their header is."""
    monkeypatch.setattr(workbook_module, "MAX_SHEET_COLUMNS", 100)
    company.deliver("crm/products.xlsx", xlsx([*PRODUCTS, ["P9", *[""] * 99, "far away"]]))
    assert fate(company, "crm/products.xlsx") == "too_many_columns"


@pytest.mark.parametrize(
    "content",
    [TEXT.encode() + b"P2,\0b\n", TEXT.encode() + bytes(1000), b"\0" * 1000, TEXT.encode().replace(b"a\n", b"a\n\0")],
)
def test_zero_bytes_are_named_by_their_place(company, content):
    company.deliver("crm/products.csv", content)
    assert fate(company, "crm/products.csv") == "nul_bytes"


def test_text_cells_that_look_like_formulas_stay_text(company):
    cells = ["=1+1", "+cmd|' /C calc'!A0", "-1", "@SUM(A1)"]
    company.deliver("crm/products.csv", TEXT + "".join(f'Q{i},"{cell}"\n' for i, cell in enumerate(cells)))
    company.land()
    rows = company.ask("select product_name from landed_crm.products where product_id like 'Q%' order by product_id")
    assert [name for (name,) in rows] == cells


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", [TEXT, "product_id,商品名称,季节\nP1,羽绒服长款加厚连帽外套,冬\n"])
def test_utf16_needs_no_mark(tmp_path, encoding, text):
    path = tmp_path / "source"
    path.write_bytes(text.encode(encoding))
    source = open_source(path, "csv", tmp_path, None, None)
    assert source.decoded.encoding == encoding
    assert source.heads[0].rows[0] == tuple(text.splitlines()[0].split(","))


def test_any_number_of_broken_records_is_told_apart(company, monkeypatch):
    monkeypatch.setattr(table_module, "_BATCH_RECORDS", 3)
    broken = {2, 3, 4, 5, 7, 11, 12, 13}
    lines = [f"P{i}" if i in broken else f"P{i},a" for i in range(2, 15)]
    company.deliver("crm/products.csv", "product_id,product_name\n" + "\n".join(lines))
    company.land()
    faults = company.ask("select source_row, reason_code, value from landed.quarantine order by 1")
    assert faults == [(i, "field_count", f"P{i}") for i in sorted(broken)]
    assert company.one("select count(*) from landed_crm.products") == 5


# ---------------------------------------------------------------------------------------------- JSON


def test_deeply_nested_json_costs_its_record_only(company):
    deep = "[" * 100_000 + "]" * 100_000
    lines = ['{"product_id": "P1", "product_name": "a"}', f'{{"product_id": {deep}}}', "[" * 100_000]
    company.deliver("crm/products.jsonl", "\n".join(lines))
    assert fate(company, "crm/products.jsonl") == "landed"
    assert company.ask("select source_row, reason_code from landed.quarantine order by 1") == [(2, "json"), (3, "json")]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("[" * 100_000, "json_shape"),
        ('{"a":' * 100_000, "json_shape"),
        ('[{"product_id": "P1", "product_name": "a"}', "json_shape"),
        ('[{"product_id": "P1"}] [1]', "json_shape"),
        ('{"a": [{"x": 1}], "b": [{"y": 2}]}', "json_shape"),
        ('{"a": 1}', "missing_columns"),
    ],
    ids=["lists", "objects", "cut", "more", "two", "none"],
)
def test_json_documents_that_are_no_table_say_why(company, content, code):
    company.deliver("crm/products.json", content)
    assert fate(company, "crm/products.json") == code


def test_an_element_without_end_is_refused(company, monkeypatch):
    monkeypatch.setattr(json_document_module, "MAX_LINE_BYTES", 2_000_000)
    rows = ",\n".join(json.dumps({"product_id": i, "product_name": "x" * 40}) for i in range(100_000))
    company.deliver("crm/products.json", f'[{{"product_id": "P1", "product_name": ["{"x" * 5_000_000}"]}},\n{rows}]')
    assert fate(company, "crm/products.json") == "json_shape"


# ---------------------------------------------------------------------------------------------- Parquet


def parquet() -> bytes:
    out = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table({"product_id": ["P1"] * 50, "product_name": ["a"] * 50}), out)
    return out.getvalue()


def absurd_footer(length: int) -> bytes:
    return parquet()[:-8] + struct.pack("<L", length) + b"PAR1"


def thrift(*values: tuple[int, int, bytes]) -> bytes:
    """A struct of (field step, kind, bytes) in Thrift's compact form."""
    return b"".join(bytes([step << 4 | kind]) + data for step, kind, data in values) + b"\0"


HUGE = b"\xff\xff\xff\xff\x0f"  # 2^32 - 1
# A file description whose list of columns claims billions of elements.
BILLIONS = thrift((1, 5, b"\x02"), (1, 9, b"\xfc" + HUGE))
PARQUET = {
    "cut": parquet()[:-200],
    "half": parquet()[: len(parquet()) // 2],
    "footer beyond the file": absurd_footer(0x7FFFFFFF),
    "footer of nothing": absurd_footer(0),
    "billions of columns": b"PAR1" + BILLIONS + struct.pack("<L", len(BILLIONS)) + b"PAR1",
    "zeros": b"PAR1" + bytes(5000) + b"PAR1",
}


@pytest.mark.parametrize("content", PARQUET.values(), ids=PARQUET.keys())
def test_damaged_parquet_is_set_aside(company, content):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    company.deliver("crm/products.parquet", content)
    assert fate(company, "crm/products.parquet") == "unreadable_parquet"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 500_000


def test_parquet_that_claims_more_rows_than_it_has_is_not_believed(company):
    raw = parquet()
    # The number of rows stands in the footer as a zigzag number: 50 is 100.
    footer = len(raw) - 8 - struct.unpack("<L", raw[-8:-4])[0]
    changed = raw[:footer] + raw[footer:].replace(b"\x16\x64", b"\x16\x7e")
    assert changed != raw
    company.deliver("crm/products.parquet", changed)
    assert fate(company, "crm/products.parquet") in ("unreadable_parquet", "engine")


# ---------------------------------------------------------------------------------------------- the inbox


def test_a_file_that_grows_while_it_is_copied_waits_for_the_next_run(tmp_path, company):
    path = company.deliver("crm/products.csv", TEXT)
    found = path.stat()
    file = InboxFile(path, "crm/products.csv", found.st_size, found.st_mtime_ns, found.st_ctime_ns)
    with path.open("a", encoding="utf-8") as stream:
        stream.write("P2,b\n")
    assert code_of(lambda: take_copy(file, tmp_path / "copy")) == "changing"
    assert (tmp_path / "copy").stat().st_size == found.st_size
    company.land()
    assert company.one("select count(*) from landed_crm.products") == 2
