"""What profiles can say, feature by feature, on made-up layouts."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
from pydantic import ValidationError

from pipelines.contract import load_contract
from pipelines.contract.profile import Profile, ProfileError
from pipelines.landing import LandingError, register, rules

Grid = Sequence[Sequence[Any]]


def book(*sheets: tuple[str, Grid, Sequence[str]]) -> bytes:
    """An xlsx of (name, rows, merges)."""
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for name, rows, merges in sheets:
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
        for merge in merges:
            sheet.merge_cells(merge)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def reason(company, file: str) -> tuple[str, str]:
    ((code, text),) = company.ask(f"select reason_code, reason_en from landed.files where source_file = '{file}'")
    return code, text


def batch_counts(company):
    """dataset, read, accepted, quarantined, duplicate, ignored."""
    return company.ask(
        "select dataset, read_count, accepted_count, quarantined_count, duplicate_count, ignored_count "
        "from landed.batches where is_active order by dataset, profile"
    )


# ----------------------------------------------------------------------------------------------- headers and names

GROUPED = [
    ["门店打卡", None, None, None, None, None],
    ["编号 *", "姓名（必填）", "早班", None, "晚班", None],
    [None, None, "班次", "工时（小时）", "班 次", "工时（小时）"],
    ["07", "张三", "A", 3.5, "B", 4],
    ["08", "李四", "A", 3, None, None],
]
GROUPED_MERGES = ("A1:F1", "A2:A3", "B2:B3", "C2:D2", "E2:F2")
SHIFTS = """
name: shifts
version: 1
match: {headers: [编号, 姓名, 早班.班次, "早班.工时(小时)"]}
optional_columns: ["晚班.工时(小时)", "中班.工时(小时)"]
datasets:
  - dataset: daily_results
    columns:
      employee_id: 编号
      work_date: {constant: 2026-03-01}
      result: 早班.班次
      worked_hours:
        sql: >-
          "早班.工时(小时)"::double + coalesce("晚班.工时(小时)"::double, 0) + coalesce("中班.工时(小时)"::double, 0)
"""


@pytest.mark.parametrize("merges", [GROUPED_MERGES, ("C2:D2", "E2:F2"), ()], ids=["all", "groups", "none"])
def test_columns_under_groups_have_the_profile_s_names_in_sql(company, merges):
    company.profile(SHIFTS)
    company.deliver("x.xlsx", book(("Sheet1", GROUPED, merges)))
    company.land()
    assert company.ask(
        "select employee_id, result, worked_hours::double, _source_row, _extra from landed_attendance.daily_results "
        "order by 1"
    ) == [
        ("07", "A", 7.5, 4, '{"姓名（必填）":"张三","晚班.班 次":"B"}'),
        ("08", "A", 3.0, 5, '{"姓名（必填）":"李四"}'),
    ]
    assert json.loads(company.one("select unknown_columns from landed.batches")) == ["姓名（必填）", "晚班.班 次"]


def test_a_lone_leaf_is_found_without_its_group_but_not_one_of_two(company):
    company.profile(
        SHIFTS.replace("早班.班次, ", "").replace("result: 早班.班次", "result: {from: 班次, optional: true}")
    )
    company.deliver("two.xlsx", book(("Sheet1", GROUPED, GROUPED_MERGES)))
    one = [[*row[:4], *(["备注"] if number == 1 else [None]), *row[5:]] for number, row in enumerate(GROUPED)]
    one[2][4] = None
    company.deliver("one.xlsx", book(("Sheet1", one, ("A2:A3", "B2:B3", "C2:D2", "E2:E3"))))
    company.land()
    rows = company.ask(
        "select _source_file, result from landed_attendance.daily_results where employee_id = '07' order by 1"
    )
    assert rows == [("one.xlsx", "A"), ("two.xlsx", None)]


def test_a_csv_without_merges_is_read_by_its_blanks(company):
    company.profile(SHIFTS)
    rows = [["" if cell is None else str(cell) for cell in row] for row in GROUPED]
    company.deliver("x.csv", "\n".join(",".join(row) for row in rows).encode("gb18030"))
    company.land()
    rows = company.ask(
        "select employee_id, result, worked_hours::double, _source_row from landed_attendance.daily_results"
    )
    assert sorted(rows) == [("07", "A", 7.5, 4), ("08", "A", 3.0, 5)]


CODES = """
name: codes
version: 1
match: {headers: [FNo, FName]}
label_rows: 2
datasets:
  - {dataset: products, columns: {product_id: FNo, product_name: FName}}
