"""Kingdee: vouchers of 星空, KIS and K/3, employees of 苍穹, delivered under names that mean nothing."""

from __future__ import annotations

import pytest

from tests.vendors.builders_finance import (
    KIS_HEADER,
    LINES,
    Line,
    hrpi_employee,
    k3_voucher,
    kis_journal,
    star_query,
    star_voucher,
    total,
)
from tests.vendors.files_finance import Sheet, delimited, html_xls, xls, xlsx
from tests.vendors.landing_finance import Counted, Landed, in_cells

AMOUNTS = "coalesce(debit, 0)::varchar, coalesce(credit, 0)::varchar"
VOUCHER = f"voucher_id, line_no, period, posted_date::varchar, account_code, {AMOUNTS}"

STAR = "drop/x1.xlsx"
STAR_BIG = "drop/x2.xls"
STAR_BOOKS = "drop/x3.xlsx"
QUERY = "drop/q1.xlsx"
QUERY_FULL = "drop/q2.xlsx"
KIS = "drop/k1.xlsx"
KIS_XLS = "drop/k2.xls"
KIS_HTML = "drop/k3.xls"
KIS_ODD = "drop/k4.xlsx"
K3 = "drop/s1.xls"
K3_CSV = "drop/s2.csv"
PEOPLE = "drop/p1.xlsx"
PEOPLE_BOOL = "drop/p2.xlsx"
PERIODS = {"drop/m1.xlsx": "{year}年第{month}期", "drop/m2.xlsx": "{year}{month2}", "drop/m3.xlsx": "{year}.{month2}"}


def odd_kis() -> list[list]:
    """What breaks easily: a code that lost its zero, a voucher whose date is missing, a header in the middle."""
    rows = kis_journal(LINES[:2])[:-2]
    rows.append(list(KIS_HEADER))
    rows += kis_journal((Line(2, 1, "2026-01-06", "推广", "X", "销售费用_推广", debit="80.00"),))[2:3]
    rows[-1][KIS_HEADER.index("科目代码")] = 6601.3
    rows += kis_journal((Line(2, 2, "2026-01-06", "推广", "1002", "银行存款", credit="80.00"),))[2:3]
    rows += kis_journal((Line(3, 1, "2026-01-07", "无日期", "1001", "库存现金", debit="7.00"),))[2:3]
    rows[-1][KIS_HEADER.index("日期")] = None
    rows.append(["制单：甲", *[None] * 12, "第1页 共1页"])
    return rows


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Landed:
    schema = Sheet("t_Schema", [["FType", "FKey", "FFieldName"], ["ClassInfo", "ClassType", "VoucherData"]])
    files = {
        STAR: xlsx(Sheet("凭证#单据头(FBillHead)", star_voucher())),
        STAR_BIG: xls(Sheet("凭证#单据头(FBillHead)", star_voucher(LINES[:2]))),
        STAR_BOOKS: xlsx(Sheet("凭证#单据头(FBillHead)", star_voucher(LINES[:2], books=("001", "002")))),
        QUERY: xlsx(Sheet("Sheet1", star_query())),
        QUERY_FULL: xlsx(Sheet("Sheet1", star_query(LINES[2:], has_head_on_every_line=True))),
        KIS: xlsx(Sheet("会计分录序时簿", kis_journal(), ("A1:N1",))),
        KIS_XLS: xls(Sheet("会计分录序时簿", kis_journal(LINES[2:]), ("A1:N1",))),
        KIS_HTML: html_xls(kis_journal(LINES[:5]), "gb18030"),
        KIS_ODD: xlsx(Sheet("Sheet1", odd_kis())),
        K3: xls(Sheet("Page1", k3_voucher()), schema),
        K3_CSV: delimited(k3_voucher(LINES[:2]), "gb18030"),
        PEOPLE: xlsx(Sheet("人员", hrpi_employee())),
        PEOPLE_BOOL: xlsx(Sheet("人员", hrpi_employee(True, False))),
    }
    files |= {name: xlsx(Sheet("a", kis_journal(LINES[:2], period))) for name, period in PERIODS.items()}
    return Landed(tmp_path_factory.mktemp("kingdee"), files)


def expected(lines: tuple[Line, ...] = LINES, book: str = "") -> list[tuple]:
    return [
        (book + x.voucher_id, x.entry, x.period, x.day, x.account, x.debit or "0.00", x.credit or "0.00") for x in lines
    ]


def totals(landed: Landed, file: str) -> tuple[str, str]:
    money = landed.batch(file, "journal_entries").money_totals
    return money["debit"], money["credit"]


