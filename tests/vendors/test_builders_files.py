"""The look-alike files themselves: a test on them proves nothing if they are not what they claim to be."""

from __future__ import annotations

import csv
import io
import zipfile

import pytest
from lxml import html
from openpyxl import load_workbook

from tests.vendors import builders_dingtalk as dingtalk
from tests.vendors import builders_wecom as wecom
from tests.vendors.builders_files import Sheet, delimited, html_table, json_lines, with_dimension, workbook

SHEET = Sheet(
    "一",
    ("姓名", ("请假", ("年假(天)", "事假(小时)")), "备注"),
    [{"姓名": "甲", "请假.年假(天)": 1.5, "备注": "a\nb"}, {"姓名": "乙"}],
    titles=("标题",),
    filler="--",
    tail=(("合计", 2),),
)
GRID = [
    ["标题", None, None, None],
    ["姓名", "请假", None, "备注"],
    [None, "年假(天)", "事假(小时)", None],
    ["甲", 1.5, "--", "a\nb"],
    ["乙", "--", "--", "--"],
    ["合计", 2, None, None],
]


def test_a_workbook_has_titles_merged_headers_and_typed_cells() -> None:
    sheet = load_workbook(io.BytesIO(workbook(SHEET)))["一"]
    assert [list(row) for row in sheet.iter_rows(values_only=True)] == GRID
    assert {str(r) for r in sheet.merged_cells.ranges} == {"A1:D1", "A2:A3", "B2:C2", "D2:D3"}


def test_text_has_empty_cells_where_a_merge_was() -> None:
    text = delimited(SHEET, "gb18030", delimiter="\t").decode("gb18030")
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter="\t"))
    assert rows == [["" if cell is None else str(cell) for cell in row] for row in GRID]
    assert delimited(SHEET, "utf-8-sig").startswith(b"\xef\xbb\xbf")


def test_a_web_page_spans_its_header_cells() -> None:
    cells = html.fromstring(html_table(SHEET)).xpath("//td")
    spans = {cell.text: (cell.get("rowspan"), cell.get("colspan")) for cell in cells if len(cell.attrib)}
    assert spans == {"标题": (None, "4"), "姓名": ("2", None), "请假": (None, "2"), "备注": ("2", None)}


def test_the_stated_dimension_is_a_lie() -> None:
    content = with_dimension(workbook(SHEET), "A1")
    page = zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")
    assert b'<dimension ref="A1"' in page
    assert load_workbook(io.BytesIO(content))["一"].max_row == len(GRID)


def test_a_value_for_a_column_that_the_header_lacks_is_refused() -> None:
    with pytest.raises(KeyError, match="年假"):
        workbook(Sheet("x", ("姓名",), [{"年假": 1}]))


def test_lines_of_json_keep_characters() -> None:
    assert json_lines([{"姓名": "甲"}, {"n": 1}]) == '{"姓名": "甲"}\n{"n": 1}\n'.encode()


def test_the_daily_reports_have_the_shape_of_real_ones() -> None:
    book = load_workbook(io.BytesIO(wecom.daily_report()))
    assert book.sheetnames == ["概况统计与打卡明细", "打卡详情"]
    overview, details = book.worksheets
    assert (overview.max_column, details.max_column) == (56, 15)
    assert overview["A2"].value == "统计时间:02-12 ～ 02-14     制表时间:2026-03-02 09:15(UTC+8)"
    assert [cell.value for cell in overview[4]][7:10] == ["班次", "最早", "最晚"]
    assert [cell.value for cell in details[4]] == [None] * 15
    daily = load_workbook(io.BytesIO(dingtalk.daily_report())).active
    assert daily["A1"].value == "每日统计表 统计日期：2025-08-01 至 2025-08-02"
    assert "AL3:AU3" in {str(r) for r in daily.merged_cells.ranges}
    assert daily["H5"].value == 1753977600000
