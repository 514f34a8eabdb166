"""Profiles: how a company's own files become datasets, and how their records are accounted for."""

from __future__ import annotations

import json
import re
import shutil
import textwrap
from datetime import datetime
from pathlib import Path

import pytest

from pipelines.contract.profile import PROFILE_DIR, ProfileError, load_profile, load_profiles
from pipelines.landing import LandingError, land_inbox

SHIFT = """
name: shop_orders
version: 1
match: {headers: [单号, 客户, 时间, 金额]}
ignore:
  - {name: total_row, when: "单号 like '合计%'"}
datasets:
  - dataset: orders
    columns:
      order_id: 单号
      customer_id: 客户
      ordered_at: 时间
      list_amount: 金额
      net_amount: {sql: "金额"}
      status: {from: 状态, map: {已付款: committed, 已发货: shipped}, optional: true}
      channel: {constant: shop}
"""
ORDERS = (
    "店铺订单,,,,,\n"
    "单号,客户,时间,金额,状态,备注\n"
    "1,C1,2026/3/1 9:00,¥10,已付款,急\n"
    "2,C2,2026/3/2 9:00,20,已发货,\n"
    "合计,,,30,,\n"
)


def counts(company, order="dataset"):
    return company.ask(
        "select dataset, read_count, accepted_count, quarantined_count, duplicate_count, ignored_count, landed_count "
        f"from landed.batches order by {order}"
    )


def test_headers_constants_maps_and_ignored_records(company):
    company.profile(SHIFT)
    company.deliver("anything/export 1.csv", ORDERS.encode("gb18030"))
    company.land()
    rows = company.ask(
        "select order_id, ordered_at, net_amount::varchar, status, channel, _source_row, _extra "
        "from landed_crm.orders order by 1"
    )
    assert rows == [
        ("1", datetime(2026, 3, 1, 9), "10.00", "committed", "shop", 3, '{"备注":"急"}'),
        ("2", datetime(2026, 3, 2, 9), "20.00", "shipped", "shop", 4, None),
    ]
    assert counts(company) == [("orders", 3, 2, 0, 0, 1, 2)]
    assert json.loads(company.one("select ignored_by_rule from landed.batches")) == {"total_row": 1}
    assert json.loads(company.one("select unknown_columns from landed.batches")) == ["备注"]


def test_a_column_that_sql_only_judges_by_can_be_kept(company):
    """Else what the source wrote there would be in no column of the landed rows."""
    judging = SHIFT.replace(
        "net_amount: {sql: ", "currency: {sql: \"case when 备注 = '急' then 'USD' end\"}\n      net_amount: {sql: "
    )
    orders = ORDERS.replace("已发货,", "已发货,不急")
    company.profile(judging)
    company.deliver("x.csv", orders)
    company.land()
    assert company.ask("select currency, _extra from landed_crm.orders order by order_id") == [
        ("USD", None),
        ("CNY", None),
    ]
    company.profile(judging.replace("ignore:", "optional_columns: 备注\nkeep: 备注\nignore:", 1))
    company.land()
    assert company.ask("select _extra from landed_crm.orders order by order_id") == [
        ('{"备注":"急"}',),
        ('{"备注":"不急"}',),
    ]
    assert set(company.ask("select unknown_columns from landed.batches")) == {("[]",)}


def test_a_value_that_the_map_lacks_stays_and_is_judged(company):
    company.profile(SHIFT)
    company.deliver("x.csv", ORDERS.replace("已发货", "已退款"))
    company.land()
    assert company.ask("select column_name, value, source_row from landed.quarantine") == [("status", "已退款", 4)]
    assert counts(company) == [("orders", 3, 1, 1, 0, 1, 1)]


def test_otherwise_catches_what_the_map_lacks(company):
    company.profile(SHIFT.replace("已发货: shipped}", "已发货: shipped}, otherwise: draft"))
    company.deliver("x.csv", ORDERS.replace("已发货", "已退款"))
    company.land()
    assert company.ask("select status from landed_crm.orders order by 1") == [("committed",), ("draft",)]


