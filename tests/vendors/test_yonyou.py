"""Yonyou: 序时账, 科目余额表, the voucher text of U8 and people of NC, delivered under names that mean nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.vendors.builders_finance import (
    BALANCES,
    LINES,
    Line,
    gl_accvouch,
    nc_people,
    total,
    u8_text,
    yonyou_balances,
    yonyou_journal,
)
from tests.vendors.files_finance import Sheet, delimited, mojibake, xls, xlsx
from tests.vendors.landing_finance import Counted, Landed

AMOUNTS = "coalesce(debit, 0)::varchar, coalesce(credit, 0)::varchar"
VOUCHER = f"voucher_id, line_no, period, posted_date::varchar, account_code, {AMOUNTS}"

JOURNAL = "drop/x1.xlsx"
JOURNAL_XLS = "drop/x2.xls"
JOURNAL_LATIN = "drop/x3.xls"
JOURNAL_LATIN_XLSX = "drop/x4.xlsx"
JOURNAL_TEXT = "drop/x5.xls"
JOURNAL_SMALL = "drop/x6.xlsx"
JOURNAL_FIRST = "drop/x7.xlsx"
JOURNAL_MONTHS = "drop/x8.xlsx"
BALANCE = "drop/y1.xlsx"
BALANCE_XLS = "drop/y2.xls"
BALANCE_TITLE = "drop/y3.xlsx"
BALANCE_RANGE = "drop/y4.xlsx"
TEXT = "drop/t1.txt"
TEXT_UTF8 = "drop/t2.txt"
TEXT_NAMELESS = "drop/t3.dat.txt"
GL_TABLE = "drop/g1.csv"
GL_TABLE_XLSX = "drop/g2.xlsx"
PEOPLE = "drop/p1.xlsx"
PEOPLE_UNDATED = "drop/p2.xlsx"


TWO_MONTHS = (*LINES[:2], *(replace(line, day="2026-02-03") for line in LINES[:2]))


def latin(rows: list[list]) -> list[list]:
    return [[mojibake(cell) if isinstance(cell, str) else cell for cell in row] for row in rows]


def text_journal() -> bytes:
    """序时账 as tab-separated text with an .xls name: codes got `.0`, cells a blank or a unit separator at the end."""
    rows = yonyou_journal(LINES[:5])
    for row in rows[4:]:
        row[2] = f"{row[2]}\x1f" if row[2] else row[2]
        row[1] = f"{row[1]} " if row[1] else row[1]
        row[4] = row[4].replace("\n", " ")
    return delimited(rows, "gb18030", "\t")


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Landed:
    title = ("A1:I1",)
    return Landed(
        tmp_path_factory.mktemp("yonyou"),
        {
            JOURNAL: xlsx(Sheet("序时账", yonyou_journal(), title)),
            JOURNAL_XLS: xls(Sheet("序时账", yonyou_journal(is_paged=False), title)),
            JOURNAL_LATIN: xls(Sheet("s", yonyou_journal(LINES[2:])), is_gbk_in_latin1=True),
            JOURNAL_LATIN_XLSX: xlsx(Sheet("s", latin(yonyou_journal(LINES[:5])))),
            JOURNAL_TEXT: text_journal(),
            # what the file says of its own size covers the title only
            JOURNAL_SMALL: xlsx(Sheet("序时账", yonyou_journal(LINES[:2])), dimension="A1"),
            JOURNAL_FIRST: xlsx(Sheet("s", yonyou_journal(has_head_on_every_line=False, is_paged=False))),
            JOURNAL_MONTHS: xlsx(Sheet("s", yonyou_journal(TWO_MONTHS))),
            BALANCE: xlsx(Sheet("余额表", yonyou_balances(), ("A1:K1",))),
            BALANCE_XLS: xls(Sheet("余额表", yonyou_balances("2026.01"), ("A1:K1",)), is_gbk_in_latin1=True),
            BALANCE_TITLE: xlsx(Sheet("余额表", yonyou_balances("2026.01-2026.01"))),
            BALANCE_RANGE: xlsx(Sheet("余额表", yonyou_balances("2026.01-2026.02", "2026.01-2026.02"))),
            TEXT: u8_text(),
            TEXT_UTF8: u8_text(LINES[:2], "utf-8-sig"),
            TEXT_NAMELESS: u8_text(LINES[2:5], "gb18030"),
            GL_TABLE: delimited(gl_accvouch(), "gbk"),
            GL_TABLE_XLSX: xlsx(Sheet("GL_accvouch", gl_accvouch(LINES[2:]))),
            PEOPLE: xlsx(Sheet("psn", nc_people())),
            PEOPLE_UNDATED: xlsx(Sheet("psn", nc_people(has_hire_date=False))),
        },
    )


def expected(lines: tuple[Line, ...], book: str = "") -> list[tuple]:
    return [
        (book + x.voucher_id, x.entry, x.period, x.day, x.account, x.debit or "0.00", x.credit or "0.00") for x in lines
    ]


def totals(landed: Landed, file: str, dataset: str = "journal_entries") -> tuple[str, str]:
    money = landed.batch(file, dataset).money_totals
    return money["debit"], money["credit"]


# ------------------------------------------------------------ 序时账

JOURNALS = {
    JOURNAL: LINES,
    JOURNAL_XLS: LINES,
    JOURNAL_LATIN: LINES[2:],
    JOURNAL_LATIN_XLSX: LINES[:5],
    JOURNAL_TEXT: LINES[:5],
    JOURNAL_SMALL: LINES[:2],
    JOURNAL_FIRST: LINES,
    JOURNAL_MONTHS: TWO_MONTHS,
}
JOURNAL_NAMES = "xlsx xls latin_xls latin_xlsx tsv wrong_size head_on_first_line two_months".split()


@pytest.mark.parametrize("file", JOURNALS, ids=JOURNAL_NAMES)
def test_journal_lands_to_the_cent_with_the_side_of_each_amount(landed: Landed, file: str) -> None:
    lines = JOURNALS[file]
    landed.recognised(file, "journal_entries")
    assert landed.rows(file, "journal_entries", VOUCHER) == expected(lines, "虎符测试有限公司-")
    assert totals(landed, file) == (total(lines, "debit"), total(lines, "credit"))
    names = {name for (name,) in landed.rows(file, "journal_entries", "account_name")}
    assert names == {x.account_name for x in lines}


@pytest.mark.parametrize("file", JOURNALS, ids=JOURNAL_NAMES)
def test_journal_totals_and_repeated_headers_are_ignored_by_rule(landed: Landed, file: str) -> None:
    lines = JOURNALS[file]
    pages = 1 if file not in (JOURNAL_XLS, JOURNAL_FIRST) and any(x.number == 13 for x in lines) else 0
    extra = 2 + pages
    assert landed.counted(file, "journal_entries") == Counted(len(lines) + extra, len(lines), ignored=extra)


def test_journal_reversal_keeps_its_sign_on_its_side(landed: Landed) -> None:
    rows = landed.rows(JOURNAL, "journal_entries", AMOUNTS, where="voucher_id like '%-2026-01-记-13'")
    assert rows == [("-500.00", "0.00"), ("0.00", "-500.00")]


def test_journal_summary_with_a_word_like_total_is_an_entry(landed: Landed) -> None:
    rows = landed.rows(JOURNAL, "journal_entries", "summary", where="account_code = '6601.03'")
    assert rows == [("合计付推广费",)]


def test_journal_keeps_line_breaks_inside_a_summary(landed: Landed) -> None:
    rows = landed.rows(JOURNAL, "journal_entries", "summary", where="account_code = '6602.01' and debit > 0")
    assert [s.replace("\r\n", "\n") for (s,) in rows] == ["支付房租\n一月"]


@pytest.mark.parametrize("file", [JOURNAL_LATIN, JOURNAL_LATIN_XLSX], ids=["xls", "xlsx"])
def test_cells_read_as_latin1_are_put_right_and_counted(landed: Landed, file: str) -> None:
    batch = landed.batch(file, "journal_entries")
    # at least account name, summary and side of every line
    assert batch.repaired_cell_count >= 3 * len(JOURNALS[file])
    assert landed.batch(JOURNAL, "journal_entries").repaired_cell_count == 0


# ------------------------------------------------------------ 科目余额表

BALANCE_FILES = [BALANCE, BALANCE_XLS, BALANCE_TITLE]


@pytest.mark.parametrize("file", BALANCE_FILES, ids=["number", "dotted_latin", "range_of_one_month"])
def test_balances_land_per_account_without_subtotals(landed: Landed, file: str) -> None:
    landed.recognised(file, "account_balances")
    columns = ", ".join(
        f"coalesce({name}, 0)::varchar"
        for name in ("opening_debit", "opening_credit", "debit", "credit", "closing_debit", "closing_credit")
    )
    rows = landed.rows(file, "account_balances", f"period, account_code, account_name, {columns}")
    assert rows == [("2026-01", code, name, *amounts) for code, name, *amounts in BALANCES]
    assert landed.counted(file, "account_balances") == Counted(len(BALANCES) + 2, len(BALANCES), ignored=2)
    assert totals(landed, file, "account_balances") == ("17034.56", "17034.56")


def test_balances_belong_to_one_unit(landed: Landed) -> None:
    units = landed.rows(BALANCE, "account_balances", "distinct org_unit_id", "1")
    assert len(units) == 1
    assert units[0][0]


def test_balances_of_several_months_are_never_taken_for_one_month(landed: Landed) -> None:
    found = landed.of(BALANCE_RANGE)
    if "account_balances" in found:
        assert found["account_balances"].accepted_count == 0
        assert found["account_balances"].quarantined_count == len(BALANCES)
    else:
        assert landed.code(BALANCE_RANGE) not in (None, "not_recognised")


# ------------------------------------------------------------ U8 text


@pytest.mark.parametrize(
    ("file", "lines"), [(TEXT, LINES), (TEXT_UTF8, LINES[:2]), (TEXT_NAMELESS, LINES[2:5])], ids=["gbk", "utf8", "dat"]
)
def test_u8_text_lands_without_a_header(landed: Landed, file: str, lines: tuple[Line, ...]) -> None:
    landed.recognised(file, "journal_entries")
    assert landed.rows(file, "journal_entries", VOUCHER) == expected(lines)
    assert totals(landed, file) == (total(lines, "debit"), total(lines, "credit"))
    counted = landed.counted(file, "journal_entries")
    assert (counted.accepted, counted.quarantined) == (len(lines), 0)


def test_u8_text_names_department_person_and_customer(landed: Landed) -> None:
    rows = landed.rows(TEXT, "journal_entries", "org_unit_id, employee_id, customer_id")
    assert rows == [(x.department, x.employee, x.customer) for x in LINES]


def test_u8_text_says_how_it_was_decoded(landed: Landed) -> None:
    assert landed.batch(TEXT, "journal_entries").encoding == "gb18030"
    assert landed.batch(TEXT_UTF8, "journal_entries").encoding == "utf-8"


# ------------------------------------------------------------ U8 voucher table


@pytest.mark.parametrize(("file", "lines"), [(GL_TABLE, LINES), (GL_TABLE_XLSX, LINES[2:])], ids=["csv_gbk", "xlsx"])
def test_voucher_table_lands_with_its_own_line_numbers(landed: Landed, file: str, lines: tuple[Line, ...]) -> None:
    landed.recognised(file, "journal_entries")
    assert landed.rows(file, "journal_entries", VOUCHER) == expected(lines)
    assert landed.counted(file, "journal_entries") == Counted(len(lines), len(lines))
    assert totals(landed, file) == (total(lines, "debit"), total(lines, "credit"))
    named = landed.rows(file, "journal_entries", "org_unit_id, employee_id, customer_id")
    assert named == [(x.department, x.employee, x.customer) for x in lines]


# ------------------------------------------------------------ NC people


def test_nc_people_land_with_their_main_post(landed: Landed) -> None:
    landed.recognised(PEOPLE, "employees")
    rows = landed.rows(PEOPLE, "employees", "employee_id, full_name, org_unit_id, position_id, hire_date::varchar", "1")
    assert rows == [("0007", "王一", "D01", "P01", "2018-03-01"), ("0012", "李二", "D02", "P02", "2020-05-06")]
    genders = [g for (g,) in landed.rows(PEOPLE, "employees", "gender", "employee_id")]
    assert genders[0] != genders[1]
    assert not {"1", "2"} & set(genders), "the codes 1 and 2 mean male and female here"
    assert landed.counted(PEOPLE, "employees") == Counted(4, 2, ignored=2)


def test_nc_people_without_a_day_of_hire_get_none_made_up(landed: Landed) -> None:
    landed.recognised(PEOPLE_UNDATED, "employees")
    assert landed.counted(PEOPLE_UNDATED, "employees") == Counted(4, 0, quarantined=2, ignored=2)
    faults = {(column, code) for _, column, _, code in landed.faults(PEOPLE_UNDATED, "employees")}
    assert faults == {("hire_date", "required")}
