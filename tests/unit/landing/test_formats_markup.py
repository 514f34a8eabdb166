"""Files that call themselves workbooks and are markup or text: HTML, MHTML, Excel 2003 XML, TSV."""

from __future__ import annotations

import base64
import gzip
import quopri
from pathlib import Path

import pytest

from pipelines.landing.reading.opening import open_source
from pipelines.landing.reading.table import Head

ROWS = "<tr><td>P1</td><td>羽绒服</td></tr>\n<tr><td>P2</td><td>衬衫</td></tr>"
TABLE = f"<table border=1><tr><th>product_id</th><th>product_name</th></tr>\n{ROWS}</table>"


def page(body: str, charset: str = "utf-8") -> str:
    return (
        '<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head>'
        f'<meta http-equiv="Content-Type" content="text/html; charset={charset}">'
        "<style>td {mso-number-format:'\\@'}</style></head><body>" + body + "</body></html>"
    )


def heads_of(content: str | bytes, folder: Path, suffix: str = "xls") -> tuple[Head, ...]:
    path = folder / "source"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return open_source(path, suffix, folder, None, None).heads


def reason_of(company, path="crm/products.xls"):
    ((status, code),) = company.ask(f"select status, reason_code from landed.files where source_file = '{path}'")
    assert status == "set_aside"
    return code


def names(company):
    return [n for (n,) in company.ask("select product_name from landed_crm.products order by product_id")]


@pytest.mark.parametrize(
    ("encoding", "charset"),
    [
        ("utf-8", "utf-8"),
        ("utf-8", "gb2312"),
        ("utf-8-sig", "utf-8"),
        ("gb18030", "gb2312"),
        ("gb18030", "utf-8"),
        ("utf-16", "unicode"),
        ("utf-16-le", "unicode"),
        ("big5", "big5"),
    ],
)
def test_html_tables_are_read_whatever_they_say_of_their_encoding(company, encoding, charset):
    text = page(TABLE.replace("羽绒服", "羽衣").replace("衬衫", "上衣"), charset)
    company.deliver("crm/products.xls", text.encode(encoding))
    company.land()
    assert names(company) == ["羽衣", "上衣"]
    assert company.one("select min(_source_row) from landed_crm.products") == 2


def test_a_plain_beginning_does_not_hide_the_encoding(company):
    filler = "".join(f"<tr><td>Q{i}</td><td>plain</td></tr>" for i in range(30_000))
    text = page(TABLE.replace(ROWS, filler + ROWS), "gbk")
    company.deliver("crm/products.xls", text.encode("gb18030"))
    company.land()
    assert names(company)[:2] == ["羽绒服", "衬衫"]


def test_damaged_html_text_is_set_aside_with_its_place(company):
    company.deliver("crm/products.xls", page(TABLE).encode() + b"\n<p>\xff\xff</p>")
    company.land()
    assert reason_of(company) == "encoding"


def test_spans_become_merges_and_cells_keep_their_columns(tmp_path):
    (head,) = heads_of(
        page(
            "<table><tr><td colspan=3>title</td></tr>"
            "<tr><td rowspan=2>name</td><td colspan=2>group</td></tr>"
            "<tr><td>a</td><td>b</td></tr>"
            "<tr><td>x</td><td></td><td>1</td></tr></table>"
        ),
        tmp_path,
    )
    assert head.rows == (("title", "", ""), ("name", "group", ""), ("", "a", "b"), ("x", "", "1"))
    assert head.merges == ((0, 0, 0, 2), (1, 0, 2, 0), (1, 1, 1, 2))


def test_cells_are_what_a_reader_of_the_page_sees(tmp_path):
    (head,) = heads_of(
        page(
            "<table>\n<thead><tr><th> two \n  words </th><th>a<br>b</th><th><b>bo</b>ld</th></tr></thead>"
            "<tbody><tr><td>&lt;&amp;&#20225;&nbsp;<td><span style='mso-spacerun:yes'> </span>x"
            "<td><script>var a = '<td>no</td>'</script>y</table>"
        ),
        tmp_path,
    )
    assert head.rows == (("two words", "a\nb", "bold"), ("<&企\u00a0", "x", "y"))


def test_each_table_is_a_sheet_and_one_inside_another_too(tmp_path):
    heads = heads_of(
        page("<table><tr><td>layout</td><td><table><tr><td>a</td></tr></table></td></tr></table>" + TABLE), tmp_path
    )
    assert [(head.sheet, head.rows[0]) for head in heads] == [
        ("table1", ("layout", "")),
        ("table2", ("a",)),
        ("table3", ("product_id", "product_name")),
    ]


def test_absurd_spans_end_where_a_sheet_ends(company):
    company.deliver("crm/products.xls", page("<table><tr>" + '<td colspan="999999999">x</td>' * 20 + "</tr></table>"))
    company.land()
    assert reason_of(company) == "too_many_columns"


@pytest.mark.parametrize("name", ["products.html", "products.htm", "products.xls", "products.xlsx", "products.txt"])
def test_the_name_does_not_decide(company, name):
    company.deliver(f"crm/{name}", page(TABLE))
    company.land()
    assert names(company) == ["羽绒服", "衬衫"]


