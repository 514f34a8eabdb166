"""Files as systems really write them: encodings, formats, headers, and what is set aside with which reason."""

from __future__ import annotations

import gzip
import io
import json
import os
import zipfile
from datetime import date, datetime

import openpyxl
import pyarrow
import pyarrow.parquet
import pytest

from pipelines.contract import load_contract
from pipelines.landing import LandingError
from pipelines.landing import text as text_module
from pipelines.landing.reading import delimited as delimited_module
from pipelines.landing.reading import json_lines as json_lines_module
from pipelines.landing.reading import table as table_module
from pipelines.landing.reading import workbook as workbook_module

PRODUCTS = "product_id,product_name,category,season\n"
CHINESE = PRODUCTS + "P1,羽绒服,外套,冬\nP2,衬衫,上衣,夏\n"


def reason_of(company, path):
    ((status, code, zh, en),) = company.ask(
        f"select status, reason_code, reason_zh, reason_en from landed.files where source_file = '{path}'"
    )
    assert status == "set_aside"
    assert zh and en
    return code, en


def names(company):
    return [n for (n,) in company.ask("select product_name from landed_crm.products order by product_id")]


@pytest.mark.parametrize(
    ("encoding", "recorded"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("gb18030", "gb18030"),
        ("gbk", "gb18030"),
        ("utf-16", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
    ],
)
def test_chinese_text_is_read_in_every_usual_encoding(company, encoding, recorded):
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    company.deliver("crm/products.csv", (mark + CHINESE).encode(encoding))
    company.land()
    assert names(company) == ["羽绒服", "衬衫"]
    assert company.one("select encoding from landed.batches") == recorded


def test_rare_characters_of_gb18030_survive(company):
    company.deliver("crm/products.csv", (PRODUCTS + "P1,𠮷田外套,外套,冬\n").encode("gb18030"))
    company.land()
    assert names(company) == ["𠮷田外套"]


def test_a_plain_beginning_does_not_hide_gb18030(company, monkeypatch):
    monkeypatch.setattr(delimited_module, "HEAD_BYTES", 200)
    rows = "".join(f"P{i:05d},plain name,coat,winter\n" for i in range(50))
    company.deliver("crm/products.csv", (PRODUCTS + rows + "Q1,羽绒服,外套,冬\n").encode("gb18030"))
    company.land()
    assert names(company)[-1] == "羽绒服"
    assert company.one("select encoding from landed.batches") == "gb18030"


@pytest.mark.parametrize("head_bytes", [200, 1024 * 1024])
def test_damaged_utf8_is_set_aside_with_the_place(company, monkeypatch, head_bytes):
    monkeypatch.setattr(delimited_module, "HEAD_BYTES", head_bytes)
    good = (PRODUCTS + "P1,羽绒服,外套,冬\n" * 20).encode()
    company.deliver("crm/products.csv", good + b"P2,\xff,x,y\n")
    company.land()
    code, text = reason_of(company, "crm/products.csv")
    assert code == "encoding"
    assert f"byte {len(good) + 3} " in text and "line 22" in text


def test_bytes_that_fit_no_encoding_are_set_aside(company):
    company.deliver("crm/products.csv", PRODUCTS.encode() + b"P1,\xa3\xff\xff,x,y\n")
    company.land()
    assert reason_of(company, "crm/products.csv")[0] == "encoding"


def test_gzip_is_looked_through(company):
    company.deliver("crm/products.csv.gz", gzip.compress(CHINESE.encode("gb18030")))
    company.land()
    assert names(company) == ["羽绒服", "衬衫"]


@pytest.mark.parametrize(
    ("suffix", "delimiter", "end"), [("tsv", "\t", "\n"), ("csv", ";", "\r\n"), ("csv", "|", "\n"), ("csv", ",", "\r")]
)
def test_delimiters_and_line_ends_are_found(company, suffix, delimiter, end):
    company.deliver(f"crm/products.{suffix}", CHINESE.replace(",", delimiter).replace("\n", end).encode())
    company.land()
    assert names(company) == ["羽绒服", "衬衫"]


def test_title_rows_above_the_header_are_passed_over_and_counted(company):
    company.deliver("crm/products.csv", "商品清单,,,\n制表时间:2026-01-01,,,\n\n" + CHINESE)
    company.land()
    rows = company.ask("select product_id, _source_row from landed_crm.products order by 1")
    assert rows == [("P1", 5), ("P2", 6)]


def test_headers_match_without_case_blanks_and_marks(company):
    company.deliver("crm/products.csv", "\ufeff Product_ID ,PRODUCT NAME,Category,season\nP1,x,y,z\n")
    company.land()
    assert names(company) == ["x"]


def test_a_header_that_names_a_column_twice_is_refused(company):
    company.deliver("crm/products.csv", "product_id,product_name,product_name\nP1,a,b\n")
    company.land()
    assert reason_of(company, "crm/products.csv")[0] == "ambiguous_header"


def test_headers_may_be_the_labels_of_the_contract(company):
    columns = load_contract().get("products").columns
    labels = [c.label.zh for c in columns if c.label is not None]
    assert len(labels) == len(columns)
    company.deliver("crm/products.csv", ",".join(labels) + "\nP1,羽绒服,外套,冬\n")
    company.land()
    assert names(company) == ["羽绒服"]


def test_unknown_columns_are_kept_and_reported(company):
    company.deliver("crm/products.csv", "product_id,product_name,colour,备注\nP1,x,red,\nP2,y,,\n")
    company.land()
    extras = company.ask("select product_id, _extra from landed_crm.products order by 1")
    assert extras == [("P1", '{"colour":"red"}'), ("P2", None)]
    assert json.loads(company.one("select unknown_columns from landed.batches")) == ["colour", "备注"]


def test_cells_with_line_ends_quotes_and_delimiters(company):
    company.deliver("crm/products.csv", PRODUCTS + 'P1,"a\nb, ""c""",,\nP2,plain,,\n')
    company.land()
    rows = company.ask("select product_name, _source_row from landed_crm.products order by 2")
    assert rows == [('a\nb, "c"', 2), ("plain", 3)]


def test_blank_lines_count_as_numbers_but_are_no_records(company):
    company.deliver("crm/products.csv", PRODUCTS + "P1,a,,\n\n,,,\nP2,b,,\n\n\n")
    company.land()
    assert company.ask("select product_id, _source_row from landed_crm.products order by 1") == [("P1", 2), ("P2", 5)]
    assert company.one("select read_count from landed.batches") == 2


def test_records_of_the_wrong_width_are_quarantined_one_by_one(company):
    company.deliver("crm/products.csv", PRODUCTS + "P1,a,,\nP2,b\nP3,c,,,,\nP4,d,,,x\n")
    company.land()
    assert names(company) == ["a", "c"]
    faults = company.ask("select source_row, reason_code, value from landed.quarantine order by 1")
    assert faults == [(3, "field_count", "P2,b"), (5, "field_count", "P4,d,,,x")]
    assert company.ask("select read_count, accepted_count, quarantined_count from landed.batches") == [(4, 2, 2)]


def test_misplaced_quotes_cost_their_record_only(company):
    company.deliver("crm/products.csv", PRODUCTS + 'P1,a,,\nP2,"b"c,,\nP3,"d" ,,\nP4,e"f,,\n')
    company.land()
    assert names(company) == ["a", "d", 'e"f']
    assert company.ask("select source_row, reason_code from landed.quarantine") == [(3, "quoting")]


def test_a_quote_that_never_closes_sets_the_file_aside(company):
    company.deliver("crm/products.csv", PRODUCTS + 'P1,a,,\nP2,"b,,\nP3,c,,\n')
    company.land()
    code, text = reason_of(company, "crm/products.csv")
    assert code == "unclosed_quote" and "record 3" in text


def test_exact_repetitions_are_counted_and_landed_once(company):
    company.deliver("crm/products.csv", PRODUCTS + "P1,a,,\nP1,a,,\nP1,b,,\n P1 ,a,,\n")
    company.land()
    rows = company.ask("select product_name, _source_row from landed_crm.products order by 2")
    assert rows == [("a", 2), ("b", 4)]
    assert company.ask("select read_count, accepted_count, duplicate_count from landed.batches") == [(4, 2, 2)]


def test_a_file_with_only_a_header_lands_empty(company):
    company.deliver("crm/products.csv", PRODUCTS)
    company.land()
    assert company.ask("select status, read_count, delivery from landed.batches") == [("landed", 0, "full")]
    assert company.one("select count(*) from landed_crm.products") == 0


@pytest.mark.parametrize(
    ("path", "content", "code"),
    [
        ("crm/products.csv", b"", "empty_file"),
        ("crm/products.csv.gz", gzip.compress(b"", mtime=0), "empty_file"),
        ("crm/products.csv.gz", gzip.compress(CHINESE.encode(), mtime=0)[:-12], "truncated"),
        ("crm/products.csv", PRODUCTS.encode() + b"P1,a\0b,,\n", "nul_bytes"),
        ("crm/products.csv", b"product_name,category\na,b\n", "missing_columns"),
        ("crm/products.csv", b"\x89PNG\r\n\x1a\n\xff\xff", "encoding"),
        ("crm/products.xlsx", b"no workbook", "unreadable_workbook"),
        ("crm/products.xlsx", b"PK\x03\x04 broken", "unreadable_workbook"),
        ("crm/products.xls", b"\xd0\xcf\x11\xe0" + bytes(600), "unreadable_workbook"),
        ("crm/products.parquet", b"PAR1 broken PAR1", "unreadable_parquet"),
        ("crm/unknown.csv", b"a,b\n1,2\n", "not_recognised"),
        ("notes/readme.md", b"hello", "not_a_table"),
        ("products.csv", CHINESE.encode(), "not_recognised"),
    ],
)
def test_what_cannot_land_says_why_and_the_rest_goes_on(company, path, content, code):
    company.deliver(path, content)
    company.deliver("crm/inventory.csv", "product_id,as_of,quantity\nP1,2026-03-01,3\n")
    report = company.land()
    assert reason_of(company, path)[0] == code
    assert [f.reason.code for f in report.set_aside] == [code]
    assert company.one("select count(*) from landed_crm.inventory") == 1


def test_links_and_odd_names_are_not_followed(company, tmp_path):
    outside = tmp_path / "secret.csv"
    outside.write_text(CHINESE, encoding="utf-8")
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "products.csv").write_text(CHINESE, encoding="utf-8")
    (company.inbox / "crm").mkdir()
    (company.inbox / "crm/products.csv").symlink_to(outside)
    (company.inbox / "hr").symlink_to(folder)
    os.mkfifo(company.inbox / "crm/inventory.csv")
    (company.inbox / os.fsdecode(b"crm/\xff.csv")).write_text("x", encoding="utf-8")
    company.deliver("crm/~$products.xlsx", b"lock")
    company.land()
    assert company.ask("select source_file, status, reason_code from landed.files order by 1") == [
        ("crm/\\xff.csv", "set_aside", "bad_name"),
        ("crm/inventory.csv", "set_aside", "not_regular"),
        ("crm/products.csv", "set_aside", "symlink"),
        ("crm/~$products.xlsx", "ignored", "temporary"),
        ("hr", "set_aside", "symlink"),
    ]


