"""Habits of exports that no profile has to know: canonical files that are damaged, disguised or oddly spelt.

Belongs here: one family of habits per test, on the contract's own names and Chinese labels.
Does not belong here: layouts of vendors.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

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
    zipped,
)
from tests.vendors.landing_finance import Landed

HEADER = "凭证号 行号 会计期间 记账日期 摘要 科目编码 科目名称 借方金额 贷方金额".split()
# 19 digits, zeros in front, a zero at the end of a code, a line that is no total although it says so
ROWS: list[list[str | None]] = [
    ["0012345678901234567", "1", "2026-01", "2026-01-05", "收到货款", "1002", "银行存款", "11300.00", None],
    ["0012345678901234567", "2", "2026-01", "2026-01-05", "合计付推广费", "6601.30", "推广费", None, "-0.05"],
]
TABLE = [HEADER, *ROWS]
EXPECTED = [
    ("0012345678901234567", 1, "2026-01", "2026-01-05", "收到货款", "1002", "银行存款", "11300.00", None),
    ("0012345678901234567", 2, "2026-01", "2026-01-05", "合计付推广费", "6601.30", "推广费", None, "-0.05"),
]
COLUMNS = (
    "voucher_id, line_no, period, posted_date::varchar, summary, account_code, account_name, debit::varchar, "
    "credit::varchar"
)


def changed(**cells: object) -> list[list]:
    """The table with other cells in its first line, by position: c3="..." is the fourth."""
    rows = [list(row) for row in TABLE]
    for place, value in cells.items():
        rows[1][int(place[1:])] = value
    return rows


def marked(rows: Rows, name: str) -> list[list[Any]]:
    """The table with its own name in a column of its own: the same content twice would land once."""
    return [[*row, name if number else "备注"] for number, row in enumerate(rows)]


def named(rest: str) -> str:
    return f"finance/journal_entries_{rest}"


DISGUISED: dict[str, Callable[[Rows], bytes]] = {
    "html.xls": html_xls,
    "html_gbk.xls": lambda rows: html_xls(rows, "gbk"),
    "html.xlsx": html_xls,
    "html_in_name.csv": html_xls,
    "xml.xls": lambda rows: spreadsheetml_xls("凭证", rows),
    "mhtml.xls": mhtml_xls,
    "mhtml_gbk.xls": lambda rows: mhtml_xls(rows, "gbk"),
    "tabs.xls": lambda rows: delimited(rows, "gb18030", "\t"),
    "tabs_utf16.xls": lambda rows: delimited(rows, "utf-16", "\t"),
    "commas.xls": lambda rows: delimited(rows, "gb18030"),
    "commas.xlsx": lambda rows: delimited(rows, "utf-8-sig"),
    "new.xls": lambda rows: xlsx(Sheet("凭证", rows)),
    "new_in_name.txt": lambda rows: xlsx(Sheet("凭证", rows)),
    "old.xls": lambda rows: xls(Sheet("凭证", rows)),
    "old.xlsx": lambda rows: xls(Sheet("凭证", rows)),
    "old_in_name.csv": lambda rows: xls(Sheet("凭证", rows)),
    "old_bare.xls": lambda rows: xls(Sheet("凭证", rows), has_container=False),
    "old_latin.xls": lambda rows: xls(Sheet("s", rows), is_gbk_in_latin1=True),
}
SIZES: dict[str, str | None] = {
    "size_a1.xlsx": "A1",
    "size_none.xlsx": None,
    "size_huge.xlsx": "A1:XFD1048576",
    "size_elsewhere.xlsx": "C7:D8",
}
ENCODINGS: dict[str, tuple[Callable[[Rows], bytes], str]] = {
    "bom.csv": (lambda rows: delimited(rows, "utf-8-sig"), "utf-8"),
    "utf16.csv": (lambda rows: delimited(rows, "utf-16"), "utf-16-le"),
    "utf16be.csv": (lambda rows: b"\xfe\xff" + delimited(rows, "utf-16-be"), "utf-16-be"),
    "gbk.csv": (lambda rows: delimited(rows, "gbk"), "gb18030"),
    "gb18030.tsv": (lambda rows: delimited(rows, "gb18030", "\t", "\n"), "gb18030"),
    "returns.csv": (lambda rows: delimited(rows, "gbk", newline="\r"), "gb18030"),
}


def blanks_inside(names: Sequence[Any]) -> list[str]:
    return [f" {n[:1]} {n[1:]} " if i % 2 else f"{n[:2]}\n{n[2:]}" for i, n in enumerate(names)]


def grouped(rows: Rows) -> bytes:
    """Debit and credit under a common name, everything else merged downwards."""
    header, *lines = rows
    last = header[9]
    upper = [*header[:7], "金额", None, last]
    lower = [None] * 7 + [*header[7:9], None]
    merges = tuple(f"{c}1:{c}2" for c in "ABCDEFGJ") + ("H1:I1",)
    return xlsx(Sheet("s", [upper, lower, *lines], merges))


HEADERS: dict[str, Callable[[Rows], bytes]] = {
    "titles.xlsx": lambda rows: xlsx(Sheet("s", [["凭证明细表"], ["2026年1月"], [], ["单位：元"], *rows], ("A1:I1",))),
    "titles13.xlsx": lambda rows: xlsx(Sheet("s", [[f"说明{i}"] for i in range(13)] + [*rows])),
    "blanks.xlsx": lambda rows: xlsx(Sheet("s", [blanks_inside(rows[0]), *rows[1:]])),
    "groups.xlsx": grouped,
}
SPELT = {
    # name -> (cells of the first line, the expected line where it differs)
    "date_words.csv": ({"c3": "2026年1月5日"}, {}),
    "date_dots.csv": ({"c3": "2026.01.05"}, {}),
    "date_slashes.csv": ({"c3": "2026/1/5"}, {}),
    "date_midnight.csv": ({"c3": "2026-01-05 00:00:00"}, {}),
    "date_wide.csv": ({"c3": "２０２６－０１－０５"}, {}),
    "date_compact.csv": ({"c3": "20260105"}, {}),
    "period_words.csv": ({"c2": "2026年1月"}, {}),
    "period_compact.csv": ({"c2": "202601"}, {}),
    "money_wide.csv": ({"c7": "１１，３００．００"}, {}),
    "money_sign.csv": ({"c7": "￥11,300.00"}, {}),
    "money_yuan.csv": ({"c7": "¥ 11,300.00元"}, {}),
    "money_null.csv": ({"c7": "--", "c8": "--"}, {"debit": None}),
    "line_wide.csv": ({"c1": "１"}, {}),
    "tabs.csv": ({"c0": "0012345678901234567\t", "c5": "1002\t", "c7": "11300.00\t"}, {}),
    "separator.csv": ({"c0": "0012345678901234567\x1f", "c5": "1002\x1f\x1f", "c4": "收到货款\x1f"}, {}),
    "blanks.csv": ({"c0": "　0012345678901234567 ", "c5": "\u00a01002", "c4": " 收到货款 "}, {}),
    "apostrophe.csv": ({"c0": "'0012345678901234567", "c5": "'1002"}, {}),
}


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Landed:
    makers = DISGUISED | HEADERS | {name: make for name, (make, _) in ENCODINGS.items()}
    files = {name: make(marked(TABLE, name)) for name, make in makers.items()}
    files |= {name: xlsx(Sheet("凭证", marked(TABLE, name)), dimension=said) for name, said in SIZES.items()}
    files |= {name: delimited(marked(changed(**cells), name)) for name, (cells, _) in SPELT.items()}
    files |= {name: make(marked(rows, name)) for name, (make, rows) in CELLS.items()}
    return Landed(
        tmp_path_factory.mktemp("quirks"),
        {named(name): content for name, content in files.items()} | PEOPLE | NAMES | ARCHIVES,
    )


@pytest.mark.parametrize("rest", DISGUISED)
def test_a_workbook_in_name_only_lands_by_what_it_is(landed: Landed, rest: str) -> None:
    assert landed.rows(named(rest), "journal_entries", COLUMNS) == EXPECTED


@pytest.mark.parametrize("rest", SIZES)
def test_what_a_sheet_says_of_its_size_is_not_believed(landed: Landed, rest: str) -> None:
    assert landed.rows(named(rest), "journal_entries", COLUMNS) == EXPECTED


@pytest.mark.parametrize("rest", ENCODINGS)
def test_text_lands_in_every_encoding_and_says_which(landed: Landed, rest: str) -> None:
    assert landed.rows(named(rest), "journal_entries", COLUMNS) == EXPECTED
    assert landed.batch(named(rest), "journal_entries").encoding == ENCODINGS[rest][1]


@pytest.mark.parametrize("rest", HEADERS)
def test_headers_are_found_below_titles_in_groups_and_with_blanks_inside(landed: Landed, rest: str) -> None:
    assert landed.rows(named(rest), "journal_entries", COLUMNS) == EXPECTED


@pytest.mark.parametrize("rest", SPELT)
def test_odd_spellings_mean_the_same(landed: Landed, rest: str) -> None:
    names = [part.strip().split("::")[0] for part in COLUMNS.split(",")]
    line = dict(zip(names, EXPECTED[0], strict=True)) | SPELT[rest][1]
    found = landed.rows(named(rest), "journal_entries", COLUMNS)
    assert found == [tuple(line.values()), EXPECTED[1]]


# ------------------------------------------------------------ cells of workbooks


def new(rows: Rows) -> bytes:
    return xlsx(Sheet("s", rows))


def old(rows: Rows) -> bytes:
    return xls(Sheet("s", rows))


SERIAL_JANUARY_5 = 46027
CELLS: dict[str, tuple[Callable[[Rows], bytes], Rows]] = {
    "serial.xlsx": (new, changed(c3=SERIAL_JANUARY_5)),
    "serial_old.xls": (old, changed(c3=float(SERIAL_JANUARY_5))),
    "serial_small.xlsx": (new, changed(c3=105)),
    "code_number.xlsx": (new, changed(c5=1002.0)),
    "code_text.csv": (delimited, changed(c0="7.0")),
    "escape.xls": (old, changed(c4="支付_x000D_\n房租")),
    "spoilt.csv": (delimited, changed(c0="1.23457E+18")),
    "spoilt.xlsx": (new, changed(c0=1.234567890123456e18)),
    "spoilt_16.xlsx": (new, changed(c0=1234567890123456.0)),
    "spoilt_summary.csv": (delimited, changed(c4="1.23457E+18")),
    "total.csv": (delimited, [*TABLE, ["合　计", *[""] * 6, "11300.00", "-0.05"]]),
    "pages.csv": (delimited, [*TABLE[:2], HEADER, *TABLE[2:], ["打印日期：2026-02-01", *[""] * 8]]),
    "latin.xlsx": (lambda rows: new([[mojibake(str(c)) if c else None for c in row] for row in rows]), TABLE),
}


@pytest.mark.parametrize("rest", ["serial.xlsx", "serial_old.xls"])
def test_a_serial_number_in_a_column_of_dates_is_a_date(landed: Landed, rest: str) -> None:
    assert landed.rows(named(rest), "journal_entries", COLUMNS) == EXPECTED


def test_a_number_that_can_be_no_recent_day_is_no_date(landed: Landed) -> None:
    assert landed.faults(named("serial_small.xlsx"), "journal_entries") == [(2, "posted_date", "105", "type")]


def test_a_code_that_became_a_number_has_no_decimals(landed: Landed) -> None:
    assert landed.rows(named("code_number.xlsx"), "journal_entries", COLUMNS) == EXPECTED


def test_a_text_that_looks_like_a_number_with_decimals_is_left_alone_or_made_whole(landed: Landed) -> None:
    (first, _) = landed.rows(named("code_text.csv"), "journal_entries", "voucher_id")
    assert first in [("7.0",), ("7",)]


def test_the_escape_of_a_line_end_is_undone(landed: Landed) -> None:
    ((summary,), _) = landed.rows(named("escape.xls"), "journal_entries", "summary")
    assert summary.replace("\r\n", "\n") == "支付\n房租"


@pytest.mark.parametrize("rest", ["spoilt.csv", "spoilt.xlsx", "spoilt_16.xlsx"])
def test_an_identifier_that_lost_digits_is_quarantined(landed: Landed, rest: str) -> None:
    ((row, column, value, code),) = landed.faults(named(rest), "journal_entries")
    assert (row, column, code) == (2, "voucher_id", "precision")
    assert "E+" in str(value)
    assert landed.rows(named(rest), "journal_entries", "line_no") == [(2,)]


def test_the_same_spelling_in_a_free_text_is_just_text(landed: Landed) -> None:
    rows = landed.rows(named("spoilt_summary.csv"), "journal_entries", "summary")
    assert rows == [("1.23457E+18",), ("合计付推广费",)]


@pytest.mark.parametrize("rest", ["total.csv", "pages.csv"])
def test_totals_footers_and_repeated_headers_never_land_and_are_counted(landed: Landed, rest: str) -> None:
    file = named(rest)
    assert landed.rows(file, "journal_entries", COLUMNS) == EXPECTED
    batch = landed.batch(file, "journal_entries")
    assert batch.is_balanced
    assert batch.read_count == batch.accepted_count + batch.quarantined_count + batch.ignored_count > 2
    assert batch.money_totals["debit"] == "11300.00"


@pytest.mark.parametrize("rest", ["old_latin.xls", "latin.xlsx"])
def test_gbk_read_as_latin1_is_put_right_and_flagged(landed: Landed, rest: str) -> None:
    assert landed.rows(named(rest), "journal_entries", COLUMNS) == EXPECTED
    assert landed.batch(named(rest), "journal_entries").repaired_cell_count >= 4


def test_sound_text_is_not_repaired(landed: Landed) -> None:
    for rest in ("old.xls", "bom.csv", "html.xls"):
        assert landed.batch(named(rest), "journal_entries").repaired_cell_count == 0


# ------------------------------------------------------------ archives

ARCHIVES = {
    "finance/pack.zip": zipped({"journal_entries_zipped.csv": delimited(marked(TABLE, "zip"), "gb18030")}),
    "finance/pack.xls": zipped({"journal_entries_凭证.xlsx": xlsx(Sheet("s", marked(TABLE, "zip in name only")))}),
    "pack.zip": zipped({"finance/journal_entries_deep.xls": html_xls(marked(TABLE, "deep")), "readme.md": b"hello"}),
}


@pytest.mark.parametrize("file", ARCHIVES)
def test_members_of_an_archive_land_whatever_it_is_called(landed: Landed, file: str) -> None:
    assert landed.rows(file, "journal_entries", COLUMNS) == EXPECTED
    batch = landed.batch(file, "journal_entries")
    assert batch.source_file.startswith(f"{file}!/")


# ------------------------------------------------------------ people

PEOPLE_HEADER = "employee_id full_name hire_date org_unit_id position_id employment_status birth_date contract_end_date"
PEOPLE_ROWS = [
    ["0001", "王一", "2024-01-01", "B1", "P1", "active", "0001-01-01", "9999-12-31"],
    ["0002", "李二", "2024-01-01", "B1", "P1", "active", "1900-01-00", "9999-12-31"],
    ["0003", "张三", "2024-01-01", "B1", "P1", "active", "1990-02-03", "2027-01-01"],
]
PEOPLE = {
    "hr/employees_a.csv": delimited([PEOPLE_HEADER.split(), *PEOPLE_ROWS]),
    "hr/employees_b.xlsx": xlsx(Sheet("s", [PEOPLE_HEADER.split(), *PEOPLE_ROWS])),
}
NAMES = {
    # what is Latin-1 on purpose: pairs of letters that GBK would take for one character
    "crm/products_a.csv": delimited(
        [
            ["product_id", "product_name"],
            ["P1", "Müller Ölçü"],
            ["P2", "Café Zoë"],
            ["P3", "Ærø ÀÁ"],
            ["P4", "Ångström"],
        ]
    ),
    "crm/order_lines_a.csv": delimited(
        [
            "order_id line_no product_id quantity list_price discount_rate".split(),
            ["O1", "1", "P1", "1", "100.00", "30%"],
            ["O1", "2", "P1", "1", "100.00", "0.3"],
        ]
    ),
}


@pytest.mark.parametrize("file", PEOPLE, ids=["csv", "xlsx"])
def test_placeholder_dates_are_no_dates(landed: Landed, file: str) -> None:
    rows = landed.rows(file, "employees", "employee_id, birth_date::varchar, contract_end_date::varchar")
    assert rows == [("0001", None, None), ("0002", None, None), ("0003", "1990-02-03", "2027-01-01")]


def test_european_names_are_left_as_they_are(landed: Landed) -> None:
    rows = landed.rows("crm/products_a.csv", "products", "product_name")
    assert rows == [("Müller Ölçü",), ("Café Zoë",), ("Ærø ÀÁ",), ("Ångström",)]
    assert landed.batch("crm/products_a.csv", "products").repaired_cell_count == 0


def test_a_percentage_is_never_read_as_a_hundred_times_itself(landed: Landed) -> None:
    rates = landed.rows("crm/order_lines_a.csv", "order_lines", "line_no, discount_rate::double")
    faults = landed.faults("crm/order_lines_a.csv", "order_lines")
    assert rates == [(1, 0.3), (2, 0.3)] or (rates == [(2, 0.3)] and len(faults) == 1)