"""


def test_label_rows_are_no_records(company):
    company.profile(CODES)
    company.deliver("x.csv", "说明,\nFNo,FName\n编号,名称\n1,2\nP1,衣\n")
    company.land()
    assert company.ask("select product_id, product_name, _source_row from landed_crm.products") == [("P1", "衣", 5)]
    assert batch_counts(company) == [("products", 1, 1, 0, 0, 0)]


def test_the_place_and_depth_of_a_header_can_be_given(company):
    company.profile(
        CODES.replace("label_rows: 2", "header_row: 3\nheader_rows: 2")
        .replace("[FNo, FName]", "[FNo.编号]")
        .replace("product_id: FNo,", "product_id: FNo.编号,")
        .replace("product_name: FName", "product_name: 名称")
    )
    company.deliver("x.csv", "FNo,FName\n编号,名称\nFNo,FName\n编号,名称\nP1,衣\n")
    company.land()
    assert company.ask("select product_id, product_name, _source_row from landed_crm.products") == [("P1", "衣", 5)]


def test_a_file_may_call_a_column_as_the_profile_calls_a_value_of_its_own(company):
    company.profile(
        """
        name: own_words
        version: 1
        match: {headers: [编号, 时刻]}
        derive: {day: "day_of(时刻)", 时刻: "clock_at(day, '9:00')"}
        datasets:
          - dataset: punches
            explode: {as: one, sql: "[1, 2]"}
            columns:
              punch_id: {sql: "编号 || '-' || one"}
              employee_id: 编号
              punched_at: {sql: "时刻 + to_hours(one)"}
              direction: {constant: in}
        """
    )
    company.deliver("x.csv", "编号,时刻,day,one\n07,2026年3月1日,Sunday,uno\n")
    company.land()
    assert company.ask("select punch_id, punched_at, _extra from landed_attendance.punches order by 1") == [
        ("07-1", datetime(2026, 3, 1, 10), '{"day":"Sunday","one":"uno"}'),
        ("07-2", datetime(2026, 3, 1, 11), '{"day":"Sunday","one":"uno"}'),
    ]


# ------------------------------------------------------------------------------------------------ several sheets

BOTH = """
name: both
version: 1
match:
  sheets:
    - {sheet: "概况*", headers: [账号, 日期, 结果]}
    - {sheet: "明细*", headers: [账号, 打卡时间], optional: true}
optional_columns: [部门]
datasets:
  - dataset: daily_results
    where: _sheet like '概况%'
    columns: {employee_id: 账号, work_date: 日期, result: 结果}
  - dataset: punches
    where: _sheet like '明细%'
    columns:
      punch_id: {sql: "stable_id([账号, 打卡时间])"}
      employee_id: {sql: "部门 || '/' || 账号"}
      punched_at: 打卡时间
      direction: {constant: in}
