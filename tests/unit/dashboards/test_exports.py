"""Files that leave the dashboards run nothing in a spreadsheet."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from dashboards import exports
from dashboards.access import Result
from pipelines.spreadsheet import FORMULA_STARTS

DANGEROUS = [
    "=1+1",
    "+1",
    "-1+2",
    "@SUM(A1)",
    "|calc",
    "%x",
    "＝1",
    "＋1",
    "－1",
    "＠x",
    " =1",
    "\t=1",
    "\ufeff=1",
    '"=1',
    "'=1",
    "\u200b=1",
    "\u3000=1",
    "\r=1",
    "\n=1",
]


def result(*rows, columns=("a", "b")) -> Result:
    return Result("q", columns, tuple(rows), tuple(False for _ in rows), "pub1")


def read_csv(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("text", DANGEROUS)
def test_a_formula_is_marked_as_text(text):
    cell = read_csv(exports.to_csv(result((text, 1)), {}))[1][0]
    assert cell == "'" + text


@pytest.mark.parametrize("text", ["", "王伟", "3.0折", "a=b", "E0001", "2026-04-05", "微信 - 红包"])
def test_harmless_text_is_left_alone(text):
    assert exports.safe_text(text) == text


@given(st.text(max_size=40))
@settings(max_examples=300)
def test_no_text_cell_starts_a_formula(text):
    safe = exports.safe_text(text)
    assert safe[:1] not in FORMULA_STARTS and safe[:1] not in ("\t", "\r", "\n")
    assert safe in (text, "'" + text)


def test_numbers_dates_and_gaps_stay_what_they_are():
    row = (-5, Decimal("-1.50"), date(2026, 4, 5), datetime(2026, 4, 5, 9), None, float("nan"), True)
    sheet = result(row, columns=tuple("abcdefg"))
    assert read_csv(exports.to_csv(sheet, {}))[1] == [
        "-5",
        "-1.50",
        "2026-04-05",
        "2026-04-05 09:00:00",
        "",
        "",
        "True",
    ]
    cells = next(load_workbook(io.BytesIO(exports.to_xlsx(sheet, {}, []))).active.iter_rows(min_row=2))
    assert [cell.value for cell in cells] == [-5, -1.5, datetime(2026, 4, 5), datetime(2026, 4, 5, 9), None, None, True]


@given(st.lists(st.text(max_size=20), min_size=1, max_size=4))
@settings(max_examples=80, deadline=None)
def test_a_workbook_holds_no_formula(texts):
    data = exports.to_xlsx(result(*((text, 1) for text in texts)), {"a": "=label"}, [("=about", "=value")])
    book = load_workbook(io.BytesIO(data))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert cells and all(cell.data_type != "f" for cell in cells)


def test_control_characters_do_not_break_a_workbook():
    data = exports.to_xlsx(result(("a\x00\x0bb" + "x" * 40_000, 1)), {}, [])
    value = load_workbook(io.BytesIO(data)).active["A2"].value
    assert value.startswith("a\ufffd\ufffdb") and len(value) <= 32_767


def test_a_file_says_where_it_comes_from():
    assert exports.file_stem(result(), "executive") == "hufu-pub1-q-executive"
    book = load_workbook(io.BytesIO(exports.to_xlsx(result(("x", 1)), {"a": "甲"}, [("发布编号", "pub1")])))
    assert book["data"]["A1"].value == "甲" and book["about"]["B1"].value == "pub1"
