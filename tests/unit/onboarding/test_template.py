"""Blank workbooks: what a person finds in them, and that they land when they are filled in."""

from __future__ import annotations

import io
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from pipelines.contract import load_contract
from pipelines.landing import active_batches
from pipelines.landing.tag import TAG_SHEET
from pipelines.onboarding.domain_words import word
from pipelines.onboarding.language import LANGUAGES
from pipelines.onboarding.template import example, find_dataset, header, write_template
from pipelines.onboarding.workbook import OPTIONAL, REQUIRED

CONTRACT = load_contract()


def blank(tmp_path: Path, dataset: str, language: str = "zh") -> Workbook:
    out = tmp_path / f"{dataset}-{language}.xlsx"
    write_template(CONTRACT.get(dataset), out, language)
    return load_workbook(out)


def filled(book: Workbook, *rows: list[object]) -> bytes:
    for row in rows:
        book.worksheets[0].append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_the_first_sheet_holds_the_header_and_nothing_else(tmp_path):
    for language in LANGUAGES:
        sheet = blank(tmp_path, "employees", language).worksheets[0]
        [row] = sheet.iter_rows()
        assert [cell.value for cell in row] == [header(c, language) for c in CONTRACT.get("employees").columns]
        assert sheet.freeze_panes == "A2" and all(cell.comment for cell in row)


def test_required_columns_are_told_by_colour_and_on_the_second_sheet(tmp_path):
    book = blank(tmp_path, "employees")
    colours = {cell.value: cell.fill.start_color.rgb[-6:] for cell in book.worksheets[0][1]}
    assert colours["工号"] == colours["入职日期"] == REQUIRED and colours["性别"] == OPTIONAL
    marks = {row[0]: row[3] for row in book.worksheets[1].iter_rows(values_only=True)}
    assert marks["employees.hire_date"] == "●" and not marks["employees.gender"]


def test_ids_are_text_and_dates_are_dates_before_anything_is_typed(tmp_path):
    sheet = blank(tmp_path, "employees").worksheets[0]
    formats = {cell.value: sheet.column_dimensions[cell.column_letter].number_format for cell in sheet[1]}
    assert formats["工号"] == formats["手机号"] == "@"
    assert formats["入职日期"] == "yyyy-mm-dd" and formats["周标准工时"] == "General"


def test_allowed_values_and_yes_or_no_are_offered(tmp_path):
    employees = blank(tmp_path, "employees").worksheets[0]
    lists = {str(v.sqref): v.formula1 for v in employees.data_validations.dataValidation}
    assert '"active,notice,left"' in lists.values()
    tickets = blank(tmp_path, "tickets").worksheets[0]
    assert '"是,否"' in {v.formula1 for v in tickets.data_validations.dataValidation}


def test_every_dataset_has_a_template_and_every_allowed_value_a_chinese_word(tmp_path):
    for dataset in CONTRACT:
        for language in LANGUAGES:
            write_template(dataset, tmp_path / "template.xlsx", language)
        for column in dataset.columns:
            assert all(word(dataset.name, column, value) for value in column.domain or ())


def test_the_example_of_every_column_of_every_dataset_passes_the_checks(company):
    for dataset in CONTRACT:
        book = Workbook()
        book.active.append([c.name for c in dataset.columns])
        book.active.append([example(c) for c in dataset.columns])
        out = io.BytesIO()
        book.save(out)
        company.deliver(f"{dataset.system}/{dataset.name}.xlsx", out.getvalue())
    report = company.land()
    assert company.ask("select dataset, column_name, value, reason_en from landed.quarantine") == []
    assert sum(b.accepted_count for b in report.new_batches) == len(list(CONTRACT))


EMPLOYEE = ["00123", "王伟", "男", None, date(2024, 1, 2), None, None, None, "B1", "P1", None, "active"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("relative", ["hr/employees 2026-03.xlsx", "new/任意名称.xlsx", "crm/orders.xlsx"])
def test_a_filled_template_lands_wherever_it_lies(company, tmp_path, relative, language):
    company.deliver(relative, filled(blank(tmp_path, "employees", language), EMPLOYEE))
    company.land()
    rows = company.ask("select employee_id, full_name, hire_date, employment_status from landed_hr.employees")
    assert rows == [("00123", "王伟", date(2024, 1, 2), "active")]
    [batch] = active_batches(company.data)
    assert (batch.dataset, batch.read_count, batch.quarantined_count) == ("employees", 1, 0)
    assert batch.unread_sheets == []


def test_a_template_that_lost_its_hidden_sheet_still_lands_by_its_name_and_never_its_examples(company, tmp_path):
    book = blank(tmp_path, "employees")
    del book[TAG_SHEET]
    company.deliver("hr/employees.xlsx", filled(book, EMPLOYEE))
    company.land()
    assert company.ask("select employee_id from landed_hr.employees") == [("00123",)]
    assert company.ask("select count(*) from landed.quarantine") == [(0,)]


def test_a_blank_template_brings_no_row(company, tmp_path):
    company.deliver("x.xlsx", filled(blank(tmp_path, "orders")))
    company.land()
    assert [(b.read_count, b.accepted_count) for b in active_batches(company.data)] == [(0, 0)]


def test_times_typed_as_times_and_yes_land(company, tmp_path):
    book = blank(tmp_path, "tickets")
    names = [c.name for c in CONTRACT.get("tickets").columns]
    given = {"ticket_id": "007", "customer_id": "C1", "category": "x", "opened_at": datetime(2026, 3, 1, 9, 30)}
    row = [(given | {"is_complaint": "是"}).get(name) for name in names]
    company.deliver("t.xlsx", filled(book, row))
    company.land()
    assert company.ask("select ticket_id, opened_at, is_complaint from landed_crm.tickets") == [
        ("007", datetime(2026, 3, 1, 9, 30), True)
    ]


@pytest.mark.parametrize("content", [None, "{broken", '{"kind":"other"}'])
def test_an_altered_hidden_sheet_sets_the_file_aside_and_says_so(company, tmp_path, content):
    book = blank(tmp_path, "employees")
    book[TAG_SHEET]["A2"] = content
    company.deliver("x.xlsx", filled(book, EMPLOYEE))
    [outcome] = company.land().set_aside
    assert outcome.reason.code == "tag" and TAG_SHEET in outcome.reason.zh


def test_a_header_that_was_overwritten_is_told(company, tmp_path):
    book = blank(tmp_path, "employees")
    book.worksheets[0]["A1"] = "编码"
    company.deliver("x.xlsx", filled(book, EMPLOYEE))
    [outcome] = company.land().set_aside
    assert outcome.reason.code == "missing_columns" and "employee_id" in outcome.reason.en


@pytest.mark.parametrize("name", ["employees", "hr.employees", "hr/employees", "Employees", "员工"])
def test_a_dataset_is_found_by_any_of_its_names(name):
    assert find_dataset(CONTRACT, name).name == "employees"


def test_an_unknown_dataset_is_answered_with_near_ones():
    with pytest.raises(LookupError, match="did you mean employees"):
        find_dataset(CONTRACT, "hr/employes")