"""
OVERVIEW = [["账号", "日期", "结果", "基础.部门"], ["a", "2026-03-01", "正常", "东"]]
DETAILS = [["标题"], ["账号", "打卡时间", "部门"], ["a", "2026-03-01 09:00", "西"], ["b", "2026-03-01 10:00", "北"]]


def test_sheets_with_different_headers_are_one_table(company):
    company.profile(BOTH)
    company.deliver("x.xlsx", book(("概况 3月", OVERVIEW, ()), ("明细 3月", DETAILS, ()), ("说明", [["忽略"]], ())))
    company.land()
    assert batch_counts(company) == [("daily_results", 3, 1, 0, 0, 2), ("punches", 3, 2, 0, 0, 1)]
    assert company.ask("select employee_id, _source_row, _source_file from landed_attendance.punches order by 1") == [
        ("北/b", 4, "x.xlsx#明细 3月"),
        ("西/a", 3, "x.xlsx#明细 3月"),
    ]
    assert company.ask("select distinct unread_sheets from landed.batches") == [('["说明"]',)]


def test_a_text_is_one_of_the_sheets(company):
    company.profile(BOTH)
    company.deliver("x.csv", "账号,日期,结果\na,2026-03-01,正常\n")
    company.deliver("details.csv", "账号,打卡时间\na,2026-03-01 09:00\n")
    company.land()
    assert company.ask("select employee_id, _source_file from landed_attendance.daily_results") == [("a", "x.csv")]
    assert company.one("select count(*) from landed_attendance.punches") == 0
    # An optional sheet does not make a file of its own.
    assert reason(company, "details.csv")[0] == "not_recognised"


def test_a_sheet_that_must_be_there_is_missed(company):
    company.profile(BOTH)
    company.deliver("x.xlsx", book(("明细", DETAILS, ())))
    company.land()
    assert reason(company, "x.xlsx")[0] == "not_recognised"


NAMED = """
name: {name}
version: 1
evidence: {evidence}
match: {{headers: [{headers}]}}
datasets:
  - dataset: punches
    columns:
      punch_id: {{sql: "stable_id(['{name}', 号, 时])"}}
      employee_id: 号
      punched_at: 时
      direction: {{constant: in}}