EVENTS = """
name: oa_events
version: 1
match: {path: "oa/*.csv"}
ignore:
  - {name: system_event, when: "who = 'SYSTEM'"}
derive:
  first_time: min(time) over (partition by case_no)
datasets:
  - dataset: approval_requests
    collapse: {by: case_no, order: time}
    columns:
      request_id: case_no
      process_type: {constant: expense}
      submitted_at: {sql: first_time}
      subject_id: case_no
      status: {constant: pending}
  - dataset: approval_steps
    where: kind <> 'submit'
    columns:
      request_id: case_no
      step_no: {sql: "row_number() over (partition by case_no order by time)"}
      step_type: who
      action: kind
      acted_at: time
"""
EVENT_ROWS = (
    "case_no,kind,who,time\n"
    "A,approve,boss,2026-03-01 11:00:00\n"
    "A,submit,clerk,2026-03-01 10:00:00\n"
    "A,pay,SYSTEM,2026-03-02 10:00:00\n"
    "B,submit,clerk,2026-03-01 10:00:00\n"
    "B,dance,boss,2026-03-01 12:00:00\n"
)


def test_one_file_can_deliver_several_datasets_and_counts_each_record_once(company):
    company.profile(EVENTS)
    company.deliver("oa/log.csv", EVENT_ROWS)
    report = company.land()
    requests = company.ask(
        "select request_id, submitted_at::varchar, _source_row from landed_hr.approval_requests order by 1"
    )
    assert requests == [("A", "2026-03-01 10:00:00", 3), ("B", "2026-03-01 10:00:00", 5)]
    assert company.ask("select request_id, step_no, action from landed_hr.approval_steps") == [("A", 1, "approve")]
    assert counts(company) == [
        # four records are part of the two requests
        ("approval_requests", 5, 4, 0, 0, 1, 2),
        # two submissions are no step, and one step is no known action
        ("approval_steps", 5, 1, 1, 0, 3, 1),
    ]
    (outcome,) = report.files
    assert (outcome.counts.read, outcome.counts.accepted, outcome.counts.ignored) == (5, 4, 1)
    assert outcome.counts.is_balanced


def test_a_record_that_nothing_takes_is_quarantined(company):
    company.profile(EVENTS.replace("    collapse: {by: case_no, order: time}\n", "    where: kind = 'submit'\n"))
    company.deliver("oa/log.csv", EVENT_ROWS + "C,,boss,2026-03-01 12:00:00\n")
    company.land()
    unmapped = company.ask(
        "select dataset, source_row, reason_code from landed.quarantine where reason_code = 'unmapped'"
    )
    assert unmapped == [("approval_requests", 7, "unmapped")]
    assert all(read == a + q + d + i for _, read, a, q, d, i, _ in counts(company))


def test_a_record_can_become_several_rows(company):
    company.profile(
        """
        name: wide_punches
        version: 1
        match: {headers: [工号, 日期, 打卡]}
        datasets:
          - dataset: punches
            explode: {as: one, sql: "string_split(打卡, ' ')"}
            columns:
              punch_id: {sql: "工号 || '-' || 日期 || '-' || _item_no"}
              employee_id: 工号
              punched_at: {sql: "日期 || ' ' || one"}
              direction: {sql: "case when _item_no % 2 = 1 then 'in' else 'out' end"}
        """
    )
    company.deliver("x.csv", "工号,日期,打卡\n07,2026-03-01,08:55 18:05\n08,2026-03-01,09:10 oops\n09,2026-03-01,\n")
    company.land()
    rows = company.ask(
        "select punch_id, punched_at::varchar, direction, _source_row from landed_attendance.punches order by 1"
    )
    assert rows == [
        ("07-2026-03-01-1", "2026-03-01 08:55:00", "in", 2),
        ("07-2026-03-01-2", "2026-03-01 18:05:00", "out", 2),
        ("08-2026-03-01-1", "2026-03-01 09:10:00", "in", 3),
    ]
    # the second record landed in part; the third has nothing that could land
    assert counts(company) == [("punches", 3, 2, 1, 0, 0, 3)]
    faults = company.ask("select source_row, column_name, reason_code from landed.quarantine order by 1")
    assert faults == [(3, "punched_at", "type"), (4, None, "unmapped")]