def test_bombs_are_refused_before_they_unpack(company, monkeypatch):
    monkeypatch.setattr(text_module, "RATIO_MATTERS_FROM_BYTES", 1024)
    monkeypatch.setattr(workbook_module, "RATIO_MATTERS_FROM_BYTES", 1024)
    company.deliver("crm/products.csv.gz", gzip.compress(PRODUCTS.encode() + b"P" * 20_000_000))
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 20_000_000)
    company.deliver("crm/inventory.xlsx", zipped.getvalue())
    company.land()
    assert reason_of(company, "crm/products.csv.gz")[0] == "bomb"
    assert reason_of(company, "crm/inventory.xlsx")[0] == "bomb"


def test_endless_lines_and_absurd_widths_are_refused(company, monkeypatch):
    monkeypatch.setattr(text_module, "MAX_LINE_BYTES", 1_000_000)
    company.deliver("crm/products.csv", PRODUCTS.encode() + b"P1," + b"x" * 4_000_000)
    company.deliver("crm/inventory.csv", "product_id,as_of,quantity," + ",".join(f"c{i}" for i in range(5000)) + "\n")
    company.deliver("crm/orders.csv", b"x" * 3_000_000)
    company.land()
    assert reason_of(company, "crm/products.csv")[0] == "line_too_long"
    assert reason_of(company, "crm/inventory.csv")[0] == "too_many_columns"
    assert reason_of(company, "crm/orders.csv")[0] == "line_too_long"