"""
GATE = NAMED.format(name="gate", evidence="I", headers="号, 时, 门")
PHONE = NAMED.format(name="phone", evidence="B", headers="号, 时, 手机")
ANY = NAMED.format(name="anything", evidence="B", headers="号, 时")


def gates(*extra: tuple[str, Grid, Sequence[str]]) -> bytes:
    return book(
        ("门禁", [["号", "时", "门"], ["1", "2026-03-01 09:00", "东"], ["1", "2026-03-01 09:00", "东"]], ()),
        ("手机", [["号", "时", "手机"], ["2", "2026-03-01 09:30", "x"], ["3", "nine", "y"]], ()),
        *extra,
    )


def test_profiles_share_a_workbook_sheet_by_sheet(company):
    company.profile(GATE, "gate")
    company.profile(PHONE, "phone")
    company.deliver("x.xlsx", gates(("其他", [["a", "b"]], ()), ("空", [], ())))
    (outcome,) = company.land().files
    assert company.ask("select employee_id, _source_file from landed_attendance.punches order by 1") == [
        ("1", "x.xlsx"),
        ("2", "x.xlsx"),
    ]
    assert batch_counts(company) == [("punches", 2, 1, 0, 1, 0), ("punches", 2, 1, 1, 0, 0)]
    counts = outcome.counts
    assert (counts.read, counts.accepted, counts.quarantined, counts.duplicate) == (4, 2, 1, 1)
    assert company.ask("select distinct unread_sheets from landed.batches") == [('["其他"]',)]
    assert company.ask("select read_count, quarantined_count from landed.files") == [(4, 1)]
    # Only what was inferred is worth a word.
    assert [notice.code for notice in outcome.notices] == ["layout_inferred"]
    assert "gate" in outcome.notices[0].en and "gate" in outcome.notices[0].zh
    assert company.ask("select profile, profile_evidence from landed.batches order by 1") == [
        ("gate", "I"),
        ("phone", "B"),
    ]
    again = company.land()
    assert not again.has_news and again.files[0].notices == outcome.notices


def test_the_profile_that_asks_for_more_has_the_sheet_and_leaves_the_rest(company):
    company.profile(GATE, "gate")
    company.profile(ANY, "anything")
    company.deliver("x.xlsx", gates())
    company.land()
    assert company.ask("select profile, read_count from landed.batches order by 1") == [("anything", 2), ("gate", 2)]


def test_two_profiles_that_fit_one_sheet_alike_set_the_file_aside(company):
    company.profile(GATE, "gate")
    company.profile(GATE.replace("gate", "twin"), "twin")
    company.deliver("x.xlsx", gates())
    company.land()
    assert reason(company, "x.xlsx") == ("ambiguous_profile", "more than one profile fits: gate, twin")


def test_a_profile_that_joins_or_leaves_changes_what_counts(company):
    def people():
        return [who for (who,) in company.ask("select employee_id from landed_attendance.punches order by 1")]

    company.profile(GATE, "gate")
    content = gates()
    company.deliver("x.xlsx", content)
    company.land()
    assert people() == ["1"]
    company.profile(PHONE, "phone")
    (outcome,) = company.land().files
    assert people() == ["1", "2"]
    assert outcome.counts.read == 4
    (company.inbox / "profiles" / "phone.yml").unlink()
    (outcome,) = company.land().files
    assert people() == ["1"]
    assert outcome.counts.read == 2
    company.profile(ANY, "anything")
    company.land()
    assert people() == ["1", "2"]
    (company.inbox / "profiles" / "anything.yml").unlink()
    company.profile(PHONE, "phone")
    (outcome,) = company.land().files
    assert people() == ["1", "2"]
    assert outcome.counts.is_balanced and outcome.counts.read == 4
    active = [b.batch_id for b in register.active_batches(company.data)]
    assert len(active) == 2
    # Nothing moves any more.
    company.deliver("x.xlsx", content, at=1_767_268_900)
    company.land()
    assert [b.batch_id for b in register.active_batches(company.data)] == active


def test_a_changed_recognition_of_a_file_supersedes_the_former(company):
    company.profile(ANY)
    company.deliver("x.csv", "号,时,门\n1,2026-03-01 09:00,东\n")
    company.land()
    company.profile(GATE)
    company.land()
    assert company.ask("select profile, is_active from landed.batches order by 1") == [
        ("anything", False),
        ("gate", True),
    ]
    assert company.one("select count(*) from landed_attendance.punches") == 1


def test_the_same_content_at_two_places_counts_once(company):
    company.profile(GATE.replace("match: {", 'match: {path: "gate/*", '), "gate")
    company.profile(
        PHONE.replace("match: {headers: [号, 时, 手机]", 'match: {path: "phone/*", headers: [号, 时]'), "phone"
    )
    for folder in ("gate", "phone"):
        company.deliver(f"{folder}/x.csv", "号,时,门\n1,2026-03-01 09:00,东\n")
    company.land()
    assert company.one("select count(*) from landed_attendance.punches") == 1


# ------------------------------------------------------------------------------------------- texts without header

TALK = r"""
name: talk
version: 1
match: {line: '^\S+ \d{4}-\d{2}-\d{2} \d{2}:\d{2}$'}
derive:
  head: regexp_extract(line, '^(\S+) (\d{4}-\d{2}-\d{2} \d{2}:\d{2})$', ['who', 'at'])
ignore:
  - {name: body, when: "not regexp_matches(line, '^\\S+ \\d{4}-')"}
datasets:
  - dataset: punches
    columns:
      punch_id: {sql: "stable_id([line])"}
      employee_id: {sql: head.who}
      punched_at: {sql: head.at}
      direction: {constant: visit}
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_lines_can_be_records(company, encoding, end):
    text = end.join(["聊天记录", "", "张三 2026-03-01 09:00", '说 "半句, 话', "李四 2026-03-01 09:01", "好"]) + end
    company.profile(TALK)
    company.deliver("talk.txt", text.encode(encoding))
    company.land()
    assert company.ask("select employee_id, punched_at, _source_row from landed_attendance.punches order by 3") == [
        ("张三", datetime(2026, 3, 1, 9), 3),
        ("李四", datetime(2026, 3, 1, 9, 1), 5),
    ]
    assert batch_counts(company) == [("punches", 5, 2, 0, 0, 3)]


def test_a_line_must_match_among_the_first_fifty(company):
    company.profile(TALK)
    company.deliver("talk.txt", "x\n" * 50 + "张三 2026-03-01 09:00\n")
    company.land()
    assert reason(company, "talk.txt")[0] == "not_recognised"


