"""Workbooks as systems write them: where cells stand, what is merged, what a cell's text is."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl

from pipelines.landing.reading.opening import open_source


def saved(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def heads_of(content: bytes, folder: Path, suffix: str = "xlsx"):
    path = folder / "source"
    path.write_bytes(content)
    return open_source(path, suffix, folder, None, None).heads


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
