"""A company that delivers what its systems export, as they export it: 北森 is the roster, 企业微信 and 钉钉 keep
attendance, i人事 keeps sign records. Accounts become employee numbers on the way; nobody is guessed, nobody is dropped.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType

import pytest

from tests.support.company import TINY_COMPANY
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
DELIVERED_AT = "2026-04-10T12:00:00+08:00"


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> CompiledWarehouse:
    return _company(tmp_path_factory.mktemp("vendors"))


def _company(root: Path, more: Mapping[str, str] = MappingProxyType({})) -> CompiledWarehouse:
    """Its exports, and `more` on the same day."""
    own = {name: text for name, text in TINY_COMPANY.items() if name != "hr/employees.csv"}
    warehouse = CompiledWarehouse(root)
    warehouse.deliver(own | {"hr/identities.csv": IDENTITIES} | FILES | more, DELIVERED_AT)
    warehouse.build()
    return warehouse


def test_every_export_is_recognised_and_nothing_that_blocks_failed(company: CompiledWarehouse) -> None:
    files = company.query("select source_file, status from landed.files where source_file like 'drop/%' order by 1")
    assert files == [(name, "landed") for name in sorted(FILES)]
    assert company.failures() == []


def test_the_roster_export_is_the_companys_staff(company: CompiledWarehouse) -> None:
    people = company.query("select employee_id, full_name from staging.stg_hr__employees order by 1")
    assert people == [("E1", "王一"), ("E2", "李二"), ("E3", "张三")]
    assert {who for (who,) in company.query("select employee_id from core.dim_employee")} >= {"E1", "E2", "E3"}
    violations = set(company.query("select rule_id, subject_id from compliance.fct_violations"))
    assert {("DISC-01", "O1/1"), ("RED-01", "M2")} <= violations


def test_one_person_of_three_systems_is_one_employee(company: CompiledWarehouse) -> None:
    """账号 in 企业微信, UserId in 钉钉 (told by another 钉钉 file), the staff id in 北森: all E1."""
    punches = company.query(
        "select employee_id, split_part(_source_file, '#', 1), count(*) from staging.stg_attendance__punches "
        "where employee_id = 'E1' group by all order by 2"
    )
    assert punches == [
        ("E1", "drop/2.xlsx", 2),
        ("E1", "drop/3.xlsx", 2),
        ("E1", "drop/4.xlsx", 2),
        ("E1", "drop/5.jsonl", 2),
    ]
    results = company.query(
        "select work_date::varchar from staging.stg_attendance__daily_results where employee_id = 'E1' order by 1"
    )
    assert results == [("2026-02-02",), ("2026-02-04",), ("2026-02-05",)]
    assert {who for (who,) in company.query("select employee_id from staging.stg_attendance__leaves")} == {"E1"}


def test_sign_records_of_ihr360_belong_to_the_employee(company: CompiledWarehouse) -> None:
    rows = company.query(
        "select employee_id, punched_at::varchar from staging.stg_attendance__punches "
        "where _source_file = 'drop/7.jsonl' order by 2"
    )
    assert rows == [("E2", "2026-02-03 08:55:10"), ("E2", "2026-02-03 18:20:00")]


def test_an_account_belongs_to_whoever_had_it_on_that_day(company: CompiledWarehouse) -> None:
    for model, day in (("daily_results", "work_date"), ("schedules", "shift_date"), ("punches", "punched_at")):
        owners = company.query(
            f"select distinct employee_id, {day}::date::varchar from staging.stg_attendance__{model} "
            "where _source_file like 'drop/2.xlsx%' and employee_id <> 'E1' order by 2, 1"
        )
        assert owners == [("E2", "2026-01-30"), ("E3", "2026-02-02"), ("wecom:Nobody", "2026-02-02")], model


def test_an_account_without_an_identity_stays_and_is_listed(company: CompiledWarehouse) -> None:
    left = company.query(
        "select employee_id, count(*) from staging.stg_attendance__punches where employee_id like '%:%' "
        "group by all order by 1"
    )
    assert left == [("dingtalk:u-guest", 2), ("wecom:Nobody", 2)]
    listed = set(
        company.query("select dataset, column_name, person, row_count from staging.stg_landed__unresolved_people")
    )
    assert {
        ("punches", "employee_id", "wecom:Nobody", 2),
        ("daily_results", "employee_id", "wecom:Nobody", 1),
        ("schedules", "employee_id", "wecom:Nobody", 1),
        ("punches", "employee_id", "dingtalk:u-guest", 2),
        ("daily_results", "employee_id", "dingtalk:u-guest", 1),
    } <= listed
    assert {person for _, _, person, _ in listed} == {"wecom:Nobody", "dingtalk:u-guest"}


def test_a_later_identity_corrects_what_is_there_and_two_accounts_of_one_person_block_nothing(tmp_path: Path) -> None:
    """`Nobody` was E3, who had the `Desk` that day as well: the day of a person is one row, the other is superseded."""
    later = "system,account,valid_from,employee_id\nwecom,Nobody,2025-01-01 00:00:00,E3\n"
    company = _company(tmp_path, {"hr/identities_later.csv": later})
    people = company.query("select distinct person from staging.stg_landed__unresolved_people")
    assert people == [("dingtalk:u-guest",)]
    assert company.failures() == []
