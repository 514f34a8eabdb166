"""Bad rows go out in a workbook and come back corrected, and nothing else changes."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from pipelines.landing import active_batches, withdraw_batch
from pipelines.landing.corrections import MARK_COLUMN, shown_text
from pipelines.landing.tag import TAG_SHEET
from pipelines.onboarding.quarantine import MAX_ROWS, TooManyRows, export, open_deliveries
from pipelines.onboarding.workbook import WRONG

from .conftest import Company

HOUR = 3600
NOON = 1_767_268_800

EMPLOYEES = (
    "工号,姓名,入职日期,组织单元编号,职位编号,在职状态,备注\n"
    "00001,王一,2024-01-01,B1,P1,active,\n"
    "00002,李二,31/31/2024,B1,P1,active,早班\n"
    "00003,张三,2024-03-01,B1,P1,在岗,\n"
    "00004,赵四,2024-04-01,B1,P1,active,\n"
)


def out_of(company: Company, name: str = "corrections.xlsx", language: str = "zh", **filters: str) -> Path:
    out = company.data.parent / name
    export(open_deliveries(company.data, **filters), company.data, company.inbox, out, language)
    return out


def correct(book: Workbook, sheet: str, changes: dict[tuple[str, str], object], key: str) -> None:
    """Type new values: (key of the row, header) -> value, as a person finds the cells."""
    table = book[sheet]
    headers = {cell.value: cell.column for cell in table[1]}
    for row in table.iter_rows(min_row=2):
        for (value, header), new in changes.items():
            if row[headers[key] - 1].value == value:
                row[headers[header] - 1].value = new


def send(company: Company, book: Workbook, name: str = "改好了.xlsx", at: int = NOON + HOUR) -> None:
    out = io.BytesIO()
    book.save(out)
    company.deliver(name, out.getvalue(), at=at)


def employees(company: Company) -> list[tuple]:
    return company.ask("select employee_id, hire_date, employment_status from landed_hr.employees order by 1")


def test_a_corrected_row_lands_and_an_uncorrected_one_stays_in_quarantine(company):
    company.deliver("hr/employees.csv", EMPLOYEES)
    company.land()
    book = load_workbook(out_of(company))
    assert book.sheetnames == ["先读我", "员工", TAG_SHEET] and book[TAG_SHEET].sheet_state == "hidden"
    correct(book, "员工", {("00002", "入职日期"): "2024-02-01"}, "工号")
    send(company, book)
    company.land()
    assert employees(company) == [
        ("00001", date(2024, 1, 1), "active"),
        ("00002", date(2024, 2, 1), "active"),
        ("00004", date(2024, 4, 1), "active"),
    ]
    [repair] = [b for b in active_batches(company.data) if b.repairs]
    assert (repair.read_count, repair.accepted_count, repair.quarantined_count) == (2, 1, 1)
    assert repair.is_balanced and repair.delivery == "delta" and repair.unknown_columns == ["备注"]
    [delivery] = open_deliveries(company.data)
    assert (delivery.open_count, delivery.corrected_count) == (1, 1)
    [row] = delivery.rows.values()
    assert [(f.column, f.value) for f in row.faults] == [("employment_status", "在岗")]


def test_what_a_person_reads_beside_each_row(company):
    company.deliver("hr/employees.csv", EMPLOYEES)
    company.land()
    sheet = load_workbook(out_of(company))["员工"]
    headers = [cell.value for cell in sheet[1]]
    assert headers[:3] == ["⚠ 有问题的列", "⚠ 原来的值", "⚠ 原因"]
    assert headers[3:10] == EMPLOYEES.splitlines()[0].split(",")
    first = dict(zip(headers, sheet[2], strict=True))
    assert first["⚠ 有问题的列"].value == "入职日期" and first["⚠ 原来的值"].value == "31/31/2024"
    assert "日期" in first["⚠ 原因"].value
    assert (first["⚠ 文件"].value, first["⚠ 行号"].value) == ("hr/employees.csv", "3")
    assert first["工号"].value == "00002" and first["工号"].number_format == "@"
    red = [name for name, cell in first.items() if cell.fill.start_color.rgb[-6:] == WRONG]
    assert red == ["入职日期"]
    assert sheet.column_dimensions["M"].hidden and headers[12] == MARK_COLUMN
    english = load_workbook(out_of(company, "en.xlsx", "en"))
    assert [cell.value for cell in english["employees"][1]][:3] == ["⚠ column", "⚠ value", "⚠ reason"]


def test_reason_columns_do_not_land(company):
    company.deliver("hr/employees.csv", EMPLOYEES)
    company.land()
    book = load_workbook(out_of(company))
    correct(book, "员工", {("00002", "入职日期"): "2024-02-01"}, "工号")
    send(company, book)
    company.land()
    assert company.ask("select _extra from landed_hr.employees where employee_id = '00002'") == [('{"备注":"早班"}',)]


def test_a_row_says_where_it_stands_in_the_workbook_that_brought_it(company):
    company.deliver("hr/employees.csv", EMPLOYEES)
    company.land()
    book = load_workbook(out_of(company))
    correct(book, "员工", {("00003", "在职状态"): "active"}, "工号")
    send(company, book)
    company.land()
    origin = company.ask("select _source_file, _source_row from landed_hr.employees where employee_id = '00003'")
    assert origin == [("改好了.xlsx#员工", 3)]


def test_a_correction_counts_with_its_delivery_and_not_after_later_ones(company):
    company.deliver("hr/employees.csv", EMPLOYEES)
    company.land()
    book = load_workbook(out_of(company))
    later = EMPLOYEES.replace("31/31/2024", "2025-05-05").replace("在岗", "left")
    company.deliver("hr/employees_2.csv", later, at=NOON + HOUR)
    company.land()
    correct(book, "员工", {("00002", "入职日期"): "2024-02-01"}, "工号")
    send(company, book, at=NOON + 2 * HOUR)
    company.land()
    stamps = company.ask(
        "select _delivered_at::varchar, hire_date::varchar from landed_hr.employees "
        "where employee_id = '00002' order by 1"
    )
    assert stamps == [("2026-01-01 12:00:00.0072", "2024-02-01"), ("2026-01-01 13:00:00", "2025-05-05")]


def test_a_later_correction_of_the_same_row_wins(company):
    company.deliver("hr/employees.csv", EMPLOYEES)
    company.land()
    path = out_of(company)
    for name, day, at in (("a.xlsx", "2024-02-01", NOON + HOUR), ("b.xlsx", "2024-02-02", NOON + 2 * HOUR)):
        book = load_workbook(path)
        correct(book, "员工", {("00002", "入职日期"): day}, "工号")
        send(company, book, name, at)
    company.land()
    days = company.ask(
        "select hire_date::varchar from landed_hr.employees where employee_id = '00002' order by _delivered_at desc"
    )
    assert days == [("2024-02-02",), ("2024-02-01",)]


def test_rows_that_a_later_delivery_brought_are_no_longer_open(company):
    company.deliver("hr/employees.csv", EMPLOYEES)
    company.deliver("hr/employees_2.csv", EMPLOYEES.replace("31/31/2024", "2025-05-05"), at=NOON + HOUR)
    company.land()
    first, second = open_deliveries(company.data)
    # 00003 is as wrong in the second file as in the first.
    assert (first.open_count, first.settled_count) == (1, 1) and second.open_count == 1


def test_a_second_workbook_holds_only_what_is_still_open_as_it_was_typed(company):
    company.deliver("hr/employees.csv", EMPLOYEES)
    company.land()
    book = load_workbook(out_of(company))
    correct(book, "员工", {("00002", "入职日期"): "2024-02-01", ("00003", "在职状态"): "on leave"}, "工号")
    send(company, book)
    company.land()
    again = load_workbook(out_of(company, "again.xlsx"))["员工"]
    headers = [cell.value for cell in again[1]]
    rows = [dict(zip(headers, row, strict=True)) for row in again.iter_rows(min_row=2, values_only=True)]
    assert [(row["工号"], row["在职状态"]) for row in rows] == [("00003", "on leave")]
    book = load_workbook(company.data.parent / "again.xlsx")
    correct(book, "员工", {("00003", "在职状态"): "active"}, "工号")
    send(company, book, "again.xlsx", NOON + 2 * HOUR)
    company.land()
    assert [e[0] for e in employees(company)] == ["00001", "00002", "00003", "00004"]
    assert open_deliveries(company.data) == []


PROFILE = """
name: shop_vouchers
version: 1
title: {zh: "店铺凭证", en: "shop vouchers"}
match: {headers: [凭证号, 日期, 科目, 借, 贷]}
period: required
fill_down: {columns: [凭证号, 日期], starts: "凭证号 is not null"}
nulls: ["--"]
ignore:
  - {name: total_row, when: "科目 = '合计'"}
