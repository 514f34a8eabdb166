"""A big text file goes to Parquet in a single pass; what comes out must be what the careful way gives.

Belongs here: files on which the two ways could differ. Does not belong here: what either of them should give.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.landing.reading import delimited
from tests.support.depth import examples

HEADER = "customer_id,customer_name,status,created_at,score,address,未知列\n"
ROW = "C1,甲公司,signed,2026-01-01 10:00:00,1.5,一号路,x\n"
FILES = {
    "clean": HEADER + ROW + "C2,乙,lost,2026-01-02 10:00:00,,,\n",
    "header_only": HEADER,
    "no_newline_at_the_end": HEADER + ROW.rstrip("\n"),
    "rare_spellings": HEADER + "C1,甲,SIGNED,2026/1/2,１２,b,\nC2,乙,lost,2026-01-02T10:00:00+09:00,3.10,,\n",
    "padded": HEADER + " C1 ,甲,signed,2026-01-01 10:00:00, 5 ,,\n",
    "ideographic_space": HEADER + "C1,甲\u3000,signed,2026-01-01 10:00:00,5,,\n",
    "blank_cell": HEADER + "C1,甲,signed,2026-01-01 10:00:00,5,  ,\n",
    "bad_row": HEADER + ROW + "C2,,signed,2026-13-01,abc,,\n" + "C3,丙,lost,2026-01-03 10:00:00,,,\n",
    "lines_inside_a_cell": HEADER + 'C1,甲,signed,2026-01-01 10:00:00,5,"一\n二",\n' + ROW.replace("C1", "C2"),
    "quotes": HEADER + 'C1,"甲""乙""",signed,2026-01-01 10:00:00,5,"a,b",\n',
    "loose_quote": HEADER + 'C1,"甲" ,signed,2026-01-01 10:00:00,5,,\n',
    "windows_lines": (HEADER + ROW + ROW.replace("C1", "C2")).replace("\n", "\r\n"),
    "old_mac_lines": (HEADER + ROW + ROW.replace("C1", "C2")).replace("\n", "\r"),
    "blank_lines": HEADER + "\n" + ROW + "\n\n" + ROW.replace("C1", "C2") + "\n\n",
    "blank_record": HEADER + ",,,,,,\n" + ROW,
    "too_few_cells": HEADER + ROW + "C2,乙\n" + ROW.replace("C1", "C3"),
    "same_row_twice": HEADER + ROW + ROW,
    "same_key_twice": HEADER + ROW + ROW.replace("甲公司", "乙公司"),
    "scientific_id": HEADER + ROW + ROW.replace("C1", "1.23457E+18"),
    "unit_separator": HEADER + ROW.replace("一号路", "\x1f一号路"),
    "title_rows": "客户清单,,,,,,\n导出时间 2026-01-01,,,,,,\n" + HEADER + ROW,
    "null_words": HEADER + "C1,NULL,signed,2026-01-01 10:00:00,--,NULL,\n",
}


def outcome(new_company: Callable[[str], Any], name: str, text: str, encoding: str = "utf-8") -> dict[str, Any]:
    """Everything that a delivery leaves behind, as far as it may not depend on the way taken."""
    company = new_company(name)
    company.deliver("crm/customers.csv", text.encode(encoding))
    report = company.land()
    return {
        "files": [(f.status, f.counts, f.reason and f.reason.code) for f in report.files],
        "rows": company.ask("select * from landed_crm.customers order by _source_row"),
        "faults": company.ask("select * from landed.quarantine order by source_row, column_name"),
        "batches": company.ask(
            "select batch_id, read_count, accepted_count, quarantined_count, duplicate_count, landed_count,"
            " event_time_min, event_time_max, encoding, unknown_columns from landed.batches"
        ),
    }


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
@pytest.mark.parametrize("case", FILES)
def test_both_ways_give_the_same(
    case: str, encoding: str, new_company: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    careful = outcome(new_company, "careful", FILES[case], encoding)
    monkeypatch.setattr(delimited, "_STREAM_FROM_RECORDS", 0)
    assert outcome(new_company, "single_pass", FILES[case], encoding) == careful


def test_a_clean_file_is_read_once_and_keeps_its_record_numbers(
    new_company: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delimited, "_STREAM_FROM_RECORDS", 0)
    monkeypatch.setattr(delimited.CsvSource, "_load_table", lambda *_: pytest.fail("read a second time"))
    rows = "".join(ROW.replace("C1", f"C{i}") for i in range(5))
    company = new_company("clean")
    company.deliver("crm/customers.csv", "客户清单,,,,,,\n" + HEADER + rows)
    company.land()
    assert company.ask("select customer_id, _source_row from landed_crm.customers order by 2") == [
        (f"C{i}", i + 3) for i in range(5)
    ]


CELLS = st.text(alphabet=' ab,"\n\r\t1E+-.', max_size=6)


@settings(max_examples=examples(15), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cells=st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=4), as_written=st.booleans())
def test_no_text_makes_them_differ(
    cells: list[tuple[str, str, str]], as_written: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    def cell(text: str) -> str:
        return text if as_written else '"' + text.replace('"', '""') + '"'

    def new_company(_: str) -> Any:
        from tests.unit.landing.conftest import Company

        return Company(tmp_path_factory.mktemp("company"))

    rows = [f"{cell(a)},{cell(b)},signed,2026-01-01 10:00:00,{cell(c)},,\n" for a, b, c in cells]
    text = HEADER + "".join(rows)
    careful = outcome(new_company, "careful", text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delimited, "_STREAM_FROM_RECORDS", 0)
        assert outcome(new_company, "single_pass", text) == careful