BOTH = (total(LINES, "debit"), total(LINES, "credit"))


# ------------------------------------------------------------ 星空 voucher


def test_star_vouchers_land_line_by_line_under_the_head_of_their_own_voucher(landed: Landed) -> None:
    landed.recognised(STAR, "journal_entries")
    assert landed.rows(STAR, "journal_entries", VOUCHER) == expected(book="001-")
    assert totals(landed, STAR) == BOTH


def test_star_header_rows_are_no_records(landed: Landed) -> None:
    assert landed.counted(STAR, "journal_entries") == Counted(read=len(LINES), accepted=len(LINES))
    assert landed.rows(STAR, "journal_entries", "min(_source_row), max(_source_row)", "1") == [(3, 2 + len(LINES))]
    assert landed.faults(STAR, "journal_entries") == []


def test_star_dimensions_name_department_employee_and_customer(landed: Landed) -> None:
    rows = landed.rows(STAR, "journal_entries", "org_unit_id, employee_id, customer_id, summary")
    assert rows == [(x.department, x.employee, x.customer, x.summary) for x in LINES]


def test_star_amounts_are_in_the_currency_of_the_books(landed: Landed) -> None:
    # FCURRENCYID tells the currency of FAMOUNTFOR; FDEBIT and FCREDIT are in that of the books.
    assert landed.rows(STAR, "journal_entries", "distinct currency", "1") == [("CNY",)]


def test_star_columns_of_the_company_itself_are_kept(landed: Landed) -> None:
    kept = landed.rows(STAR, "journal_entries", "_extra", where="employee_id = 'E2'")
    assert any("PJ-2026-07" in cell for cell in in_cells(kept))
    unknown = landed.batch(STAR, "journal_entries").unknown_columns
    assert any("FF100002" in name or "项目" in name for name in unknown)


def test_star_vouchers_of_an_old_workbook_land_alike(landed: Landed) -> None:
    landed.recognised(STAR_BIG, "journal_entries")
    assert landed.rows(STAR_BIG, "journal_entries", VOUCHER) == expected(LINES[:2], "001-")


def test_star_vouchers_of_two_books_are_kept_apart(landed: Landed) -> None:
    landed.recognised(STAR_BOOKS, "journal_entries")
    rows = landed.rows(STAR_BOOKS, "journal_entries", "voucher_id, line_no")
    assert len(set(rows)) == 4
    assert {voucher for voucher, _ in rows} == {"001-2026-01-记-1", "002-2026-01-记-1"}


# ------------------------------------------------------------ 星空 凭证查询


@pytest.mark.parametrize(("file", "lines"), [(QUERY, LINES), (QUERY_FULL, LINES[2:])], ids=["first_line", "every_line"])
def test_star_query_is_filled_down_and_its_total_ignored(landed: Landed, file: str, lines: tuple[Line, ...]) -> None:
    landed.recognised(file, "journal_entries")
    rows = landed.rows(file, "journal_entries", f"voucher_id, line_no, period, account_code, account_name, {AMOUNTS}")
    assert rows == [
        (x.voucher_id, x.entry, x.period, x.account, x.account_name, x.debit or "0.00", x.credit or "0.00")
        for x in lines
    ]
    assert landed.counted(file, "journal_entries") == Counted(len(lines) + 1, len(lines), ignored=1)
    assert totals(landed, file) == (total(lines, "debit"), total(lines, "credit"))


def test_star_query_has_no_date_so_the_entry_lies_inside_its_period(landed: Landed) -> None:
    rows = landed.rows(QUERY, "journal_entries", "distinct strftime(posted_date, '%Y-%m')", "1")
    assert rows == [("2026-01",)]


def test_star_query_keeps_the_dimension_as_it_was_written_or_reads_it(landed: Landed) -> None:
    rows = landed.rows(QUERY, "journal_entries", "customer_id, _extra", where="account_code = '1122'")
    assert any("C1" in cell for cell in in_cells(rows))


# ------------------------------------------------------------ KIS


@pytest.mark.parametrize(
    ("file", "lines"), [(KIS, LINES), (KIS_XLS, LINES[2:]), (KIS_HTML, LINES[:5])], ids=["xlsx", "xls", "html"]
)
def test_kis_journal_lands_without_apostrophes_escapes_and_totals(
    landed: Landed, file: str, lines: tuple[Line, ...]
) -> None:
    landed.recognised(file, "journal_entries")
    assert landed.rows(file, "journal_entries", VOUCHER) == expected(lines)
    assert landed.counted(file, "journal_entries") == Counted(len(lines) + 2, len(lines), ignored=2)
    assert totals(landed, file) == (total(lines, "debit"), total(lines, "credit"))


