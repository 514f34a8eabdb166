"""Pay lists by hand, the tax client's list, the bureau's declaration, social insurance: one month's payroll each."""

from __future__ import annotations

import pytest

from tests.vendors.builders_pay import PAYS, bureau, hand_made, hand_made_groups, insurance, tax_import
from tests.vendors.files_finance import Sheet, delimited, html_xls, xls, xlsx
from tests.vendors.landing_finance import EVIDENCE_GRADES, Counted, Landed, in_cells

HAND = "drop/x1.xlsx"
HAND_BLANKS = "drop/x2.xls"
HAND_HTML = "drop/x3.xls"
HAND_GROUPS = "drop/x5.xlsx"
HAND_OTHER_MONTH = "drop/202604.xlsx"
TAX = "drop/202603_x1.xlsx"
TAX_OLD = "drop/202603_x2.csv"
TAX_NO_MONTH = "drop/x4.xlsx"
TAX_ALONE = "drop/202603_x3.xlsx"
BUREAU = "drop/y1.xlsx"
BUREAU_XLS = "drop/y2.xls"
INSURANCE = "drop/2026-03 甲公司-养老.xls"
INSURANCE_NUMBER = "drop/2026-03 乙公司-养老.xlsx"

HAND_FILES = [HAND, HAND_BLANKS, HAND_HTML, HAND_GROUPS]
HAND_NAMES = ["xlsx", "xls_blanks", "html", "two_header_rows"]
MONEY = (
    "coalesce(base_pay, 0) + coalesce(overtime_pay, 0) + coalesce(bonus, 0) + coalesce(performance_pay, 0) "
    "+ coalesce(allowance, 0)"
)


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Landed:
    form, merges = bureau()
    grouped, groups = hand_made_groups()
    return Landed(
        tmp_path_factory.mktemp("pay"),
        {
            HAND: xlsx(Sheet("3月", hand_made(), ("A1:P1",))),
            HAND_BLANKS: xls(Sheet("3月", hand_made(has_blanks_in_names=True), ("A1:P1",))),
            HAND_HTML: html_xls(hand_made()),
            HAND_GROUPS: xlsx(Sheet("3月", grouped, groups)),
            HAND_OTHER_MONTH: xlsx(Sheet("Sheet1", hand_made())),
            TAX: xlsx(Sheet("正常工资薪金收入", tax_import())),
            TAX_OLD: delimited(tax_import(has_new_columns=False), "gbk"),
            TAX_NO_MONTH: xlsx(Sheet("Sheet1", tax_import())),
            TAX_ALONE: xlsx(Sheet("正常工资薪金收入", tax_import(has_net_pay=False))),
            BUREAU: xlsx(Sheet("综合所得申报", form, merges)),
            BUREAU_XLS: xls(Sheet("综合所得申报", form, merges)),
            INSURANCE: xls(Sheet("Sheet1", insurance())),
            INSURANCE_NUMBER: xlsx(Sheet("Sheet1", insurance(is_percent=False))),
        },
    )


def cents(*amounts: float) -> tuple[str, ...]:
    return tuple(f"{amount:.2f}" for amount in amounts)


@pytest.mark.parametrize("file", HAND_FILES, ids=HAND_NAMES)
def test_hand_made_list_lands_for_the_month_of_its_title(landed: Landed, file: str) -> None:
    landed.recognised(file, "payroll")
    rows = landed.rows(
        file,
        "payroll",
        "employee_id, period, base_pay::varchar, performance_pay::varchar, allowance::varchar, "
        "income_tax::varchar, net_pay::varchar",
    )
    assert rows == [
        (p.number, "2026-03", *cents(p.base, p.performance, p.meals + p.travel, p.tax, p.net)) for p in PAYS
    ]


@pytest.mark.parametrize("file", HAND_FILES, ids=HAND_NAMES)
def test_hand_made_list_adds_up_without_its_bases(landed: Landed, file: str) -> None:
    gross = landed.rows(file, "payroll", f"({MONEY})::varchar")
    assert gross == [cents(p.gross) for p in PAYS]
    taken = landed.rows(
        file,
        "payroll",
        f"({MONEY} - coalesce(employee_social_insurance, 0) - coalesce(income_tax, 0) "
        "- coalesce(deductions, 0))::varchar",
    )
    assert taken == [cents(p.net) for p in PAYS]
    assert any("8000" in cell for cell in in_cells(landed.rows(file, "payroll", "_extra"))), "养老基数 is kept"


