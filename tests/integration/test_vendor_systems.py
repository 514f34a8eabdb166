"""A company that delivers what its systems export, as they export it: 北森 is the roster, 企业微信 and 钉钉 keep
attendance, i人事 keeps sign records. Accounts become employee numbers on the way; nobody is guessed, nobody is dropped.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from tests.integration.conftest import Company
from tests.support.company import TINY_COMPANY, write_inbox
from tests.support.compiled import CompiledWarehouse
from tests.vendors import builders_beisen as beisen
from tests.vendors import builders_dingtalk as dingtalk
from tests.vendors import builders_ihr360 as ihr360
from tests.vendors import builders_wecom as wecom

# E1 and E2 have accounts in several systems. `Desk` was handed from E2 to E3 at the end of January.
IDENTITIES = """
system,account,valid_from,employee_id,valid_to
wecom,WangYi,2024-01-01 00:00:00,E1,
wecom,Desk,2024-01-01 00:00:00,E2,2026-02-01 00:00:00
wecom,Desk,2026-02-01 00:00:00,E3,
beisen,118200335,2024-01-01 00:00:00,E1,
ihr360,8a1f03,2024-01-01 00:00:00,E2,
"""
FILES = {
    "drop/1.xlsx": beisen.roster_of(
        [
            ("E1", "王一", "B1", "P1", "2024-01-01"),
            ("E2", "李二", "B1", "P2", "2020-01-01"),
            ("E3", "张三", "G", "P2", "2021-01-01"),
        ]
    ),
    "drop/2.xlsx": wecom.report_of(
        [
            ("2026/02/02 星期一", "王一", "WangYi"),
            ("2026/02/02 星期一", "前台", "Desk"),
            ("2026/02/02 星期一", "谁也不是", "Nobody"),
            ("2026/01/30 星期五", "前台", "Desk"),
        ],
        wecom.period_line("01-30", "02-02", "2026-02-03 08:00"),
    ),
    # The first file tells whose the UserId is; the second has the UserId alone.
    "drop/3.xlsx": dingtalk.plain_days([("王一", "u-wang", "E1")], date(2026, 2, 4)),
    "drop/4.xlsx": dingtalk.plain_days([("王一", "u-wang", None), ("过客", "u-guest", None)], date(2026, 2, 5)),
    "drop/5.jsonl": beisen.punches(),
    "drop/6.jsonl": beisen.leaves(),
    "drop/7.jsonl": ihr360.sign_records("8a1f03"),
}
DELIVERED = datetime(2026, 4, 10, 4, tzinfo=UTC).timestamp()


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    root = tmp_path_factory.mktemp("vendors")
    texts = {name: text for name, text in TINY_COMPANY.items() if name != "hr/employees.csv"}
    inbox = write_inbox(root / "inbox", texts | {"hr/identities.csv": IDENTITIES})
    for name, content in FILES.items():
        path = inbox / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    for path in inbox.rglob("*.*"):
        os.utime(path, (DELIVERED, DELIVERED))
    company = Company(inbox, root / "data")
    company.run()
    return company


@pytest.fixture(scope="module")
def staged(company: Company) -> Callable[[str], list[tuple[Any, ...]]]:
    """Asks the staged and core tables, which a finished run does not keep."""
    warehouse = CompiledWarehouse(company.inbox.parent)
    warehouse.build_landed()
    return warehouse.query


def test_every_export_is_recognised_and_balanced(company: Company) -> None:
    files = company.query("select source_file, status from quality.files where source_file like 'drop/%' order by 1")
    assert files == [(name, "landed") for name in sorted(FILES)]
    assert company.query("select count(*) from quality.reconciliation where not is_balanced") == [(0,)]


def test_the_roster_export_is_the_companys_staff(company: Company, staged: Callable[[str], list[tuple]]) -> None:
    people = staged("select employee_id, full_name from staging.stg_hr__employees order by 1")
    assert people == [("E1", "王一"), ("E2", "李二"), ("E3", "张三")]
    assert {who for (who,) in staged("select employee_id from core.dim_employee")} >= {"E1", "E2", "E3"}
    violations = set(company.query("select rule_id, subject_id from compliance.fct_violations"))
    assert {("DISC-01", "O1/1"), ("RED-01", "M2")} <= violations


def test_one_person_of_three_systems_is_one_employee(staged: Callable[[str], list[tuple]]) -> None:
    """账号 in 企业微信, UserId in 钉钉 (told by another 钉钉 file), the staff id in 北森: all E1."""
    punches = staged(
        "select employee_id, split_part(_source_file, '#', 1), count(*) from staging.stg_attendance__punches "
        "where employee_id = 'E1' group by all order by 2"
    )
    assert punches == [
        ("E1", "drop/2.xlsx", 2),
        ("E1", "drop/3.xlsx", 2),
        ("E1", "drop/4.xlsx", 2),
        ("E1", "drop/5.jsonl", 2),
    ]
    results = staged(
        "select work_date::varchar from staging.stg_attendance__daily_results where employee_id = 'E1' order by 1"
    )
    assert results == [("2026-02-02",), ("2026-02-04",), ("2026-02-05",)]
    assert {who for (who,) in staged("select employee_id from staging.stg_attendance__leaves")} == {"E1"}


def test_sign_records_of_ihr360_belong_to_the_employee(staged: Callable[[str], list[tuple]]) -> None:
    rows = staged(
        "select employee_id, punched_at::varchar from staging.stg_attendance__punches "
        "where _source_file = 'drop/7.jsonl' order by 2"
    )
    assert rows == [("E2", "2026-02-03 08:55:10"), ("E2", "2026-02-03 18:20:00")]


def test_an_account_belongs_to_whoever_had_it_on_that_day(staged: Callable[[str], list[tuple]]) -> None:
    for model, day in (("daily_results", "work_date"), ("schedules", "shift_date"), ("punches", "punched_at")):
        owners = staged(
            f"select distinct employee_id, {day}::date::varchar from staging.stg_attendance__{model} "
            "where _source_file like 'drop/2.xlsx%' and employee_id <> 'E1' order by 2, 1"
        )
        assert owners == [("E2", "2026-01-30"), ("E3", "2026-02-02"), ("wecom:Nobody", "2026-02-02")], model


def test_an_account_without_an_identity_stays_and_is_listed(
    company: Company, staged: Callable[[str], list[tuple]]
) -> None:
    left = staged(
        "select employee_id, count(*) from staging.stg_attendance__punches where employee_id like '%:%' "
        "group by all order by 1"
    )
    assert left == [("dingtalk:u-guest", 2), ("wecom:Nobody", 2)]
    listed = set(company.query("select dataset, column_name, person, row_count from quality.unresolved_people"))
    assert {
        ("punches", "employee_id", "wecom:Nobody", 2),
        ("daily_results", "employee_id", "wecom:Nobody", 1),
        ("schedules", "employee_id", "wecom:Nobody", 1),
        ("punches", "employee_id", "dingtalk:u-guest", 2),
        ("daily_results", "employee_id", "dingtalk:u-guest", 1),
    } <= listed
    assert {person for _, _, person, _ in listed} == {"wecom:Nobody", "dingtalk:u-guest"}


@pytest.fixture(scope="module")
def company_with_a_later_identity(company: Company, tmp_path_factory: pytest.TempPathFactory) -> Company:
    """The same deliveries and one more file of identities: `Nobody` was E3, who had the `Desk` that day as well."""
    root = tmp_path_factory.mktemp("later")
    again = Company(root / "inbox", root / "data")
    shutil.copytree(company.inbox, again.inbox)
    later = "system,account,valid_from,employee_id\nwecom,Nobody,2025-01-01 00:00:00,E3\n"
    write_inbox(again.inbox, {"hr/identities_later.csv": later})
    again.run()
    return again


def test_an_identity_that_comes_later_corrects_what_is_there_already(company_with_a_later_identity: Company) -> None:
    """Nothing has to be delivered again when it becomes known whose an account is."""
    people = company_with_a_later_identity.query("select distinct person from quality.unresolved_people")
    assert people == [("dingtalk:u-guest",)]


def test_two_accounts_of_one_person_in_one_file_do_not_keep_it_from_being_published(
    company_with_a_later_identity: Company,
) -> None:
    """Both accounts have a result of the same day, and the day of a person is one row: the other is superseded."""
    unbalanced = "select count(*) from quality.reconciliation where not is_balanced"
    assert company_with_a_later_identity.query(unbalanced) == [(0,)]
    failed = "select check_id from quality.checks where severity = 'blocking' and not passed"
    assert company_with_a_later_identity.query(failed) == []