def test_equal_target_rows_are_duplicates(company):
    company.profile(SHIFT)
    company.deliver("x.csv", "单号,客户,时间,金额,状态\n1,C1,2026/3/1,5,已付款\n1,C1,2026-03-01,5.00,已付款\n")
    company.land()
    assert counts(company) == [("orders", 2, 1, 0, 1, 0, 1)]


def test_the_delivery_stamp_can_stand_in_the_path(company):
    company.profile(SHIFT + "delivered_at: {path: '(?P<stamp>\\d{8})', format: '%Y%m%d'}\n")
    company.deliver("orders_20260215.csv", ORDERS)
    company.land()
    assert company.one("select delivered_at from landed.batches") == datetime(2026, 2, 15)


def test_a_new_version_lands_the_same_file_again_and_supersedes(company):
    company.profile(SHIFT)
    company.deliver("x.csv", ORDERS)
    company.land()
    company.profile(SHIFT.replace("version: 1", "version: 2").replace("{constant: shop}", "{constant: web}"))
    report = company.land()
    assert len(report.new_batches) == 1
    assert company.ask("select distinct channel from landed_crm.orders") == [("web",)]
    assert company.one("select count(*) from landed_crm.orders") == 2
    active = company.ask("select is_active, profile_version[:2] from landed.batches order by 2")
    assert active == [(False, "v1"), (True, "v2")]


def test_a_profile_that_now_means_another_dataset_takes_the_old_one_out(company):
    company.profile(SHIFT)
    company.deliver("x.csv", ORDERS)
    company.land()
    company.profile(
        "{name: shop_orders, version: 2, match: {headers: [单号, 客户]}, datasets: [{dataset: customers, columns: "
        "{customer_id: 客户, customer_name: 客户, status: {constant: lead}, created_at: {constant: 2026-01-01}}}]}"
    )
    company.land()
    assert company.one("select count(*) from landed_crm.orders") == 0
    assert company.one("select count(*) from landed_crm.customers") == 2


def test_the_profile_with_the_longer_signature_wins(company):
    company.profile(SHIFT)
    company.profile(
        SHIFT.replace("shop_orders", "shop_orders_plain").replace("[单号, 客户, 时间, 金额]", "[单号]"), "plain"
    )
    company.deliver("x.csv", ORDERS)
    company.land()
    assert company.one("select profile from landed.batches") == "shop_orders"


def test_two_profiles_that_fit_alike_are_named(company):
    company.profile(SHIFT)
    company.profile(SHIFT.replace("shop_orders", "twin"), "twin")
    company.deliver("x.csv", ORDERS)
    company.land()
    assert company.one("select reason_en from landed.files") == "more than one profile fits: shop_orders, twin"


def test_a_header_that_the_path_promises_but_the_file_lacks_is_named(company):
    company.profile(EVENTS)
    company.deliver("oa/log.csv", "case_no,what\nA,b\n")
    company.land()
    code, text = company.ask("select reason_code, reason_en from landed.files")[0]
    assert code == "profile_header" and "who" in text and "kind" in text


@pytest.mark.parametrize(
    "sql",
    [
        "(select content from read_text('{secret}'))",
        "1) from kept; copy (select 1) to '{secret}'; select (1",
        "1; drop table kept",
        "no_such_column",
        "from kept",
    ],
)
def test_profile_sql_reaches_nothing_but_the_record(company, tmp_path, sql):
    secret = tmp_path / "secret.txt"
    secret.write_text("top secret")
    quoted = sql.format(secret=secret).replace("'", "''")
    company.profile(SHIFT.replace("""{sql: "金额"}""", f"{{sql: '{quoted}'}}"))
    company.deliver("x.csv", ORDERS)
    company.land()
    assert company.one("select reason_code from landed.files") == "profile_sql"
    assert secret.read_text() == "top secret"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("dataset: orders", "dataset: order_book"), "order_book"),
        (("order_id: 单号", "order_no: 单号"), "order_no"),
        (("version: 1", "version: one"), "version"),
        (("match: {headers: [单号, 客户, 时间, 金额]}", "match: {}"), "match"),
        (("{constant: shop}", "{constant: shop, sql: x}"), "exactly one"),
        (("name: shop_orders", "name: shop_orders\nsurprise: yes"), "surprise"),
        (("datasets:", "datasets: ["), "own.yml"),
    ],
)
def test_a_profile_that_cannot_be_right_is_an_error_in_words(company, change, words):
    company.profile(SHIFT.replace(*change))
    with pytest.raises(LandingError, match=words):
        company.land()


