"""Looking at a file before it lands: the same answer as landing it, and no trace."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from openpyxl import load_workbook

from pipelines.contract import load_contract
from pipelines.landing import active_batches
from pipelines.onboarding.inspection import Inspection, as_record, inspect
from pipelines.onboarding.inspection_view import render
from pipelines.onboarding.language import LANGUAGES
from pipelines.onboarding.quarantine import export, open_deliveries
from pipelines.onboarding.template import write_template

from .conftest import Company

ROSTER = (
    "工号,姓名,入职日期,组织单元编号,职位编号,在职状态,直接上级工号,备注\n"
    "00001,王一,2024-01-01,B1,P1,active,wecom:Li,早\n"
    "00002,李二,31/31/2024,B1,P1,在岗,00001,晚\n"
)
OWN = """
name: own_orders
version: 2
title: {zh: "自有订单", en: "own orders"}
evidence: I
note: {zh: "虚构。", en: "Made up."}
match: {headers: [单号, 时间, 金额]}
ignore:
  - {name: total_row, when: "单号 = '合计'", title: {zh: 合计行, en: total row}}
derive: {paid: "replace(金额, '元', '')"}
datasets:
  - dataset: orders
    columns:
      order_id: 单号
      customer_id: {constant: C1}
      ordered_at: {sql: "day_of(时间)"}
      list_amount: {sql: paid}
      net_amount: {sql: paid}
      status: {constant: shipped}
"""
ORDERS = "导出时间：2026-03-02,,,\n单号,时间,金额,柜台\n1,2026/3/1,10元,A\n2,昨天,20元,A\n合计,,30元,\n"


def look(company: Company, name: str, content: str | bytes, relative: str | None = None) -> Inspection:
    path = company.data.parent / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return inspect(path, relative or name, company.inbox, company.data)


def tree(*folders: Path) -> dict[str, int]:
    return {str(p): p.stat().st_mtime_ns for f in folders if f.exists() for p in sorted(f.rglob("*"))}


def test_what_it_says_is_what_landing_does(company):
    company.profile(OWN)
    seen = as_record(look(company, "o.csv", ORDERS))["files"][0]
    company.deliver("o.csv", ORDERS)
    company.land()
    [batch] = active_batches(company.data)
    [table] = seen["tables"]
    [dataset] = table["datasets"]
    assert seen["status"] == "landed"
    assert (table["profile"], table["evidence"], table["header_records"]) == ("own_orders", "I", [2])
    assert table["titles"] == ["导出时间：2026-03-02"]
    counts = (batch.read_count, batch.accepted_count, batch.quarantined_count, batch.ignored_count)
    said = tuple(dataset[name] for name in ("read", "accepted", "quarantined", "ignored"))
    assert said == counts == (3, 1, 1, 1)
    assert dataset["ignored_by_rule"] == batch.ignored_by_rule == {"total_row": 1}
    assert [(f["column"], f["reason"]["code"], f["count"]) for f in dataset["faults"]] == [
        ("ordered_at", "required", 1)
    ]


def test_where_each_column_goes(company):
    company.profile(OWN)
    [table] = as_record(look(company, "o.csv", ORDERS))["files"][0]["tables"]
    assert {name: (c["fate"], c["feeds"]) for name, c in table["columns"].items()} == {
        "单号": ("read", ["orders.order_id"]),
        "时间": ("read", ["orders.ordered_at"]),
        "金额": ("read", ["orders.list_amount", "orders.net_amount"]),
        "柜台": ("extra", []),
    }


def test_rows_before_and_after(company):
    company.profile(OWN)
    [table] = as_record(look(company, "o.csv", ORDERS))["files"][0]["tables"]
    assert table["before"]["columns"][:2] == ["#", "单号"] and table["before"]["rows"][0][:2] == [3, "1"]
    [after] = [d["after"] for d in table["datasets"]]
    row = dict(zip(after["columns"], after["rows"][0], strict=True))
    assert (row["#"], row["order_id"], str(row["net_amount"])) == (3, "1", "10.00")
    assert "quote_id" not in row


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_left_of_it(company, language):
    company.profile(OWN)
    company.deliver("hr/employees.csv", ROSTER)
    company.land()
    before = tree(company.inbox, company.data)
    for name, content in (("o.csv", ORDERS), ("x.csv", "a,b\n1,2\n"), ("e.csv", ""), ("b.xlsx", b"PK\x03\x04junk")):
        assert render(look(company, name, content), name, language)
    assert tree(company.inbox, company.data) == before


def test_accounts_that_nobody_knows_are_listed(company):
    seen = look(company, "r.csv", ROSTER, "hr/employees.csv")
    [dataset] = seen.files[0].tables[0].datasets
    assert dataset.unknown_accounts == ("wecom:Li",)
    known = "system,account,valid_from,employee_id\nwecom,Li,2020-01-01,00009\n"
    company.deliver("hr/identities.csv", known)
    company.land()
    [dataset] = look(company, "r.csv", ROSTER, "hr/employees.csv").files[0].tables[0].datasets
    assert dataset.unknown_accounts == ()


def test_the_path_decides_where_the_name_does(company):
    assert not look(company, "r.csv", ROSTER).is_recognised
    assert look(company, "r.csv", ROSTER, "hr/employees.csv").is_recognised


def test_where_nothing_fits_it_says_what_is_near_and_which_command_helps(company):
    company.profile(OWN)
    seen = look(company, "o.csv", ORDERS.replace("金额", "价款"))
    [view] = seen.files
    assert [(n.profile.name, n.missing) for n in view.near_profiles][:1] == [("own_orders", ("金额",))]
    assert view.suggestion.best.dataset.name == "orders"
    text = render(seen, "o.csv", "zh")
    assert "own_orders" in text and "hufu profile suggest o.csv" in text and "hufu template orders" in text


def test_a_template_and_a_workbook_of_corrections_are_told_as_such(company, tmp_path):
    template = tmp_path / "t.xlsx"
    write_template(load_contract().get("employees"), template, "zh")
    assert "填好的模板" in render(look(company, "t2.xlsx", template.read_bytes()), "t.xlsx", "zh")
    company.deliver("hr/employees.csv", ROSTER)
    company.land()
    out = tmp_path / "c.xlsx"
    export(open_deliveries(company.data), company.data, company.inbox, out, "zh")
    book = load_workbook(out)
    for row in book["员工"].iter_rows(min_row=2):
        for cell in row:
            cell.value = {"31/31/2024": "2024-02-01", "在岗": "active"}.get(cell.value, cell.value)
    book.save(out)
    before = tree(company.inbox, company.data)
    seen = look(company, "c2.xlsx", out.read_bytes())
    text = render(seen, "c.xlsx", "zh")
    assert "更正表" in text and "hr/employees.csv" in text
    assert [d.batch.accepted_count for t in seen.files[0].tables for d in t.datasets] == [1]
    assert tree(company.inbox, company.data) == before


def test_all_of_it_is_plain_json(company):
    company.profile(OWN)
    for name, content in (("o.csv", ORDERS), ("x.csv", "a,b\n1,2\n")):
        assert json.loads(json.dumps(as_record(look(company, name, content)), default=str))["path"] == name


def test_foreign_text_moves_no_cursor(company):
    text = render(look(company, "r.csv", ROSTER.replace("王一", "\x1b[2J王"), "hr/employees.csv"), "r.csv", "zh")
    assert "\x1b" not in text and "王" in text