def workbook(sheets: dict[str, list[list[object]]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


ORDER_HEADER = ["order_id", "customer_id", "ordered_at", "list_amount", "net_amount", "status"]


def test_workbook_cells_become_canonical(company):
    rows = [
        ["订单导出"],
        [],
        ORDER_HEADER,
        [1001, "007", datetime(2026, 3, 1, 9, 0), 1234.5, 0.1 + 0.2, "committed"],
        ["O-2", 12345678901234.0, date(2026, 3, 2), 3, 2.0, "shipped"],
        [],
        [1.2345678901234e18, "C3", datetime(2026, 3, 3), 1, 1, "shipped"],
    ]
    company.deliver("crm/orders.xlsx", workbook({"Sheet1": rows}))
    company.land()
    landed = company.ask(
        "select order_id, customer_id, ordered_at::varchar, list_amount::varchar, net_amount::varchar, _source_row, "
        "_source_file from landed_crm.orders order by _source_row"
    )
    assert landed == [
        ("1001", "007", "2026-03-01 09:00:00", "1234.50", "0.30", 4, "crm/orders.xlsx"),
        ("O-2", "12345678901234", "2026-03-02 00:00:00", "3.00", "2.00", 5, "crm/orders.xlsx"),
    ]
    assert company.ask("select source_row, column_name, reason_code from landed.quarantine") == [
        (7, "order_id", "precision")
    ]


def test_all_sheets_that_carry_the_header_are_read_and_the_others_named(company):
    sheet = [["product_id", "product_name"], ["P1", "a"]]
    other = [["x"], ["Product Name", "PRODUCT ID"], ["b", "P2"]]
    company.deliver("crm/products.xlsx", workbook({"一月": sheet, "二月": other, "说明": [["none"]]}))
    company.land()
    rows = company.ask("select product_id, product_name, _source_file, _source_row from landed_crm.products order by 1")
    assert rows == [("P1", "a", "crm/products.xlsx#一月", 2), ("P2", "b", "crm/products.xlsx#二月", 3)]
    assert json.loads(company.one("select unread_sheets from landed.batches")) == ["说明"]


def test_json_lines_keep_the_spelling_of_numbers(company):
    lines = [
        '{"product_id": 7, "product_name": "a", "category": true, "weight": 1.50}',
        '{"product_id": "P2", "product_name": "b", "tags": ["x", {"y": null}]}',
        "",
        "{broken",
        "[1, 2]",
        '{"product_id": "P3", "product_name": null}',
    ]
    company.deliver("crm/products.jsonl", "\n".join(lines))
    company.land()
    rows = company.ask("select product_id, category, _extra, _source_row from landed_crm.products order by 4")
    assert rows == [("7", "true", '{"weight":"1.50"}', 1), ("P2", None, '{"tags":"[\\"x\\", {\\"y\\": null}]"}', 2)]
    faults = company.ask("select source_row, column_name, reason_code from landed.quarantine order by 1")
    assert faults == [(4, None, "json"), (5, None, "json"), (6, "product_name", "required")]
    assert company.ask("select read_count, accepted_count, quarantined_count from landed.batches") == [(5, 2, 3)]


def test_json_keys_may_turn_up_late_and_hold_anything(company, monkeypatch):
    monkeypatch.setattr(json_lines_module, "HEAD_OBJECTS", 1)
    monkeypatch.setattr(table_module, "_BATCH_RECORDS", 2)
    lines = [
        '{"product_id": "P1", "product_name": "a"}',
        '{"product_id": "P2", "product_name": "b\\ud800\\u0000c"}',
        '{"product_id": "P3", "product_name": "c", "season": "冬", "": "unnamed", "\\ud800": "half"}',
        '{"product_id": "P4", "product_name": "d", "tail": "x"}',
    ]
    company.deliver("crm/products.jsonl", "\n".join(lines))
    company.land()
    rows = company.ask("select product_id, product_name, season, _extra from landed_crm.products order by 1")
    assert rows == [
        ("P1", "a", None, None),
        ("P2", "b\ufffdc", None, None),
        ("P3", "c", "冬", '{"column_4":"unnamed","\ufffd":"half"}'),
        ("P4", "d", None, '{"tail":"x"}'),
    ]


def test_parquet_values_become_canonical(company):
    table = pyarrow.table(
        {
            "order_id": pyarrow.array([1001.0, 2.0]),
            "customer_id": ["C1", "C2"],
            "ordered_at": pyarrow.array([datetime(2026, 3, 1, 9), datetime(2026, 3, 2)], pyarrow.timestamp("us")),
            "list_amount": [1234.5, 0.1],
            "net_amount": [1, 2],
            "status": ["committed", "nonsense"],
        }
    )
    out = io.BytesIO()
    pyarrow.parquet.write_table(table, out)
    company.deliver("crm/orders.parquet", out.getvalue())
    company.land()
    assert company.ask(
        "select order_id, ordered_at::varchar, list_amount::varchar, net_amount::varchar, _source_row "
        "from landed_crm.orders"
    ) == [("1001", "2026-03-01 09:00:00", "1234.50", "1.00", 1)]
    assert company.one("select source_row from landed.quarantine") == 2


def test_the_longest_dataset_name_wins(company):
    company.deliver("crm/order_lines_2026.csv", "order_id,line_no,product_id,quantity,list_price,discount_rate\n")
    company.deliver("crm/messages/2026-01.csv", "message_id,conversation_id,employee_id,customer_id,sender,sent_at\n")
    company.deliver("CRM/Products_Q1.CSV", PRODUCTS)
    company.land()
    assert company.ask("select source_file, dataset from landed.batches order by 1") == [
        ("CRM/Products_Q1.CSV", "products"),
        ("crm/messages/2026-01.csv", "messages"),
        ("crm/order_lines_2026.csv", "order_lines"),
    ]


def test_datasets_never_delivered_are_empty_and_typed(company):
    company.land()
    assert company.ask("select * from landed_finance.payroll") == []
    types = dict(company.ask("select column_name, column_type from (describe landed_hr.employees)"))
    assert types["hire_date"] == "DATE"
    assert types["_source_row"] == "BIGINT"


def test_a_missing_inbox_is_an_error_in_words(company):
    company.inbox.rmdir()
    with pytest.raises(LandingError, match="no folder"):
        company.land()