def test_kis_summaries_lose_the_escape_and_nothing_else(landed: Landed) -> None:
    summaries = {s.replace("\r\n", "\n") for (s,) in landed.rows(KIS, "journal_entries", "summary")}
    assert summaries == {x.summary for x in LINES}


def test_kis_marks_of_review_are_kept(landed: Landed) -> None:
    kept = in_cells(landed.rows(KIS, "journal_entries", "_extra", where="line_no = 1"))
    assert any("已审核" in cell for cell in kept)


@pytest.mark.parametrize("file", PERIODS, ids=["year_month_words", "compact", "dotted"])
def test_kis_period_may_be_written_in_several_ways(landed: Landed, file: str) -> None:
    landed.recognised(file, "journal_entries")
    assert landed.rows(file, "journal_entries", VOUCHER) == expected(LINES[:2])


def test_kis_code_that_lost_its_zero_is_quarantined_not_guessed(landed: Landed) -> None:
    landed.recognised(KIS_ODD, "journal_entries")
    spoilt = [(column, value) for _, column, value, _ in landed.faults(KIS_ODD, "journal_entries") if value == "6601.3"]
    assert spoilt == [("account_code", "6601.3")]


def test_kis_head_fields_are_never_taken_from_the_voucher_before(landed: Landed) -> None:
    # the third voucher has no date of its own: taking that of the second would be a guess
    faults = {(row, column) for row, column, _, _ in landed.faults(KIS_ODD, "journal_entries")}
    assert any(column == "posted_date" for _, column in faults)
    landed_ids = {v for (v,) in landed.rows(KIS_ODD, "journal_entries", "voucher_id")}
    assert landed_ids == {"2026-01-记-1", "2026-01-记-2"}


def test_kis_line_numbers_count_lines_that_do_not_land(landed: Landed) -> None:
    rows = landed.rows(KIS_ODD, "journal_entries", "voucher_id, line_no, account_code", where="voucher_id like '%-2'")
    assert rows == [("2026-01-记-2", 2, "1002")]


def test_kis_header_in_the_middle_and_footer_are_no_entries(landed: Landed) -> None:
    counted = landed.counted(KIS_ODD, "journal_entries")
    assert (counted.read, counted.accepted) == (7, 3)
    assert counted.quarantined + counted.ignored == 4
    assert counted.ignored >= 1


# ------------------------------------------------------------ K/3


@pytest.mark.parametrize(("file", "lines"), [(K3, LINES), (K3_CSV, LINES[:2])], ids=["xls", "csv_gbk"])
def test_k3_vouchers_land(landed: Landed, file: str, lines: tuple[Line, ...]) -> None:
    landed.recognised(file, "journal_entries")
    assert landed.rows(file, "journal_entries", VOUCHER) == expected(lines)
    assert landed.counted(file, "journal_entries") == Counted(len(lines), len(lines))
    assert totals(landed, file) == (total(lines, "debit"), total(lines, "credit"))
    names = landed.rows(file, "journal_entries", "account_name, replace(summary, chr(13), '')")
    assert names == [(x.account_name, x.summary) for x in lines]


def test_k3_dimensions_are_kept_and_the_schema_sheet_is_named_as_unread(landed: Landed) -> None:
    batch = landed.batch(K3, "journal_entries")
    assert batch.unread_sheets == ["t_Schema"]
    rows = landed.rows(K3, "journal_entries", "org_unit_id, _extra", where="voucher_id like '%-12' and line_no = 1")
    assert any("B1" in cell for cell in in_cells(rows))


# ------------------------------------------------------------ 苍穹 employees


@pytest.mark.parametrize("file", [PEOPLE, PEOPLE_BOOL], ids=["text_flags", "boolean_flags"])
def test_hrpi_employees_land_in_their_present_version(landed: Landed, file: str) -> None:
    landed.recognised(file, "employees")
    rows = landed.rows(file, "employees", "employee_id, full_name, birth_date::varchar, position_id", "1")
    assert rows == [("0007", "王一", "1990-02-03", "未填写"), ("0012", "李二", "1988-11-30", "未填写")]
    counted = landed.counted(file, "employees")
    assert counted.read == 4
    assert counted.quarantined == 0


def test_hrpi_hire_is_the_first_version_and_not_the_last_change(landed: Landed) -> None:
    rows = landed.rows(PEOPLE, "employees", "employee_id, hire_date::varchar", "1")
    assert rows == [("0007", "2018-03-01"), ("0012", "2020-05-06")]