INTERFACE = """
name: interface
version: 1
match: {first_line: '^接口,V8'}
columns: [日, 号, 金额, 摘要]
datasets:
  - dataset: journal_entries
    columns:
      voucher_id: 号
      line_no: {sql: "row_number() over (partition by 号 order by _source_row)"}
      period: {sql: "left(日, 7)"}
      posted_date: 日
      account_code: {constant: "1001"}
      debit: 金额
      summary: 摘要
"""


@pytest.mark.parametrize("delimiter", [",", "\t"], ids=["comma", "tab"])
def test_delimited_text_without_header_has_the_profile_s_columns(company, delimiter):
    rows = [["2026-01-05", "记-1", "5", "货款"], ["2026-01-05", "记-1", "6"], ["2026-01-06", "记-2", "7", "x", "y"]]
    text = "接口,V800\n" + "\n".join(delimiter.join(row) for row in rows) + "\n"
    company.profile(INTERFACE)
    company.deliver("x.txt", text.encode("gb18030"))
    company.land()
    assert company.ask(
        "select voucher_id, line_no, debit::varchar, summary, _source_row from landed_finance.journal_entries"
    ) == [
        ("记-1", 1, "5.00", "货款", 2),
        ("记-1", 2, "6.00", None, 3),
    ]
    assert company.ask("select source_row, reason_code from landed.quarantine") == [(4, "field_count")]


# ------------------------------------------------------------------------------------------------------- values

VALUES = """
name: people
version: 1
match: {headers: [姓名, 账号]}
nulls: ["--", "无"]
datasets:
  - dataset: employees
    columns:
      employee_id: {from: 账号, identity: acme}
      full_name: 姓名
      org_unit_id: {from: [一级部门, 部门], optional: true}
      position_id: {sql: "coalesce(职务, 姓名 || '?')"}
      employment_status: {from: 状态, map: {"在职（正式）": active}, otherwise: left, optional: true}
      hire_date: {constant: 2026-01-01}
      phone: {from: 手机, pattern: '^1[0-9]{10}$', optional: true}
optional_columns: [职务]
"""


def employees(company, columns: str):
    return company.ask(f"select {columns} from landed_hr.employees order by 1")


def test_accounts_nulls_and_the_first_header_that_exists(company):
    company.profile(VALUES)
    company.deliver("x.csv", "姓名,账号,一级部门,部门,职务,状态\n张三, li ,东,西,--,x\n李四,--,,南,无,x\n")
    company.land()
    assert employees(company, "employee_id, org_unit_id, position_id, _extra") == [
        ("acme:li", "东", "张三?", '{"部门":"西"}')
    ]
    faults = company.ask("select column_name, reason_code from landed.quarantine order by 1")
    assert ("employee_id", "required") in faults
    company.deliver("y.csv", "姓名,账号,部门,状态\n王五,wang,南,x\n")
    company.land()
    assert ("acme:wang", "南", "王五?") in employees(company, "employee_id, org_unit_id, position_id")


def test_none_of_the_alternatives_is_fine_only_where_optional(company):
    company.profile(VALUES.replace("部门], optional: true}", "部门]}"))
    company.deliver("x.csv", "姓名,账号\n张三,li\n")
    company.land()
    assert reason(company, "x.csv")[0] == "not_recognised"


def test_map_compares_plainly(company):
    company.profile(VALUES)
    company.deliver("x.csv", "姓名,账号,部门,状态\na,1,东,在职(正式)\nb,2,东,'在职（正式） \nc,3,东,走了\nd,4,东,--\n")
    company.land()
    assert employees(company, "full_name, employment_status") == [("a", "active"), ("b", "active"), ("c", "left")]
    assert company.ask("select column_name, reason_code, source_row from landed.quarantine") == [
        ("employment_status", "required", 5)
    ]