@pytest.mark.parametrize("file", HAND_FILES, ids=HAND_NAMES)
def test_hand_made_total_and_signatures_pay_nobody(landed: Landed, file: str) -> None:
    counted = landed.counted(file, "payroll")
    assert (counted.read, counted.accepted) == (len(PAYS) + 2, len(PAYS))
    assert counted.ignored >= 1
    assert landed.batch(file, "payroll").money_totals["net_pay"] == cents(sum(p.net for p in PAYS))[0]


def test_a_title_that_contradicts_the_name_of_the_file_is_not_believed(landed: Landed) -> None:
    # the title says March, the name April
    assert landed.code(HAND_OTHER_MONTH) not in (None, "not_recognised")


@pytest.mark.parametrize("file", [TAX, TAX_OLD], ids=["xlsx", "older_csv_gbk"])
def test_tax_list_lands_for_the_month_of_its_name(landed: Landed, file: str) -> None:
    landed.recognised(file, "payroll")
    rows = landed.rows(file, "payroll", "employee_id, period, employee_social_insurance::varchar")
    # never under the plain staff number: the form's whole income must not replace the base pay of the payroll
    assert [row[:2] for row in rows] == [(f"tax:{p.number}", "2026-03") for p in PAYS]
    # the fund may be counted with the insurance, since the contract has no column of its own for the employee's share
    shares = [{cents(p.insurance)[0], cents(p.insurance + p.fund)[0]} for p in PAYS]
    assert all(row[2] in share for row, share in zip(rows, shares, strict=True)), rows
    assert landed.rows(file, "payroll", f"({MONEY})::varchar") == [cents(p.gross) for p in PAYS]
    assert any("门店补" in cell for cell in in_cells(landed.rows(file, "payroll", "_extra")))


@pytest.mark.parametrize("file", [TAX, TAX_OLD], ids=["xlsx", "older_csv_gbk"])
def test_tax_list_footer_is_nobody(landed: Landed, file: str) -> None:
    counted = landed.counted(file, "payroll")
    assert (counted.read, counted.accepted) == (len(PAYS) + 3, len(PAYS))


def test_tax_list_alone_makes_up_no_net_pay(landed: Landed) -> None:
    # gross less what the list names is not what was paid out: the tax itself is not in it
    landed.recognised(TAX_ALONE, "payroll")
    counted = landed.counted(TAX_ALONE, "payroll")
    assert (counted.read, counted.accepted) == (len(PAYS) + 3, 0)
    assert counted.quarantined + counted.ignored == counted.read


def test_tax_list_without_any_month_pays_nobody(landed: Landed) -> None:
    landed.recognised(TAX_NO_MONTH, "payroll")
    assert landed.counted(TAX_NO_MONTH, "payroll") == Counted(len(PAYS) + 3, 0, quarantined=len(PAYS), ignored=3)
    assert {(column, code) for _, column, _, code in landed.faults(TAX_NO_MONTH, "payroll")} == {("period", "required")}


@pytest.mark.parametrize("file", [BUREAU, BUREAU_XLS], ids=["xlsx", "xls"])
def test_declaration_lands_below_three_header_rows_and_the_row_of_numbers(landed: Landed, file: str) -> None:
    landed.recognised(file, "payroll")
    rows = landed.rows(file, "payroll", f"period, income_tax::varchar, ({MONEY})::varchar")
    # the tax of this month is what is still to be paid, not the tax of the year so far
    assert rows == [("2026-03", *cents(p.tax, p.gross)) for p in PAYS]
    people = [e for (e,) in landed.rows(file, "payroll", "employee_id")]
    assert len(set(people)) == len(PAYS)
    counted = landed.counted(file, "payroll")
    assert (counted.read, counted.accepted, counted.ignored) == (len(PAYS) + 1, len(PAYS), 1)


@pytest.mark.parametrize("file", [INSURANCE, INSURANCE_NUMBER], ids=["percent", "fraction"])
def test_insurance_is_known_and_counted_but_is_no_pay(landed: Landed, file: str) -> None:
    # contributions alone are no payroll: the contract asks for base and net pay, and neither is in the list
    assert landed.of(file) == {}
    (outcome,) = [f for f in landed.report.files if f.source_file == file]
    assert outcome.status == "ignored", landed.why(file)
    assert (outcome.counts.read, outcome.counts.ignored) == (len(PAYS) + 1, len(PAYS) + 1)
    (batch,) = [b for b in landed.batches if b.source_file == file]
    assert batch.profile_evidence in EVIDENCE_GRADES
    assert sum(batch.ignored_by_rule.values()) == len(PAYS) + 1
    assert batch.source_path is not None and (landed.data / batch.source_path).is_file()