derive:
  line: "row_number() over (partition by 凭证号 order by _source_row)"
datasets:
  - dataset: journal_entries
    columns:
      voucher_id: {sql: "strftime(_period_start, '%Y-%m') || '-' || 凭证号"}
      line_no: {sql: line}
      period: {sql: "strftime(_period_start, '%Y-%m')"}
      posted_date: {sql: "day_of(日期)"}
      account_code: 科目
      debit: 借
      credit: 贷
"""


def vouchers(bad_day: str = "31.31.2026", bad_amount: str = "一百") -> bytes:
    book = Workbook()
    sheet = book.active
    for row in [
        ["凭证清单 统计日期：2026-01-01 至 2026-01-31"],
        ["凭证号", "日期", "科目", "借", "贷"],
        ["记-1", "2026.01.05", "1001", "100.00", "--"],
        [None, None, "6601", "--", "100.00"],
        ["记-2", bad_day, "1002", "200.00", None],
        [None, None, "6602", None, bad_amount],
        [None, None, "合计", "300.00", "300.00"],
    ]:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def entries(company: Company) -> list[tuple]:
    return company.ask(
        "select voucher_id, line_no, posted_date::varchar, account_code, debit::varchar, credit::varchar "
        "from landed_finance.journal_entries order by 1, 2"
    )


def test_rows_of_a_profile_come_back_with_all_that_their_file_tells(company, new_company):
    """Period, head fields and line numbers come from other rows and from the title, which the workbook lacks."""
    company.profile(PROFILE)
    company.deliver("财务/凭证.xlsx", vouchers())
    company.land()
    assert [e[:2] for e in entries(company)] == [("2026-01-记-1", 1), ("2026-01-记-1", 2)]
    book = load_workbook(out_of(company))
    correct(book, "店铺凭证", {("1002", "日期"): "2026.01.06", ("6602", "贷"): "200.00"}, "科目")
    send(company, book)
    company.land()
    sound = new_company("sound")
    sound.profile(PROFILE)
    sound.deliver("财务/凭证.xlsx", vouchers("2026.01.06", "200.00"))
    sound.land()
    assert entries(company) == entries(sound) and len(entries(company)) == 4
    [repair] = [b for b in active_batches(company.data) if b.repairs]
    assert (repair.profile, repair.covers_from, repair.read_count) == ("shop_vouchers", "2026-01-01", 2)


def test_correcting_a_head_field_alone_mends_the_rows_below_it_that_were_bad_too(company):
    company.profile(PROFILE)
    company.deliver("财务/凭证.xlsx", vouchers(bad_amount="200.00"))
    company.land()
    # The day of 记-2 is wrong for both of its lines.
    [delivery] = open_deliveries(company.data)
    assert len(delivery.rows) == 2
    book = load_workbook(out_of(company))
    correct(book, "店铺凭证", {("1002", "日期"): "2026.01.06"}, "科目")
    send(company, book)
    company.land()
    assert len(entries(company)) == 4 and open_deliveries(company.data) == []


def test_bad_rows_of_several_files_share_a_sheet_where_their_columns_do(company):
    company.deliver("hr/employees_a.csv", EMPLOYEES)
    company.deliver("hr/employees_b.csv", EMPLOYEES.replace("0000", "1000"), at=NOON + HOUR)
    company.deliver("hr/employees_c.csv", EMPLOYEES.replace("0000", "2000").replace(",备注", ",说明"), at=NOON + HOUR)
    company.land()
    book = load_workbook(out_of(company))
    assert book.sheetnames == ["先读我", "员工", "员工 (2)", TAG_SHEET]
    for sheet, ids in (("员工", ("00002", "10002")), ("员工 (2)", ("20002",))):
        correct(book, sheet, {(i, "入职日期"): "2024-02-01" for i in ids}, "工号")
    send(company, book)
    company.land()
    landed = {e[0] for e in employees(company)}
    assert {"00002", "10002", "20002"} <= landed and "00003" not in landed
    assert sorted(b.read_count for b in active_batches(company.data) if b.repairs) == [2, 2, 2]


def zipped(content: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("hr/employees.csv", content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("all.zip", zipped(EMPLOYEES), id="in an archive"),
        pytest.param("hr/employees.csv.gz", gzip.compress(EMPLOYEES.encode(), mtime=0), id="packed"),
        pytest.param("hr/employees.csv", EMPLOYEES.encode("gb18030"), id="in GB18030"),
        pytest.param(
            "hr/employees.jsonl",
            "\n".join(
                json.dumps(dict(zip(EMPLOYEES.split("\n")[0].split(","), line.split(","), strict=True)))
                for line in EMPLOYEES.split("\n")[1:-1]
            ).encode(),
            id="as JSON",
        ),
    ],
)
def test_whatever_the_file_was_its_rows_can_be_corrected(company, name, content):
    company.deliver(name, content)
    company.land()
    book = load_workbook(out_of(company))
    correct(book, "员工", {("00002", "入职日期"): "2024-02-01", ("00003", "在职状态"): "active"}, "工号")
    send(company, book)
    company.land()
    assert [e[0] for e in employees(company)] == ["00001", "00002", "00003", "00004"]
    assert open_deliveries(company.data) == []


def test_a_broken_record_is_shown_and_not_correctable_here(company):
    company.deliver("crm/products.csv", "product_id,product_name\nP1,a\nP2,b,c,d\n")
    company.land()
    book = load_workbook(out_of(company))
    assert book.sheetnames == ["先读我", "无法在此更正"]
    texts = [row for row in book["无法在此更正"].iter_rows(values_only=True)]
    assert texts[-1] == ("crm/products.csv", "3", "列数与表头不符", "P2,b,c,d")


def test_a_withdrawn_delivery_takes_its_corrections_with_it(company):
    company.deliver("hr/employees.csv", EMPLOYEES)
    company.land()
    book = load_workbook(out_of(company))
    correct(book, "员工", {("00002", "入职日期"): "2024-02-01"}, "工号")
    send(company, book)
    company.land()
    [original] = [b for b in active_batches(company.data) if not b.repairs]
    withdraw_batch(company.data, original.batch_id, by="test", reason="wrong company")
    assert employees(company) == [] and open_deliveries(company.data) == []


def test_landing_again_changes_nothing(company):
    company.deliver("hr/employees.csv", EMPLOYEES)
    company.land()
    book = load_workbook(out_of(company))
    correct(book, "员工", {("00002", "入职日期"): "2024-02-01"}, "工号")
    send(company, book)
    company.land()
    before = employees(company), {b.batch_id for b in active_batches(company.data)}
    (company.data / "state" / "inbox.json").unlink()
    report = company.land()
    assert (employees(company), {b.batch_id for b in active_batches(company.data)}) == before
    assert report.new_batches == ()


def test_a_rebuilt_data_folder_finds_the_delivery_in_the_same_landing(company, new_company):
    """The workbook's name comes before the delivery's, so it is looked at first."""
    company.deliver("hr/employees.csv", EMPLOYEES)
    company.land()
    book = load_workbook(out_of(company))
    correct(book, "员工", {("00002", "入职日期"): "2024-02-01"}, "工号")
    rebuilt = new_company("rebuilt")
    send(rebuilt, book, "a.xlsx")
    report = rebuilt.land()
    assert [f.reason.code for f in report.set_aside] == ["correction_unknown"]
    rebuilt.deliver("hr/employees.csv", EMPLOYEES)
    assert rebuilt.land().set_aside == ()
    send(company, book, "a.xlsx")
    company.land()
    assert employees(rebuilt) == employees(company) and len(employees(company)) == 3


def test_rows_without_their_mark_or_with_another_rows_are_quarantined_with_the_reason(company):
    company.deliver("hr/employees.csv", EMPLOYEES)
    company.land()
    book = load_workbook(out_of(company))
    sheet = book["员工"]
    mark = [cell.value for cell in sheet[1]].index(MARK_COLUMN)
    copied = [cell.value for cell in sheet[2]]
    sheet.append(copied)
    sheet.append([*copied[:mark], None])
    sheet.append([*copied[:mark], "1/999"])
    send(company, book)
    company.land()
    [repair] = [b for b in active_batches(company.data) if b.repairs]
    assert (repair.read_count, repair.quarantined_count) == (5, 5) and repair.is_balanced
    codes = company.ask("select reason_code, count(*) from landed.quarantine group by 1 order by 1")
    assert ("correction_mark", 3) in codes
    [delivery] = open_deliveries(company.data)
    assert delivery.open_count == 2


def test_a_workbook_without_any_mark_is_set_aside(company):
    company.deliver("hr/employees.csv", EMPLOYEES)
    company.land()
    book = load_workbook(out_of(company))
    book["员工"].delete_cols(13)
    send(company, book)
    [outcome] = company.land().set_aside
    assert outcome.reason.code == "tag"


HOSTILE = ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "=cmd|' /C calc'!A0", "\t=1", "＝1", "'=1"]


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_in_a_workbook_runs(company, text):
    rows = EMPLOYEES.replace("李二", f'"{text}"').replace("早班", f'"{text}"')
    company.deliver("hr/employees.csv", rows)
    company.land()
    book = load_workbook(out_of(company))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert all(cell.data_type == "s" for cell in cells)
    [name] = [row[4] for row in book["员工"].iter_rows(min_row=2) if row[3].value == "00002"]
    assert name.value == shown_text(text) and name.quotePrefix
    correct(book, "员工", {("00002", "入职日期"): "2024-02-01"}, "工号")
    send(company, book)
    company.land()
    assert company.ask("select full_name from landed_hr.employees where employee_id = '00002'") == [(text.strip(),)]


def test_what_a_workbook_cannot_hold_stays_as_it_was(company):
    long, odd = "很" * 40_000, "a\x07b_x0041_\r\nc  "
    rows = EMPLOYEES.replace("早班", f'"{long}"').replace("李二", f'"{odd}"')
    company.deliver("hr/employees.csv", rows)
    company.land()
    book = load_workbook(out_of(company))
    correct(book, "员工", {("00002", "入职日期"): "2024-02-01"}, "工号")
    send(company, book)
    company.land()
    [(name, extra)] = company.ask("select full_name, _extra from landed_hr.employees where employee_id = '00002'")
    assert name == odd.strip() and long in extra


def test_only_the_chosen_rows_are_exported(company):
    company.deliver("hr/employees.csv", EMPLOYEES)
    company.deliver("crm/products.csv", "product_id,product_name\nP1,\n")
    company.land()
    assert load_workbook(out_of(company, dataset="products")).sheetnames == ["先读我", "商品", TAG_SHEET]
    [batch] = [b for b in active_batches(company.data) if b.dataset == "employees"]
    chosen = out_of(company, "e.xlsx", batch_prefix=batch.batch_id[:6])
    assert load_workbook(chosen).sheetnames == ["先读我", "员工", TAG_SHEET]


def test_more_rows_than_anybody_corrects_are_refused_before_anything_is_written(company, monkeypatch):
    company.deliver("hr/employees.csv", EMPLOYEES)
    company.land()
    monkeypatch.setattr("pipelines.onboarding.quarantine.MAX_ROWS", 1)
    assert MAX_ROWS > 1_000
    with pytest.raises(TooManyRows):
        out_of(company)
    assert not (company.data.parent / "corrections.xlsx").exists()


def test_corrections_count_with_their_delivery_when_that_turns_out_to_be_an_earlier_one(company):
    """Else a row corrected in one file would replace what a file between the two stamps brought."""
    company.deliver("hr/employees.csv", EMPLOYEES, at=NOON + 10 * HOUR)
    company.land()
    book = load_workbook(out_of(company))
    correct(book, "员工", {("00002", "入职日期"): "2024-02-01"}, "工号")
    send(company, book, at=NOON + 12 * HOUR)
    company.land()
    [late] = [b.delivered_at for b in active_batches(company.data) if b.repairs]
    assert late == "2026-01-01T22:00:00.007200+00:00"

    company.deliver("hr/employees_copy.csv", EMPLOYEES, at=NOON)
    company.land()
    stamps = "select distinct employee_id, _delivered_at::varchar, _source_file from landed_hr.employees order by 1"
    assert company.ask(stamps) == [
        ("00001", "2026-01-01 12:00:00", "hr/employees_copy.csv"),
        ("00002", "2026-01-01 12:00:00.0432", "改好了.xlsx#员工"),
        ("00004", "2026-01-01 12:00:00", "hr/employees_copy.csv"),
    ]
    assert not company.land().has_news