def test_what_does_not_match_a_pattern_is_quarantined_with_the_pattern(company):
    company.profile(VALUES)
    company.deliver("x.csv", "姓名,账号,部门,状态,手机\na,1,东,x,13800000000\nb,2,东,x,129****1283\nc,3,东,x,\n")
    company.land()
    assert employees(company, "full_name") == [("a",), ("c",)]
    assert company.ask("select column_name, value, reason_code, reason_en from landed.quarantine") == [
        ("phone", "129****1283", "pattern", "does not match ^1[0-9]{10}$")
    ]


def test_a_pattern_on_another_type_judges_the_text(company):
    company.profile(VALUES.replace("hire_date: {constant: 2026-01-01}", "hire_date: {from: 入职, pattern: '^2026'}"))
    company.deliver(
        "x.csv", "姓名,账号,部门,状态,入职\na,1,东,x,2026/1/2\nb,2,东,x,2025-01-02\nc,3,东,x,soon\nd,4,东,x,\n"
    )
    company.land()
    assert employees(company, "full_name, hire_date") == [("a", date(2026, 1, 2))]
    assert company.ask("select source_row, reason_code from landed.quarantine order by 1") == [
        (3, "pattern"),
        (4, "pattern"),
        (5, "required"),
    ]


# ------------------------------------------------------------------------------------------------ filling down

LEDGER = """
name: ledger
version: 1
match: {headers: [日期, 字号, 摘要, 科目, 借方]}
fill_down: {columns: [日期, 字号], starts: "字号 is not null"}
ignore:
  - {name: void, when: "字号 like '废%'"}
  - {name: total, when: "科目 = '合计'"}
datasets:
  - dataset: journal_entries
    columns:
      voucher_id: 字号
      line_no: {sql: "row_number() over (partition by 字号 order by _source_row)"}
      period: {sql: "left(日期, 7)"}
      posted_date: 日期
      account_code: 科目
      debit: 借方
      summary: 摘要
"""
LINES = [
    ["日期", "字号", "摘要", "科目", "借方"],
    [None, None, "早", "1000", 1],
    ["2026-01-05", "记-1", "货款", "1001", 5],
    [None, None, None, "1002", 6],
    [None, None, None, "合计", 11],
    ["2026-01-05", "废-2", None, "1001", 7],
    [None, None, None, "1002", 8],
    [None, "记-3", None, "1001", 9],
    ["2026-01-07", None, None, "1002", 10],
]


def test_head_fields_are_filled_down_inside_their_document_only(company):
    company.profile(LEDGER)
    company.deliver("x.xlsx", book(("一", LINES, ()), ("二", [LINES[0], [None, None, "x", "1003", 3]], ())))
    company.land()
    rows = company.ask(
        "select voucher_id, line_no, posted_date::varchar, summary, debit::integer from landed_finance.journal_entries "
        "order by 1, 2"
    )
    assert rows == [
        ("记-1", 1, "2026-01-05", "货款", 5),
        ("记-1", 2, "2026-01-05", None, 6),
        ("记-3", 2, "2026-01-07", None, 10),
    ]
    # The first line of 记-3 has no date of its own, and lines before the first document or on another sheet have none.
    missing = company.ask(
        "select distinct source_file, source_row from landed.quarantine where reason_code = 'required' order by 1, 2"
    )
    assert missing == [("x.xlsx#一", 2), ("x.xlsx#一", 8), ("x.xlsx#二", 2)]
    assert json.loads(company.one("select ignored_by_rule from landed.batches")) == {"void": 2, "total": 1}


# ------------------------------------------------------------------------------------------ periods and day columns

MONTH = """
name: month
version: 1
match: {headers: [姓名, 工号]}
period: required
datasets:
  - dataset: daily_results
    explode: {as: day, headers: '^结果\\.'}
    columns:
      employee_id: 工号
      work_date: {sql: "_period_start + (day.position - 1)"}
      result: {sql: day.value}
      worked_hours: {sql: "case when day.header = '结果.六' then 1 else 0 end"}
"""
MONTH_ROWS = [
    ["月报 统计日期：2026-03-06 至 2026-03-09 制表时间：2026-03-10 08:00"],
    ["姓名", "工号", "结果"],
    [None, None, "6", "六", "日", "9"],
    ["张三", "07", "正常", "休息", None, "迟到"],
    ["李四", "08", None, None, None, None],
]


