"""The look-alike files are what they claim to be: other libraries than the landing's own code read them back."""

from __future__ import annotations

import csv
import email
import email.message
import io
from collections.abc import Callable
from decimal import Decimal

import lxml.html
import pytest
import python_calamine
import xlrd

from tests.vendors import builders_finance as finance
from tests.vendors import builders_pay as pay
from tests.vendors import builders_shop as shop
from tests.vendors.files_finance import (
    Rows,
    Sheet,
    delimited,
    html_xls,
    mhtml_xls,
    mojibake,
    spreadsheetml_xls,
    xls,
    xlsx,
)

TABLES: dict[str, Rows] = {
    "star_voucher": finance.star_voucher(),
    "star_query": finance.star_query(),
    "k3_voucher": finance.k3_voucher(),
    "yonyou_journal": finance.yonyou_journal(),
    "yonyou_balances": finance.yonyou_balances(),
    "nc_people": finance.nc_people(),
    "taobao_orders": shop.taobao_orders(),
    "qianniu_orders": shop.qianniu_orders(),
    "sessions": shop.sessions(),
    "foxhis_master": shop.foxhis_master(),
    "fxiaoke_accounts": shop.fxiaoke_accounts(),
    "hand_made": pay.hand_made(),
    "bureau": pay.bureau()[0],
}


def texts(rows: Rows) -> list[list[str]]:
    return [["" if cell is None else str(cell) for cell in row] for row in rows]


def sheet_of(content: bytes) -> python_calamine.CalamineSheet:
    return python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)


@pytest.mark.parametrize("make", [xlsx, xls], ids=["xlsx", "xls"])
@pytest.mark.parametrize("name", TABLES)
def test_workbooks_hold_every_cell(make: Callable[..., bytes], name: str) -> None:
    rows = TABLES[name]
    width = max(map(len, rows))
    read = sheet_of(make(Sheet("凭证", rows))).to_python(skip_empty_area=False)
    padded = [[*row, *[""] * (width - len(row))] for row in read]
    assert padded == [["" if cell is None else cell for cell in row] for row in rows]


@pytest.mark.parametrize("name", TABLES)
def test_delimited_texts_hold_every_cell(name: str) -> None:
    content = delimited(TABLES[name], "gb18030")
    assert list(csv.reader(io.StringIO(content.decode("gb18030"), newline=""))) == texts(TABLES[name])


def test_merged_ranges_are_written_in_both_kinds_of_workbook() -> None:
    rows, merges = pay.bureau()
    for make in (xlsx, xls):
        ranges = sheet_of(make(Sheet("s", rows, merges))).merged_cell_ranges
        assert len(ranges) == len(merges)
        assert ((2, 0), (4, 0)) in ranges


def test_old_workbooks_open_with_the_strict_reader_too() -> None:
    rows = TABLES["yonyou_balances"]
    for has_container in (True, False):
        book = xlrd.open_workbook(file_contents=xls(Sheet("余额表", rows), has_container=has_container))
        assert book.sheet_by_name("余额表").nrows == len(rows)


def test_latin_workbooks_show_what_a_reader_without_their_encoding_shows() -> None:
    read = sheet_of(xls(Sheet("s", [["凭证号数", 12.5]]), is_gbk_in_latin1=True)).to_python()
    assert read == [["Æ¾Ö¤ºÅÊý", 12.5]] == [[mojibake("凭证号数"), 12.5]]


def test_the_said_size_is_wrong_only_where_it_should_be() -> None:
    assert b'ref="A1"' in _part(xlsx(Sheet("s", TABLES["sessions"]), dimension="A1"))
    assert b"<dimension" not in _part(xlsx(Sheet("s", TABLES["sessions"]), dimension=None))
    assert b'ref="A1:V4"' in _part(xlsx(Sheet("s", TABLES["sessions"])))


def _part(content: bytes) -> bytes:
    import zipfile

    return zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")


def _page_cells(page: bytes) -> list[list[str]]:
    table = lxml.html.document_fromstring(page)
    return [[cell.text or "" for cell in row.iter("td")] for row in table.iter("tr")]


def test_pages_hold_every_cell() -> None:
    rows = TABLES["star_query"]
    assert _page_cells(html_xls(rows, "gbk")) == texts(rows)
    message = email.message_from_bytes(mhtml_xls(rows, "gbk"))
    (part,) = message.get_payload()
    assert isinstance(part, email.message.Message)
    assert _page_cells(part.get_payload(decode=True)) == texts(rows)


def test_xml_of_2003_skips_empty_cells_by_index() -> None:
    xml = spreadsheetml_xls("s", [["a", None, 1.5], [None, "b"]]).decode()
    assert '<Cell><Data ss:Type="String">a</Data></Cell><Cell ss:Index="3"><Data ss:Type="Number">1.5' in xml
    assert '<Row><Cell ss:Index="2"><Data ss:Type="String">b' in xml
    lxml.etree.fromstring(xml.encode())


def test_made_up_books_balance() -> None:
    for voucher in {line.voucher_id for line in finance.LINES}:
        lines = [line for line in finance.LINES if line.voucher_id == voucher]
        assert finance.total(lines, "debit") == finance.total(lines, "credit")
    for _, _, *amounts in finance.BALANCES:
        opening_debit, opening_credit, debit, credit, closing_debit, closing_credit = map(Decimal, amounts)
        assert opening_debit - opening_credit + debit - credit == closing_debit - closing_credit


def test_copied_chat_holds_every_message_of_the_talk() -> None:
    lines = shop.copied_chat().split("\r\n")
    for said in shop.COPIED_TALK:
        assert all(part in lines for part in said.text.split("\n"))