def mhtml(*parts: tuple[str, bytes, str]) -> bytes:
    lines = ["From: <saved by Excel>", "MIME-Version: 1.0", 'Content-Type: multipart/related; boundary="--b"', ""]
    for kind, content, transfer in parts:
        packed = base64.encodebytes(content) if transfer == "base64" else quopri.encodestring(content)
        lines += ["----b", f"Content-Type: {kind}", f"Content-Transfer-Encoding: {transfer}", "", packed.decode()]
    return "\r\n".join([*lines, "----b--", ""]).encode()


@pytest.mark.parametrize("transfer", ["base64", "quoted-printable"])
def test_a_web_page_in_one_file_is_read(company, transfer):
    frames = page("<p>frames</p>").encode()
    sheet = page(TABLE, "gb2312").encode("gb18030")
    content = mhtml(
        ("text/html", frames, transfer), ('text/html; charset="gb2312"', sheet, transfer), ("image/png", b"x", "base64")
    )
    company.deliver("crm/products.xls", content)
    company.land()
    assert names(company) == ["羽绒服", "衬衫"]


def sheet_xml(table: str, name: str = "表一", before: str = "") -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<?mso-application progid="Excel.Sheet"?>\n{before}'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
        'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet" xmlns:x="urn:schemas-microsoft-com:office:excel">'
        f'<Styles><Style ss:ID="a"/></Styles><Worksheet ss:Name="{name}"><Table>{table}</Table></Worksheet></Workbook>'
    )


def cell(value: object, kind: str = "String", **attributes: object) -> str:
    more = "".join(f' ss:{name}="{text}"' for name, text in attributes.items())
    return f'<Cell{more}><Data ss:Type="{kind}">{value}</Data></Cell>'


def test_the_xml_of_excel_2003_is_read(tmp_path):
    comment = '<Comment ss:Author="x"><ss:Data>not a cell</ss:Data></Comment>'
    noted = f"<Cell><Data ss:Type='String'>x</Data>{comment}</Cell>"
    number, moment = "1234567890123456789", "2026-03-01T00:00:00.000"
    rows = (
        f"<Row>{cell('title', MergeAcross=2)}</Row>",
        f'<Row ss:Index="3">{cell("a")}{cell("b", Index=3)}</Row>',
        f"<Row>{cell(1001.0, 'Number', MergeDown=1)}{cell(number, 'Number')}{cell(0.1, 'Number')}</Row>",
        f"<Row>{cell(moment, 'DateTime', Index=2)}{cell('1899-12-31T09:30:00.000', 'DateTime')}</Row>",
        f"<Row>{cell(1, 'Boolean')}{cell('#N/A', 'Error')}{noted}</Row>",
    )
    (head,) = heads_of(sheet_xml("".join(rows)), tmp_path)
    assert head.sheet == "表一"
    assert head.rows == (
        ("title", "", ""),
        ("", "", ""),
        ("a", "", "b"),
        ("1001", "1234567890123456789", "0.1"),
        ("", "2026-03-01 00:00:00", "09:30:00"),
        ("true", "", "x"),
    )
    assert head.merges == ((0, 0, 0, 2), (3, 0, 4, 0))


def test_xml_lands_from_every_encoding_and_packed(company):
    rows = "".join(f"<Row>{cell(a)}{cell(b)}</Row>" for a, b in [("product_id", "product_name"), ("P1", "羽绒服")])
    text = sheet_xml(rows).replace("UTF-8", "gb2312")
    company.deliver("crm/products.xls.gz", gzip.compress(text.encode("gb18030")))
    company.land()
    assert names(company) == ["羽绒服"]


LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("doctype", [LAUGHS, OUTSIDE], ids=["laughs", "outside"])
def test_entities_of_its_own_make_xml_refused(company, doctype):
    company.deliver("crm/products.xls", sheet_xml(f"<Row>{cell('&a;')}</Row>", before=doctype))
    company.land()
    assert reason_of(company) == "entities"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (sheet_xml(f"<Row>{cell('a')}</Row>")[:-30], "truncated"),
        (sheet_xml("<Row><Cell></Row>"), "truncated"),
        (sheet_xml(f"<Row>{cell('a', Index=20000)}</Row>"), "too_many_columns"),
        (sheet_xml(f"<Row>{cell('a', MergeAcross=99999999)}</Row>"), "too_many_columns"),
        (sheet_xml(f'<Row ss:Index="999999999">{cell("a")}</Row>'), "unreadable_workbook"),
        ('<?xml version="1.0"?><other/>', "unreadable_workbook"),
        ("<html><body>请先登录</body></html>", "missing_columns"),
    ],
    ids=["cut", "crossed", "far-column", "wide-merge", "far-row", "other-xml", "login-page"],
)
def test_markup_that_is_no_table_says_why(company, content, code):
    company.deliver("crm/products.xls", content)
    company.land()
    assert reason_of(company) == code


@pytest.mark.parametrize(("delimiter", "encoding"), [("\t", "gb18030"), ("\t", "utf-16"), (",", "utf-8-sig")])
def test_text_that_calls_itself_a_workbook_is_read(company, delimiter, encoding):
    text = "product_id,product_name\r\nP1,羽绒服\r\n".replace(",", delimiter)
    company.deliver("crm/products.xls", text.encode(encoding))
    company.land()
    assert names(company) == ["羽绒服"]