def month(title: str | None = None) -> bytes:
    rows = [[title if title is not None else MONTH_ROWS[0][0]], *MONTH_ROWS[1:]]
    return book(("月报", rows, ("A1:F1", "A2:A3", "B2:B3", "C2:F2")))


def test_columns_of_days_become_rows_by_their_position(company):
    company.profile(MONTH)
    company.deliver("x.xlsx", month())
    company.land()
    assert company.ask(
        "select work_date::varchar, result, worked_hours::integer from landed_attendance.daily_results order by 1"
    ) == [("2026-03-06", "正常", 0), ("2026-03-07", "休息", 1), ("2026-03-09", "迟到", 0)]
    assert company.ask("select covers_from, covers_to, unknown_columns from landed.batches") == [
        ("2026-03-06", "2026-03-09", '["姓名"]')
    ]
    # Nobody says what became of somebody without any day.
    assert company.ask("select source_row, reason_code from landed.quarantine") == [(5, "unmapped")]


def test_a_period_that_the_name_contradicts_or_nobody_states(company):
    company.profile(MONTH)
    company.deliver("x_20260301-20260331.xlsx", month())
    company.deliver("y.xlsx", month("月报"))
    company.deliver("z_2026-03.xlsx", month("月报"))
    company.land()
    code, text = reason(company, "x_20260301-20260331.xlsx")
    assert code == "period_conflict" and "2026-03-06" in text and "2026-03-31" in text
    code, text = reason(company, "y.xlsx")
    assert code == "period_missing" and "y_20260101-20260131.xlsx" in text
    assert company.ask("select distinct covers_from, covers_to from landed.batches where status = 'landed'") == [
        ("2026-03-01", "2026-03-31")
    ]


def test_an_optional_period_may_be_missing_and_the_day_of_delivery_is_known(company):
    company.profile(
        MONTH.replace("required", "optional").replace(
            "_period_start + (day.position - 1)", "coalesce(_period_start, _delivered_day) + (day.position - 1)"
        )
    )
    company.deliver("x.xlsx", month("月报"))
    company.land()
    days = company.ask("select min(work_date)::varchar, max(work_date)::varchar from landed_attendance.daily_results")
    assert days == [("2026-01-01", "2026-01-04")]
    assert company.ask("select covers_from, covers_to from landed.batches") == [(None, None)]


def test_each_sheet_has_its_own_title_and_period(company):
    company.profile(
        MONTH.replace("result: {sql: day.value}", "result: {sql: \"_title || '/' || _sheet\"}").replace(
            "required", "optional"
        )
    )
    rows = [["甲 统计日期：2026-03-06 至 2026-03-09"], *MONTH_ROWS[1:4]]
    other = [["乙 统计日期：2026-04-01 至 2026-04-04"], *MONTH_ROWS[1:4]]
    merges = ("A2:A3", "B2:B3", "C2:F2")
    company.deliver("x.xlsx", book(("三", rows, merges), ("四", other, merges)))
    company.land()
    assert company.ask(
        "select result, min(work_date)::varchar from landed_attendance.daily_results group by 1 order by 1"
    ) == [
        ("乙 统计日期：2026-04-01 至 2026-04-04/四", "2026-04-01"),
        ("甲 统计日期：2026-03-06 至 2026-03-09/三", "2026-03-06"),
    ]
    assert company.ask("select covers_from, covers_to from landed.batches") == [("2026-03-06", "2026-04-04")]


# ------------------------------------------------------------------------------------------------- what is refused


def profile(**changes: Any) -> dict[str, Any]:
    document: dict[str, Any] = {
        "name": "p",
        "version": "1",
        "match": {"headers": ["a"]},
        "datasets": [{"dataset": "products", "columns": {"product_id": "a", "product_name": "b"}}],
    }
    return document | changes