def test_profiles_can_be_passed_instead_of_delivered(company, tmp_path):
    path = tmp_path / "p.yml"
    path.write_text(SHIFT, encoding="utf-8")
    company.deliver("x.csv", ORDERS)
    land_inbox(company.inbox, company.data, profiles=[load_profile(path)])
    assert company.one("select count(*) from landed_crm.orders") == 2


def test_names_of_profiles_are_unique(tmp_path):
    for name in ("a", "b"):
        (tmp_path / f"{name}.yml").write_text(SHIFT, encoding="utf-8")
    with pytest.raises(ProfileError, match="exists already"):
        load_profiles([tmp_path])


# Look-alikes of the files that the example profiles were written for, made by hand.
DECLARATIONS = (
    "_case,_seq,lifecycle:transition,time:timestamp,(case)_Amount,(case)_BudgetNumber,(case)_DeclarationNumber,"
    "(case)_id,concept:name,id,org:resource,org:role\n"
    "d1,0,complete,2017-01-09T09:49:50.000+01:00,26.85120450862128,b 1,number 1,d 1,"
    "Declaration SUBMITTED by EMPLOYEE,s0,STAFF MEMBER,EMPLOYEE\n"
    "d1,1,complete,2017-07-10T11:00:00.000+02:00,26.85120450862128,b 1,number 1,d 1,"
    "Declaration FINAL_APPROVED by SUPERVISOR,s1,STAFF MEMBER,SUPERVISOR\n"
    "d1,2,complete,2017-07-11T11:00:00.000+02:00,26.85120450862128,b 1,number 1,d 1,"
    "Request Payment,s2,SYSTEM,UNDEFINED\n"
    "d2,0,complete,2017-01-09T09:00:00.000+01:00,0.0,b 1,number 2,d 2,"
    "Declaration SUBMITTED by EMPLOYEE,s3,STAFF MEMBER,EMPLOYEE\n"
    "d2,1,complete,2017-01-10T09:00:00.000+01:00,0.0,b 1,number 2,d 2,"
    "Declaration REJECTED by BUDGET OWNER,s4,STAFF MEMBER,BUDGET OWNER\n"
    "d2,2,complete,2017-01-11T09:00:00.000+01:00,0.0,b 1,number 2,d 2,"
    "Declaration REJECTED by EMPLOYEE,s5,STAFF MEMBER,EMPLOYEE\n"
    "d3,0,complete,2017-01-11T09:00:00.000+01:00,5.0,b 1,number 3,d 3,"
    "Declaration SAVED by EMPLOYEE,s6,STAFF MEMBER,EMPLOYEE\n"
)


