"""Suites of the landed data: each kind of check passes on sound data and fails, telling what, on data that is not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import pytest

from pipelines.checks import CheckResult, run_raw_checks
from pipelines.contract import Contract, load_contract
from pipelines.settings import EXPECTATIONS_DIR

Landed = Callable[..., Path]


def only(contract: Contract, name: str) -> Contract:
    return Contract(datasets=(contract.get(name),))


def failures(results: list[CheckResult]) -> dict[str, CheckResult]:
    return {r.check_id: r for r in results if not r.passed}


def test_sound_data_passes_every_check(landed: Landed, contract: Contract) -> None:
    results = run_raw_checks(landed(), contract)
    assert failures(results) == {}
    assert {r.dataset for r in results} == {d.name for d in contract} | {"inbox"}
    assert len({r.check_id for r in results}) == len(results)
    assert {r.layer for r in results} == {"raw"}


def test_every_word_of_the_contract_becomes_a_check(landed: Landed, contract: Contract) -> None:
    names = {(r.dataset, r.check_name) for r in run_raw_checks(landed(), contract)}
    for dataset in contract:
        for column in dataset.columns:
            assert ((dataset.name, f"required.{column.name}") in names) == column.is_mandatory
            assert ((dataset.name, f"domain.{column.name}") in names) == (column.domain is not None)
            assert ((dataset.name, f"pattern.{column.name}") in names) == (column.pattern is not None)
            has_range = column.min is not None or column.max is not None
            assert ((dataset.name, f"range.{column.name}") in names) == has_range
            assert ((dataset.name, f"event_time.{column.name}") in names) == column.event_time


@pytest.mark.parametrize(
    ("statement", "check_id", "severity", "failing_keys"),
    [
        pytest.param(
            "alter table landed_crm.messages drop column edited_at",
            "raw.messages.columns",
            "blocking",
            [{"column": "edited_at", "problem": "missing"}],
            id="column missing",
        ),
        pytest.param(
            "alter table landed_crm.messages add column mood varchar",
            "raw.messages.columns",
            "blocking",
            [{"column": "mood", "problem": "unexpected"}],
            id="column too many",
        ),
        pytest.param(
            "alter table landed_finance.payroll alter column bonus type double",
            "raw.payroll.types",
            "blocking",
            [{"column": "bonus", "expected": "DECIMAL(18,2)", "found": "DOUBLE"}],
            id="type",
        ),
        pytest.param(
            "update landed_crm.messages set customer_id = null where message_id = 'message_id-4'",
            "raw.messages.required.customer_id",
            "blocking",
            [
                {
                    "message_id": "message_id-4",
                    "_source_file": "crm/messages.csv",
                    "_source_row": 6,
                    "customer_id": None,
                }
            ],
            id="required value missing",
        ),
        pytest.param(
            "update landed_crm.messages set sender = 'robot' where message_id = 'message_id-4'",
            "raw.messages.domain.sender",
            "blocking",
            [
                {
                    "message_id": "message_id-4",
                    "_source_file": "crm/messages.csv",
                    "_source_row": 6,
                    "sender": "robot",
                }
            ],
            id="outside domain",
        ),
        pytest.param(
            "update landed_finance.payroll set period = '2026-13' where employee_id = 'employee_id-4'",
            "raw.payroll.pattern.period",
            "blocking",
            [
                {
                    "employee_id": "employee_id-4",
                    "period": "2026-13",
                    "payment_type": "regular",
                    "_source_file": "finance/payroll.csv",
                    "_source_row": 6,
                }
            ],
            id="pattern",
        ),
        pytest.param(
            "update landed_attendance.punches set latitude = 90.5 where punch_id = 'punch_id-4'",
            "raw.punches.range.latitude",
            "blocking",
            [{"punch_id": "punch_id-4", "_source_file": "attendance/punches.csv", "_source_row": 6}],
            id="range, the value itself being personal",
        ),
        pytest.param(
            "update landed_crm.messages set _row_hash = null where message_id = 'message_id-4'",
            "raw.messages.evidence",
            "blocking",
            [
                {
                    "message_id": "message_id-4",
                    "_source_file": "crm/messages.csv",
                    "_source_row": 6,
                    "_row_hash": None,
                    "_batch_id": "batch-messages",
                    "_delivered_at": "2026-04-01T08:00:00",
                }
            ],
            id="no way back to the source",
        ),
        pytest.param(
            "update landed_crm.messages set sent_at = '2026-04-03 08:00:01' where message_id = 'message_id-4'",
            "raw.messages.event_time.sent_at",
            "warning",
            [
                {
                    "message_id": "message_id-4",
                    "_source_file": "crm/messages.csv",
                    "_source_row": 6,
                    "sent_at": "2026-04-03T08:00:01",
                }
            ],
            id="event after its delivery",
        ),
        pytest.param(
            "update landed_crm.messages set sent_at = '1900-01-01' where message_id = 'message_id-4'",
            "raw.messages.event_time.sent_at",
            "warning",
            None,
            id="event before anything",
        ),
        pytest.param(
            "update landed_finance.payroll set period = '2026-05' where employee_id = 'employee_id-4'",
            "raw.payroll.event_time.period",
            "warning",
            None,
            id="month after its delivery",
        ),
        pytest.param(
            "update landed_hr.identities set employee_id = null where _source_row = 6",
            "raw.identities.required.employee_id",
            "blocking",
            [
                {
                    "system": "system-4",
                    "valid_from": "2026-03-01T09:30:00",
                    "_source_file": "hr/identities.csv",
                    "_source_row": 6,
                    "employee_id": None,
                }
            ],
            id="personal part of the key is not told",
        ),
        pytest.param(
            "delete from landed_crm.messages",
            "raw.messages.rows",
            "blocking",
            [],
            id="accepted rows are not there",
        ),
        pytest.param(
            "update landed.batches set unknown_columns = '[\"mood\"]' where dataset = 'messages'",
            "raw.messages.unknown_columns",
            "warning",
            [
                {
                    "dataset": "messages",
                    "source_file": "crm/messages.csv",
                    "read_count": 10,
                    "quarantined_count": 0,
                    "unknown_columns": '["mood"]',
                }
            ],
            id="unknown column delivered",
        ),
        pytest.param(
            "insert into landed.files values ('crm/broken.xlsx', 'set_aside', 'unreadable', true)",
            "raw.inbox.files_read",
            "warning",
            [{"source_file": "crm/broken.xlsx", "set_aside_for": "unreadable"}],
            id="file set aside",
        ),
    ],
)
def test_check_fails_and_names_what_failed(
    landed: Landed, contract: Contract, statement: str, check_id: str, severity: str, failing_keys: list | None
) -> None:
    dataset = check_id.split(".")[1]
    asked = contract if dataset == "inbox" else only(contract, dataset)
    failed = failures(run_raw_checks(landed(statement), asked))
    assert check_id in failed
    result = failed[check_id]
    assert result.severity == severity
    assert result.failing_count is not None and result.failing_count >= 1
    if failing_keys is not None:
        assert result.failing_keys == failing_keys
    assert result.detail_zh and result.detail_en and result.detail_zh != result.detail_en


def test_only_the_broken_check_fails(landed: Landed, contract: Contract) -> None:
    database = landed("update landed_crm.messages set sender = 'robot' where message_id = 'message_id-4'")
    assert list(failures(run_raw_checks(database, contract))) == ["raw.messages.domain.sender"]


def test_detail_says_how_many_of_how_many(landed: Landed, contract: Contract) -> None:
    database = landed("update landed_crm.messages set sender = 'robot' where _source_row <= 4")
    result = failures(run_raw_checks(database, only(contract, "messages")))["raw.messages.domain.sender"]
    assert result.failing_count == 3
    assert "3 of 10 rows (30.00%)" in result.detail_en
    assert "10 行中有 3 行不符（30.00%）" in result.detail_zh
    assert result.observed == "30.00%"


def test_at_most_twenty_failing_keys_are_told_but_all_are_counted(landed: Landed, contract: Contract) -> None:
    database = landed("update landed_crm.messages set sender = 'robot'", row_count=200)
    result = failures(run_raw_checks(database, only(contract, "messages")))["raw.messages.domain.sender"]
    assert result.failing_count == 200
    assert len(result.failing_keys) == 20


def test_what_is_still_right_passes(landed: Landed, contract: Contract) -> None:
    database = landed(
        # at the very end of a range and of a window
        "update landed_attendance.punches set latitude = 90",
        "update landed_crm.messages set sent_at = '2026-04-03 08:00:00'",
        # plans, and what is told before it takes effect
        "update landed_attendance.schedules set shift_date = '2028-01-01'",
        "update landed_hr.employee_events set effective_date = '2026-12-01'",
        # optional values missing, one of a domain among them
        "update landed_crm.messages set order_id = null, message_type = null",
        # shares at their limit
        "update landed.batches set quarantined_count = 1, read_count = 100",
        # a delivery that does not count, and a file that is no longer there
        "insert into landed.batches select * replace (false as is_active, 1000 as read_count,"
        " 1000 as quarantined_count, '[\"mood\"]' as unknown_columns) from landed.batches",
        "insert into landed.files values ('crm/old.csv', 'set_aside', 'unreadable', false)",
    )
    assert failures(run_raw_checks(database, contract)) == {}


def test_dataset_never_delivered_is_only_asked_for_its_columns(landed: Landed, contract: Contract) -> None:
    database = landed("delete from landed_crm.messages", "delete from landed.batches where dataset = 'messages'")
    results = run_raw_checks(database, only(contract, "messages"))
    assert failures(results) == {}
    assert {r.check_name for r in results if r.dataset == "messages"} == {"columns", "types"}


def test_empty_delivery_only_warns(landed: Landed, contract: Contract) -> None:
    database = landed(
        "delete from landed_crm.messages",
        "update landed.batches set read_count = 0, accepted_count = 0 where dataset = 'messages'",
    )
    failed = failures(run_raw_checks(database, only(contract, "messages")))
    assert {(r.check_id, r.severity) for r in failed.values()} == {("raw.messages.rows", "warning")}


@pytest.mark.parametrize(
    ("row_count", "repeated", "expected"),
    [
        pytest.param(200, 2, {}, id="at the limit"),
        pytest.param(200, 3, {"raw.messages.repeated_keys": "warning"}, id="above the warning limit"),
        pytest.param(
            200,
            41,
            {"raw.messages.repeated_keys": "warning", "raw.messages.repeated_keys_limit": "blocking"},
            id="above the blocking limit",
        ),
        pytest.param(10, 5, {"raw.messages.repeated_keys": "warning"}, id="too few rows to block"),
    ],
)
def test_repeated_keys_of_one_file(
    landed: Landed, contract: Contract, row_count: int, repeated: int, expected: dict[str, str]
) -> None:
    statement = f"update landed_crm.messages set message_id = 'twice' where _source_row < {2 + repeated + 1}"
    failed = failures(run_raw_checks(landed(statement, row_count=row_count), only(contract, "messages")))
    assert {check_id: r.severity for check_id, r in failed.items()} == expected
    for result in failed.values():
        assert result.failing_count == repeated
        assert result.failing_keys == [
            {"message_id": "twice", "_source_file": "crm/messages.csv", "row_count": repeated + 1}
        ]


def test_key_delivered_again_by_a_later_file_is_not_repeated(landed: Landed, contract: Contract) -> None:
    database = landed(
        "insert into landed_crm.messages select * replace ('batch-2' as _batch_id) from landed_crm.messages"
    )
    assert failures(run_raw_checks(database, only(contract, "messages"))) == {}


@pytest.mark.parametrize(
    ("read", "quarantined", "expected"),
    [
        pytest.param(1000, 10, {}, id="at the warning limit"),
        pytest.param(1000, 11, {"raw.messages.quarantined_share": "warning"}, id="above it"),
        pytest.param(1000, 200, {"raw.messages.quarantined_share": "warning"}, id="at the blocking limit"),
        pytest.param(
            1000,
            201,
            {"raw.messages.quarantined_share": "warning", "raw.messages.quarantined_share_limit": "blocking"},
            id="above the blocking limit",
        ),
        pytest.param(99, 50, {"raw.messages.quarantined_share": "warning"}, id="too small a file to block"),
    ],
)
def test_quarantined_share(
    landed: Landed, contract: Contract, read: int, quarantined: int, expected: dict[str, str]
) -> None:
    database = landed(
        f"update landed.batches set read_count = {read}, quarantined_count = {quarantined} where dataset = 'messages'"
    )
    failed = failures(run_raw_checks(database, only(contract, "messages")))
    assert {check_id: r.severity for check_id, r in failed.items()} == expected
    for result in failed.values():
        assert result.failing_keys[0]["source_file"] == "crm/messages.csv"
        assert result.failing_keys[0]["quarantined_count"] == quarantined


@pytest.mark.parametrize(
    ("later_quarantined", "still_blocks"),
    [pytest.param(0, False, id="sound"), pytest.param(300, True, id="as broken")],
)
def test_broken_file_stops_blocking_once_a_sound_one_came_after_it(
    landed: Landed, contract: Contract, later_quarantined: int, still_blocks: bool
) -> None:
    database = landed(
        "update landed.batches set read_count = 1000, quarantined_count = 300 where dataset = 'messages'",
        "insert into landed.batches select * replace ('b2' as batch_id, 'crm/repaired.csv' as source_file,"
        f" delivered_at + interval 1 hour as delivered_at, {later_quarantined} as quarantined_count)"
        " from landed.batches where dataset = 'messages'",
    )
    failed = failures(run_raw_checks(database, only(contract, "messages")))
    assert "raw.messages.quarantined_share" in failed
    assert ("raw.messages.quarantined_share_limit" in failed) == still_blocks


@pytest.mark.parametrize(
    ("corrected", "still_blocks"),
    [pytest.param(150, False, id="most of them"), pytest.param(10, True, id="a few of them")],
)
def test_rows_that_came_back_corrected_count_for_their_own_file(
    landed: Landed, contract: Contract, corrected: int, still_blocks: bool
) -> None:
    """The workbook that brought them is not judged: most of its rows may still be wrong."""
    database = landed(
        "update landed.batches set read_count = 1000, quarantined_count = 300, source_sha256 = 'a'"
        " where dataset = 'messages'",
        "insert into landed.batches select * replace ('b2' as batch_id, 'corrections.xlsx' as source_file,"
        f" delivered_at + interval 1 second as delivered_at, 'b' as source_sha256, 'a' as repairs, 300 as read_count,"
        f" {corrected} as accepted_count, {300 - corrected} as quarantined_count)"
        " from landed.batches where dataset = 'messages'",
    )
    failed = failures(run_raw_checks(database, only(contract, "messages")))
    assert ("raw.messages.quarantined_share_limit" in failed) == still_blocks
    assert all(key["source_file"] == "crm/messages.csv" for r in failed.values() for key in r.failing_keys)


def test_missing_relation_fails_every_check_of_the_dataset_and_says_so(landed: Landed, contract: Contract) -> None:
    results = run_raw_checks(landed("drop table landed_crm.messages"), contract)
    of_relation = [r for r in results if r.dataset == "messages" and "could not be checked" in r.detail_en]
    assert {"raw.messages.columns", "raw.messages.rows", "raw.messages.evidence"} <= {r.check_id for r in of_relation}
    assert all(not r.passed and r.failing_count is None and "messages" in r.detail_en for r in of_relation)
    assert all(r.passed for r in results if r.dataset != "messages")


def test_error_while_reading_fails_the_checks_with_its_message(landed: Landed, contract: Contract) -> None:
    database = landed(
        "alter table landed_crm.messages rename to kept",
        "create view landed_crm.messages as select * replace (cast(error('disk on fire') as varchar) as sender)"
        " from landed_crm.kept",
    )
    results = {r.check_id: r for r in run_raw_checks(database, only(contract, "messages"))}
    broken = results["raw.messages.domain.sender"]
    assert not broken.passed and broken.severity == "blocking"
    assert "disk on fire" in broken.detail_en and "disk on fire" in broken.detail_zh
    assert results["raw.messages.columns"].passed


def test_column_without_which_a_check_cannot_be_carried_out_fails_that_check(
    landed: Landed, contract: Contract
) -> None:
    failed = failures(
        run_raw_checks(landed("alter table landed_crm.messages drop column sender"), only(contract, "messages"))
    )
    assert {"raw.messages.columns", "raw.messages.domain.sender", "raw.messages.required.sender"} == set(failed)
    assert "could not be checked" in failed["raw.messages.domain.sender"].detail_en


def test_database_without_register_is_no_pass(landed: Landed, contract: Contract) -> None:
    with pytest.raises(duckdb.CatalogException):
        run_raw_checks(landed("drop table landed.batches"), contract)


def test_file_can_be_written_again_afterwards(landed: Landed, contract: Contract) -> None:
    database = landed("drop table landed_crm.messages")
    run_raw_checks(database, contract)
    with duckdb.connect(str(database)) as con:
        con.execute("create table written as select 1 as one")


def test_whole_contract_can_be_planned_and_names_no_check_twice() -> None:
    from pipelines.checks.raw import Delivery, plan_raw_suites
    from pipelines.checks.thresholds import load_thresholds

    contract = load_contract()
    thresholds = load_thresholds(EXPECTATIONS_DIR / "thresholds.yml").raw
    suites = plan_raw_suites(contract, thresholds, {d.name: Delivery(1, 1) for d in contract})
    names = [(s.dataset, c.name) for s in suites for c in s.checks]
    assert len(suites) == len(contract.datasets) + 2
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("at_most", "until", "severity"),
    [
        pytest.param(1, "2026-12-31", "warning", id="within number and date"),
        pytest.param(0, "2026-12-31", "blocking", id="more than agreed"),
        pytest.param(1, "2026-04-30", "blocking", id="the date is over"),
    ],
)
def test_known_failure_only_warns_within_what_was_agreed(
    landed: Landed, contract: Contract, tmp_path: Path, at_most: int, until: str, severity: str
) -> None:
    text = (EXPECTATIONS_DIR / "thresholds.yml").read_text(encoding="utf-8")
    entry = (
        f"tolerated: [{{check_id: raw.messages.domain.sender, at_most: {at_most}, until: {until}, reason: old client}}]"
    )
    (tmp_path / "thresholds.yml").write_text(text.replace("tolerated: []", entry), encoding="utf-8")
    database = landed("update landed_crm.messages set sender = 'robot' where message_id = 'message_id-4'")
    failed = failures(
        run_raw_checks(database, only(contract, "messages"), expectations=tmp_path, today=date(2026, 5, 1))
    )
    result = failed["raw.messages.domain.sender"]
    assert result.severity == severity
    assert ("old client" in result.detail_en) == (severity == "warning")