def column(**source: Any) -> dict[str, Any]:
    return profile(datasets=[{"dataset": "products", "columns": {"product_id": source}}])


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (profile(match={"headers": ["a"], "line": "x"}), "one of"),
        (profile(match={"sheets": [{"sheet": "*", "headers": ["a"], "optional": "true"}]}), "not optional"),
        (profile(match={"sheets": [{"sheet": "*", "headers": []}]}), "headers"),
        (profile(match={"line": "("}), "regular expression"),
        (profile(match={"first_line": "^x"}), "need each other"),
        (profile(columns=["a"]), "need each other"),
        (profile(match={"line": "x"}, label_rows="1"), "without header"),
        (profile(match={"sheets": [{"sheet": "*", "headers": ["a"]}]}, sheet="x"), "match.sheets"),
        (profile(header_rows="4"), "header_rows"),
        (profile(period="sometimes"), "period"),
        (profile(fill_down={"columns": [], "starts": "true"}), "fill_down"),
        (column(**{"from": "a", "pattern": "(?=x)"}), "look around"),
        (column(**{"from": "a", "identity": "We Com"}), "identity"),
        (column(constant="a", identity="acme"), "constant"),
        (column(sql="a", optional="true"), "optional_columns"),
        (column(**{"from": []}), "exactly one"),
        (profile(datasets=[{"dataset": "products", "columns": {}, "explode": {"as": "x"}}]), "exactly one"),
        (profile(datasets=[{"dataset": "products", "columns": {}, "explode": {"as": "x", "headers": "["}}]), "regular"),
    ],
)
def test_what_a_profile_cannot_mean(document, words):
    with pytest.raises(ValidationError, match=words):
        Profile.model_validate(document)


def test_every_key_counts_for_a_profile_s_content():
    changes: list[dict[str, Any]] = [
        {"match": {"sheets": [{"sheet": "*", "headers": ["a"]}]}},
        {"match": {"line": "a"}},
        {"header_rows": "2"},
        {"label_rows": "1"},
        {"optional_columns": ["c"]},
        {"fill_down": {"columns": ["a"], "starts": "true"}},
        {"period": "optional"},
        {"datasets": [{"dataset": "products", "columns": {"product_id": {"from": "a", "identity": "acme"}}}]},
        {"datasets": [{"dataset": "products", "columns": {"product_id": {"from": "a", "pattern": "x"}}}]},
        {"datasets": [{"dataset": "products", "columns": {"product_id": {"from": ["a", "c"]}}}]},
    ]
    hashes = [Profile.model_validate(profile(**change)).content_hash for change in [{}, *changes]]
    assert len(set(hashes)) == len(hashes)
    titled = Profile.model_validate(profile(title={"zh": "甲", "en": "a"}, note={"zh": "乙", "en": "b"}))
    assert titled.content_hash == hashes[0]


def test_a_profile_must_fit_the_contract():
    with pytest.raises(ProfileError, match="no column colour"):
        Profile.model_validate(profile(datasets=[{"dataset": "products", "columns": {"colour": "a"}}])).check_against(
            load_contract()
        )


def test_a_mistake_in_the_sql_of_each_new_place_names_the_profile(company):
    for change in (
        ('starts: "字号 is not null"', 'starts: "字号 is"'),
        ('starts: "字号 is not null"', 'starts: "nowhere = 1"'),
    ):
        company.profile(LEDGER.replace(*change))
        company.deliver("x.xlsx", book(("一", LINES, ())))
        company.land()
        code, text = reason(company, "x.xlsx")
        assert code == "profile_sql" and "ledger" in text


def test_an_inbox_of_canonical_names_never_reads_the_shipped_profiles(company, monkeypatch):
    def refuse() -> tuple[Profile, ...]:
        raise LandingError("the shipped profiles were read")

    monkeypatch.setattr(rules, "_load_shipped", refuse)
    company.deliver("crm/products.csv", "product_id,product_name\nP1,a\n")
    company.land()
    assert company.one("select count(*) from landed_crm.products") == 1
    company.deliver("else.csv", "x,y\n1,2\n")
    with pytest.raises(LandingError, match="were read"):
        company.land()
