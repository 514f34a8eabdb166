"""Workbooks as systems write them: where cells stand, what is merged, what a cell's text is, old and odd files."""

from __future__ import annotations

import io
import struct
from datetime import date, datetime, time, timedelta
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.chart import BarChart

from pipelines.landing.reading.cells import cell_text, column_texts
from pipelines.landing.reading.opening import open_source
from pipelines.landing.reading.table import Pick
from tests.support.workbook_bytes import ole, with_part, xls, xlsx

SHEET = "xl/worksheets/sheet1.xml"
PRODUCTS = [["product_id", "product_name"], ["P1", "a"], ["P2", "b"]]


def saved(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def heads_of(content: bytes, folder: Path, suffix: str = "xlsx"):
    path = folder / "source"
    path.write_bytes(content)
    return open_source(path, suffix, folder, None, None).heads


def reason_of(company, path):
    ((status, code),) = company.ask(f"select status, reason_code from landed.files where source_file = '{path}'")
    assert status == "set_aside"
    return code


def names(company):
    return [n for (n,) in company.ask("select product_name from landed_crm.products order by product_id")]


def test_merged_cells_stand_where_their_texts_stand(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["C3"], sheet["D4"], sheet["F10"] = "group", 5, "far"
    for merge in ("C3:D3", "A1:B1", "C30:D30", "E3:E4"):
        sheet.merge_cells(merge)
    (head,) = heads_of(saved(book), tmp_path)
    assert head.rows[2][:2] == ("group", "")
    assert head.rows[3][1] == "5"
    assert head.merges == ((2, 0, 2, 1), (2, 2, 3, 2))


def test_blank_rows_at_the_top_count_once(company):
    book = openpyxl.Workbook()
    for row, cells in enumerate([("product_id", "product_name"), ("P1", "a")], start=4):
        for column, value in enumerate(cells, start=2):
            book.active.cell(row, column, value)
    company.deliver("crm/products.xlsx", saved(book))
    company.land()
    assert company.ask("select product_name, _source_row from landed_crm.products") == [("a", 5)]


@pytest.mark.parametrize("dimension", [b'<dimension ref="A1"/>', b"", b'<dimension ref="A1:XFD1048576"/>'])
def test_what_a_sheet_says_of_its_size_is_not_believed(company, dimension):
    company.deliver("crm/products.xlsx", with_part(xlsx(PRODUCTS), SHEET, rb"<dimension [^>]*>", dimension))
    company.land()
    assert names(company) == ["a", "b"]


def test_cells_beyond_the_header_cost_their_record_only(company):
    rows = [*PRODUCTS, ["P3", "c", None, "stray"], ["P4", "d", " "], [None, " ", None], ["P5", "e"]]
    company.deliver("crm/products.xlsx", xlsx(rows))
    company.land()
    assert company.ask("select product_id, _source_row from landed_crm.products order by 1") == [
        ("P1", 2),
        ("P2", 3),
        ("P4", 5),
        ("P5", 7),
    ]
    faults = company.ask("select source_row, reason_code, value from landed.quarantine")
    assert faults == [(4, "field_count", '["P3","c","","stray"]')]
    assert company.ask("select read_count, accepted_count, quarantined_count from landed.batches") == [(5, 4, 1)]


def test_formulas_give_their_saved_value_and_text_stays_text(company):
    book = with_part(
        xlsx([*PRODUCTS, ["P3", "=1+1"]]), SHEET, rb"<f>1\+1</f><v\s*/>|<f>1\+1</f><v></v>", b"<f>1+1</f><v>2</v>"
    )
    book = with_part(book, SHEET, b"<t>b</t>", b"<t>=cmd|' /C calc'!A0</t>")
    company.deliver("crm/products.xlsx", book)
    company.land()
    assert names(company) == ["a", "=cmd|' /C calc'!A0", "2"]


def test_error_cells_hold_nothing(company):
    book = with_part(xlsx([*PRODUCTS, ["P3", "X"]]), SHEET, rb't="inlineStr"><is><t>X</t></is>', b't="e"><v>#N/A</v>')
    company.deliver("crm/products.xlsx", book)
    company.land()
    assert company.ask("select source_row, column_name, reason_code from landed.quarantine") == [
        (4, "product_name", "required")
    ]


def test_a_workbook_with_macros_is_read_and_its_macros_are_not(company):
    book = with_part(
        xlsx(PRODUCTS),
        "[Content_Types].xml",
        rb"application/vnd\.openxmlformats-officedocument\.spreadsheetml\.sheet\.main\+xml",
        b"application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    )
    company.deliver("crm/products.xlsm", book)
    company.land()
    assert names(company) == ["a", "b"]


def test_sheets_of_charts_are_passed_over(company):
    book = openpyxl.Workbook()
    for row in PRODUCTS:
        book.active.append(row)
    book.create_chartsheet("chart", 0).add_chart(BarChart())
    company.deliver("crm/products.xlsx", saved(book))
    company.land()
    assert names(company) == ["a", "b"]


def test_a_workbook_may_call_itself_anything(company):
    company.deliver("crm/products.csv", xlsx(PRODUCTS))
    company.deliver("crm/inventory.xlsx", xls([["product_id", "as_of", "quantity"], ["P1", "2026-03-01", 3]]))
    company.land()
    assert names(company) == ["a", "b"]
    assert company.one("select quantity from landed_crm.inventory") == 3


def test_old_workbooks_are_read_with_their_merges(company, tmp_path):
    rows = [["report", None], *PRODUCTS, ["P3", 1001.0], ["P4", 12345.5]]
    content = xls(rows, merges=[(0, 0, 0, 1)])
    (head,) = heads_of(content, tmp_path, "xls")
    assert head.merges == ((0, 0, 0, 1),)
    company.deliver("crm/products.xls", content)
    company.land()
    assert names(company) == ["a", "b", "1001", "12345.5"]


@pytest.mark.parametrize(("offset", "value"), [(26, 9), (32, 3)], ids=["version", "sector size"])
def test_a_malformed_old_workbook_is_read_by_the_forgiving_reader(company, offset, value):
    """Exporters that write the container by themselves get fields of its header wrong."""
    damaged = bytearray(xls(PRODUCTS))
    struct.pack_into("<H", damaged, offset, value)
    company.deliver("crm/products.xls", bytes(damaged))
    company.land()
    assert names(company) == ["a", "b"]


def test_an_old_workbook_without_its_container_is_read(company):
    content = xls(PRODUCTS)
    company.deliver("crm/products.xls", content[512 : content.index(b"R\0o\0o\0t\0")])
    company.land()
    assert names(company) == ["a", "b"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("crm/products.xlsx", ole("EncryptedPackage", b"secret")),
        ("crm/products.xls", xls(PRODUCTS, records=b"\x2f\x00\x02\x00\x01\x00")),
    ],
    ids=["xlsx", "xls"],
)
def test_workbooks_with_a_password_say_so(company, name, content):
    company.deliver(name, content)
    company.land()
    assert reason_of(company, name) == "password"


@pytest.mark.parametrize(
    "content",
    [
        b"\xd0\xcf\x11\xe0" + bytes(600),
        ole("Other", b"no workbook"),
        ole("Workbook", b"\xff" * 5000),
        xls(PRODUCTS)[:3000],
        xlsx(PRODUCTS)[:-40],
    ],
    ids=["zeros", "other", "garbage", "cut-xls", "cut-xlsx"],
)
def test_what_is_no_workbook_inside_is_set_aside(company, content):
    company.deliver("crm/products.xls", content)
    company.land()
    assert reason_of(company, "crm/products.xls") in ("unreadable_workbook", "damaged_archive")


def test_gbk_taken_for_latin1_is_put_right_and_counted(company):
    rows = [["product_id", "商品名称"], ["P1", "羽绒服"], ["P2", "衬衫"]]
    company.deliver("shop/items.xls", xls([[text.encode("gb18030") for text in row] for row in rows]))
    company.profile(
        "name: misread\nversion: 1\ntitle: {zh: 商品, en: products}\nmatch: {headers: [product_id, 商品名称]}\n"
        "datasets: [{dataset: products, columns: {product_id: product_id, product_name: 商品名称}}]\n"
    )
    company.land()
    assert names(company) == ["羽绒服", "衬衫"]
    assert company.one("select repaired_cell_count from landed.batches") == 2


def test_letters_that_only_look_like_gbk_stay(company):
    company.deliver("crm/products.xlsx", xlsx([*PRODUCTS, ["P3", "Größe ÄÖÜ"]]))
    company.land()
    assert names(company) == ["a", "b", "Größe ÄÖÜ"]
    assert company.one("select repaired_cell_count from landed.batches") == 0


moments = st.datetimes(datetime(1900, 3, 1), datetime(2100, 1, 1)) | st.datetimes(
    datetime(2026, 1, 1), datetime(2026, 1, 2)
).map(lambda m: m.replace(microsecond=0))
numbers = (
    st.floats()
    | st.integers(-(10**16), 10**16).map(float)
    | st.decimals(-(10**7), 10**7, places=2).map(float)
    | st.sampled_from([0.1 + 0.2, -0.0, 1e15, 999999999999999.0, 1e-7, 5e-324, 1.2345678901234e18])
)
texts = st.text(max_size=5) | st.sampled_from(["", "--", "_x000D_", "a_x000D_\nb", "\0", "\ud800"])
cells = st.one_of(
    numbers,
    texts,
    moments,
    st.dates(),
    st.times(),
    st.booleans(),
    st.none(),
    st.timedeltas(timedelta(0)),
    st.integers(),
)


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(*(st.lists(kind | st.sampled_from(["", None]), max_size=30) for kind in (numbers, texts, moments, cells)))
)
def test_a_column_of_cells_is_each_of_its_cells(column):
    if not column:
        return
    expected = [text and text.replace("\ud800", "\ufffd") for text in map(cell_text, column)]
    assert column_texts(column).to_pylist() == expected


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (1001.0, "1001"),
        (0.1 + 0.2, "0.3"),
        (123456789012345.0, "123456789012345"),
        (1.2345678901234e18, "1.23456789012340E+18"),
        (1e-7, "0.0000001"),
        (True, "true"),
        (datetime(2026, 3, 1, 8, 59, 59, 999999), "2026-03-01 09:00:00"),
        (datetime(2026, 3, 1, 9, 0, 0, 250000), "2026-03-01 09:00:00.250"),
        (datetime.max, "9999-12-31 23:59:59.999"),
        (date(2026, 3, 1), "2026-03-01"),
        (time(9, 0), "09:00:00"),
        (timedelta(hours=26, minutes=5), "26:05:00"),
        ("", None),
        ("_x000D_", None),
    ],
)
def test_the_text_of_a_cell(cell, text):
    assert cell_text(cell) == text


def test_sheets_with_other_columns_are_read_together(company, tmp_path):
    path = tmp_path / "source"
    path.write_bytes(xlsx([["b", "a"], [1, 2]], more=[["a", "c"], [3, 4], [5, 6]]))
    source = open_source(path, "xlsx", tmp_path, None, None)
    import duckdb

    with duckdb.connect() as con:
        loaded = source.load(con, [Pick(head, 1) for head in source.heads])
        rows = con.execute("select _record, _source_row, _sheet, b, a, c from source order by 1").fetchall()
    assert loaded.columns == ("b", "a", "c")
    assert rows == [
        (1, 2, "Sheet", "1", "2", None),
        (2, 2, "more", None, "3", "4"),
        (3, 3, "more", None, "5", "6"),
    ]