def test_the_examples_read_what_they_were_written_for(company):
    shutil.copytree(PROFILE_DIR / "examples", company.inbox / "profiles")
    company.deliver("approvals/events.csv", DECLARATIONS)
    company.deliver("approvals/cases.csv", "concept:name,variant,variant-index,creator\r\nd1,Variant 3,3,tool\r\n")
    company.deliver(
        "crm/sales_pipeline.csv",
        "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value\n"
        "A1,Ann Lee,GTXPro,Acme,Won,2016-10-20,2017-03-01,1054\n"
        "A2,Ann Lee,GTX Basic,,Prospecting,,,\n",
    )
    company.deliver("crm/teams.csv", "sales_agent,manager,regional_office\nAnn Lee,Bob Ray,East\nCy Fox,Bob Ray,East\n")
    company.deliver(
        "crm/accounts.csv",
        "account,sector,year_established,revenue,employees,office_location,subsidiary_of\n"
        "Acme,technolgy,1996,1.1,28,US,\n",
    )
    company.land()
    assert company.ask(
        "select request_id, status, submitted_at::varchar, decided_at::varchar, requested_value::varchar, "
        "applicant_id, _ts_offsets from landed_hr.approval_requests order by 1"
    ) == [
        (
            "d1",
            "approved",
            "2017-01-09 09:49:50",
            "2017-07-10 11:00:00",
            "26.851205",
            None,
            '{"submitted_at":60,"decided_at":120}',
        ),
        (
            "d2",
            "withdrawn",
            "2017-01-09 09:00:00",
            "2017-01-11 09:00:00",
            "0.000000",
            None,
            '{"submitted_at":60,"decided_at":60}',
        ),
        ("d3", "pending", "2017-01-11 09:00:00", None, "5.000000", None, '{"submitted_at":60}'),
    ]
    assert company.ask("select request_id, step_no, step_type, action from landed_hr.approval_steps order by 1, 2") == [
        ("d1", 1, "submitted", "confirm"),
        ("d1", 2, "supervisor", "approve"),
        ("d2", 1, "submitted", "confirm"),
        ("d2", 2, "budget_owner", "reject"),
        ("d2", 3, "employee", "reject"),
        ("d3", 1, "saved", "confirm"),
    ]
    assert company.ask(
        "select opportunity_id, product_id, stage, amount::varchar from landed_crm.opportunities order by 1"
    ) == [
        ("A1", "GTX Pro", "won", "1054.00"),
        ("A2", "GTX Basic", "prospecting", None),
    ]
    assert company.ask("select org_unit_id, org_unit_type from landed_hr.org_units") == [("East", "branch")]
    assert counts(company, "dataset nulls first") == [
        (None, 1, 0, 0, 0, 1, 0),
        ("approval_requests", 7, 6, 0, 0, 1, 3),
        ("approval_steps", 7, 6, 0, 0, 1, 6),
        ("customers", 1, 0, 1, 0, 0, 0),
        ("employees", 2, 0, 2, 0, 0, 0),
        ("opportunities", 2, 2, 0, 0, 0, 2),
        ("org_units", 2, 2, 0, 0, 0, 1),
    ]


def test_shipped_profiles_are_sound():
    folders = [PROFILE_DIR, PROFILE_DIR / "examples"]
    assert len(load_profiles(folders)) == sum(len(list(Path(f).glob("*.yml"))) for f in folders)


@pytest.mark.parametrize("path", sorted(PROFILE_DIR.glob("*.yml")), ids=lambda path: path.stem)
def test_shipped_profiles_say_in_both_languages_how_they_are_known(path):
    profile = load_profile(path)
    assert profile.evidence and profile.title and profile.note
    for text in (profile.title, profile.note):
        assert text.zh.strip() and text.en.strip() and text.zh != text.en
    # Chinese that quotes field names, not English that quotes Chinese headers.
    assert len(re.findall(r"[\u4e00-\u9fff]", profile.note.zh)) > len(re.findall("[A-Za-z]+", profile.note.zh))
    assert "。" in profile.note.zh and "。" not in profile.note.en


def test_a_note_may_be_folded_between_chinese_characters(tmp_path):
    text = """
        name: x
        version: 1
        note:
          zh: >-
            已知：表头。
            推断：见于 CSV
            文件的列，
            “合　计” 2 行。
          en: >-
            Known: the
            header.
        match: {path: "x.csv"}
        ignore: [{name: all_rows, when: "true"}]
    """
    path = tmp_path / "x.yml"
    path.write_text(textwrap.dedent(text), encoding="utf-8")
    note = load_profile(path).note
    assert note is not None
    assert note.zh == "已知：表头。推断：见于 CSV 文件的列，“合　计” 2 行。"
    assert note.en == "Known: the header."
