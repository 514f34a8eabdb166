"""Qianniu chats in the three shapes that exporters give them, and sessions of an online service."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.vendors.builders_shop import (
    BUYER,
    COPIED_LINES,
    COPIED_TALK,
    OTHER_BUYER,
    OTHER_TALK,
    SHOP_ACCOUNT,
    TALK,
    Said,
    chat_cells,
    chat_sheet,
    chat_summary,
    copied_chat,
    sessions,
)
from tests.vendors.files_finance import Sheet, delimited, xlsx
from tests.vendors.landing_finance import Counted, Landed, in_cells

SHEETS = "drop/x1_20260305-20260305.xlsx"
SHEETS_UNDATED = "drop/x1.xlsx"
CELLS = "drop/x2.xlsx"
CELLS_CSV = "drop/x3.csv"
COPIED = "drop/x4.txt"
COPIED_GBK = "drop/x5.txt"
COPIED_BOM = "drop/x6.txt"
SESSIONS = "drop/s1.xlsx"
SESSIONS_CSV = "drop/s2.csv"

COPIED_FILES = [COPIED, COPIED_GBK, COPIED_BOM]
COPIED_NAMES = ["crlf", "gbk", "utf16"]
LONG_NAME = f"{BUYER}的超级长的昵称一直写到三十一个字为止就断"[:31]


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Landed:
    exported = "2026-03-05 18:00:00"
    return Landed(
        tmp_path_factory.mktemp("chat"),
        {
            SHEETS: xlsx(
                Sheet("导出汇总", chat_summary(exported)),
                Sheet(LONG_NAME, chat_sheet(BUYER, TALK)),
                Sheet(OTHER_BUYER, chat_sheet(OTHER_BUYER, OTHER_TALK)),
            ),
            SHEETS_UNDATED: xlsx(Sheet(OTHER_BUYER, chat_sheet(OTHER_BUYER, OTHER_TALK))),
            CELLS: xlsx(Sheet("Sheet1", chat_cells())),
            CELLS_CSV: delimited(chat_cells(), "utf-8-sig"),
            COPIED: copied_chat().encode(),
            COPIED_GBK: copied_chat("\n").encode("gbk"),
            COPIED_BOM: copied_chat().encode("utf-16"),
            SESSIONS: xlsx(Sheet("会话", sessions())),
            SESSIONS_CSV: delimited(sessions(), "gbk"),
        },
        delivered_at=datetime(2026, 3, 5, 10, tzinfo=UTC),
    )


def expected(talk: tuple[Said, ...]) -> list[tuple]:
    return [(x.at, x.sender, x.text) for x in talk]


def said(landed: Landed, file: str, where: str = "true", order: str = "_source_row, sent_at") -> list[tuple]:
    rows = landed.rows(file, "messages", "sent_at::varchar, sender, text", order, where)
    return [(at, sender, text.replace("\r\n", "\n")) for at, sender, text in rows]


def of_buyer(buyer: str) -> str:
    return f"ends_with(customer_id, '{buyer}') and sender in ('agent', 'customer')"


@pytest.mark.parametrize("file", [SHEETS, CELLS, CELLS_CSV], ids=["sheets", "cells", "cells_csv"])
@pytest.mark.parametrize(("buyer", "talk"), [(BUYER, TALK), (OTHER_BUYER, OTHER_TALK)], ids=["first", "second"])
def test_talks_land_message_by_message(landed: Landed, file: str, buyer: str, talk: tuple[Said, ...]) -> None:
    landed.recognised(file, "messages")
    assert said(landed, file, of_buyer(buyer)) == expected(talk)


@pytest.mark.parametrize("file", [SHEETS, CELLS, COPIED], ids=["sheets", "cells", "copied"])
def test_every_message_names_the_agent_of_the_talk_by_account(landed: Landed, file: str) -> None:
    assert landed.rows(file, "messages", "distinct employee_id", "1", "sender <> 'system'") == [
        (f"qianniu:{SHOP_ACCOUNT}",)
    ]


@pytest.mark.parametrize("file", [SHEETS, CELLS], ids=["sheets", "cells"])
def test_a_talk_is_one_conversation_and_each_message_is_its_own(landed: Landed, file: str) -> None:
    people = "sender in ('agent', 'customer')"
    rows = landed.rows(file, "messages", "customer_id, conversation_id, message_id", where=people)
    assert len({message for _, _, message in rows}) == len(rows) == len(TALK) + len(OTHER_TALK)
    assert len({(customer, talk) for customer, talk, _ in rows}) == 2


def test_sheets_of_all_customers_are_read_and_the_list_of_the_export_holds_no_messages(landed: Landed) -> None:
    batch = landed.batch(SHEETS, "messages")
    assert batch.accepted_count == len(TALK) + len(OTHER_TALK)
    assert batch.quarantined_count == 0
    assert landed.rows(SHEETS, "messages", "count(*)", "1", "text like '%失联%'") == [(0,)]


def test_times_without_any_day_are_not_believed(landed: Landed) -> None:
    assert landed.code(SHEETS_UNDATED) not in (None, "not_recognised")


def test_a_talk_in_one_cell_counts_as_one_record(landed: Landed) -> None:
    assert landed.counted(CELLS, "messages") == Counted(2, 2)
    assert landed.batch(CELLS, "messages").landed_count == len(TALK) + len(OTHER_TALK)


@pytest.mark.parametrize("file", COPIED_FILES, ids=COPIED_NAMES)
def test_copied_text_lands_message_by_message(landed: Landed, file: str) -> None:
    landed.recognised(file, "messages")
    assert said(landed, file, "sender in ('agent', 'customer')", "sent_at") == expected(COPIED_TALK)


@pytest.mark.parametrize("file", COPIED_FILES, ids=COPIED_NAMES)
def test_noise_marks_and_recalls_are_part_of_no_message(landed: Landed, file: str) -> None:
    texts = in_cells(landed.rows(file, "messages", "text", where="sender in ('agent', 'customer')"))
    for noise in ("已读", "未读", "发送中", "撤回了一条消息", "当前用户来自", "转交给", "-->"):
        assert not any(noise in text for text in texts), noise


@pytest.mark.parametrize("file", COPIED_FILES, ids=COPIED_NAMES)
def test_every_copied_line_is_accounted_for(landed: Landed, file: str) -> None:
    counted = landed.counted(file, "messages")
    assert counted.read == len(COPIED_LINES)
    assert counted.quarantined == 0


def test_copied_text_knows_the_customer_although_digits_touch_the_date(landed: Landed) -> None:
    customers = landed.rows(COPIED, "messages", "distinct customer_id", "1", "sender <> 'system'")
    assert len(customers) == 1
    assert customers[0][0].endswith(BUYER)


def test_all_shapes_name_the_customer_alike(landed: Landed) -> None:
    named = {
        landed.rows(file, "messages", "distinct customer_id", "1", of_buyer(BUYER))[0]
        for file in (SHEETS, CELLS, COPIED)
    }
    assert len(named) == 1


@pytest.mark.parametrize("file", [SESSIONS, SESSIONS_CSV], ids=["xlsx", "csv_gbk"])
def test_sessions_land_as_tickets(landed: Landed, file: str) -> None:
    landed.recognised(file, "tickets")
    rows = landed.rows(
        file,
        "tickets",
        "ticket_id, customer_id, category, opened_at::varchar, first_response_at::varchar, resolved_at::varchar",
    )
    assert rows == [
        ("S1", "U100", "售后/退款", "2026-03-01 09:00:00", "2026-03-01 09:00:35", "2026-03-01 09:10:00"),
        ("S2", "U100", "咨询", "2026-03-01 23:55:00", "2026-03-01 23:55:35", "2026-03-02 00:05:00"),
        ("S3", "U100", "投诉", "2026-03-02 10:00:00", None, "2026-03-02 10:10:00"),
    ]
    assert landed.rows(file, "tickets", "satisfaction") == [(5,), (2,), (None,)]
    assert all(employee.endswith("KF01") for (employee,) in landed.rows(file, "tickets", "employee_id"))
    assert landed.counted(file, "tickets") == Counted(3, 3)
    assert any("FO-7" in cell for cell in in_cells(landed.rows(file, "tickets", "_extra")))
