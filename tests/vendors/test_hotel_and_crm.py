"""Foxhis, 纷享销客, 销售易 and Salesforce: guests, stays, customers and opportunities under names that mean nothing."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest

from tests.vendors.builders_shop import (
    DEALS,
    OPPORTUNITIES,
    STAYS,
    foxhis_guests,
    foxhis_master,
    fxiaoke_accounts,
    fxiaoke_opportunities,
    salesforce_accounts,
    salesforce_opportunities,
    salesforce_users,
    xiaoshouyi_accounts,
)
from tests.vendors.files_finance import Sheet, delimited, xls, xlsx
from tests.vendors.landing_finance import Counted, Landed, in_cells

MASTER = "drop/x1.csv"
MASTER_XLSX = "drop/x2.xlsx"
GUESTS = "drop/x3.xls"
FXIAOKE = "drop/f1.xlsx"
FXIAOKE_MS = "drop/f2.csv"
FXIAOKE_DEALS = "drop/f3.csv"
XIAOSHOUYI = "drop/n1.csv"
ACCOUNTS = "drop/s1.csv"
OPPORTUNITY = "drop/s2.csv"
USERS = "drop/s3.csv"


def epoch_accounts() -> list[list]:
    """The same customers as the interface gives them: moments as milliseconds."""
    rows = fxiaoke_accounts()
    at = rows[0].index("create_time")
    for row in rows[1:]:
        moment = datetime.fromisoformat(f"{row[at]}+08:00")
        row[at] = int(moment.timestamp() * 1000)
    return rows


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Landed:
    return Landed(
        tmp_path_factory.mktemp("crm"),
        {
            MASTER: delimited(foxhis_master(), "gbk"),
            MASTER_XLSX: xlsx(Sheet("master", foxhis_master())),
            GUESTS: xls(Sheet("Sheet1", foxhis_guests(), ("A1:R1",))),
            FXIAOKE: xlsx(Sheet("AccountObj", fxiaoke_accounts())),
            FXIAOKE_MS: delimited(epoch_accounts(), "utf-8-sig"),
            FXIAOKE_DEALS: delimited(fxiaoke_opportunities(), "utf-8-sig"),
            XIAOSHOUYI: delimited(xiaoshouyi_accounts()),
            ACCOUNTS: delimited(salesforce_accounts(), quote_all=True),
            USERS: delimited(salesforce_users(), quote_all=True),
            OPPORTUNITY: delimited(salesforce_opportunities(), quote_all=True, newline="\n"),
        },
    )


# ------------------------------------------------------------ Foxhis


@pytest.mark.parametrize("file", [MASTER, MASTER_XLSX], ids=["csv_gbk", "xlsx"])
def test_stays_land_as_orders_of_the_guest(landed: Landed, file: str) -> None:
    found = landed.of(file)
    landed.recognised(file, *({"orders"} | (set(found) & {"customers"})))
    rows = landed.rows(file, "orders", "order_id, customer_id, ordered_at::varchar")
    assert rows == [(s.account, s.guest, s.booked) for s in STAYS]
    statuses = [status for (status,) in landed.rows(file, "orders", "status")]
    assert all(status in stay.status for status, stay in zip(statuses, STAYS, strict=True)), statuses
    counted = landed.counted(file, "orders")
    assert (counted.accepted, counted.quarantined) == (len(STAYS), 0)


@pytest.mark.parametrize("file", [MASTER, MASTER_XLSX], ids=["csv_gbk", "xlsx"])
def test_a_stay_costs_all_its_nights(landed: Landed, file: str) -> None:
    # the public price before, the agreed price after any discount, both for the whole stay
    rows = landed.rows(file, "orders", "list_amount, net_amount")
    assert rows == [(Decimal(s.rate * s.nights), Decimal(s.agreed * s.nights)) for s in STAYS]


def test_the_seller_is_named_by_account_or_not_at_all(landed: Landed) -> None:
    rows = landed.rows(MASTER, "orders", "employee_id")
    assert rows == [(f"foxhis:{s.seller}" if s.seller else None,) for s in STAYS]


def test_guest_list_is_recognised_and_its_total_is_no_guest(landed: Landed) -> None:
    found = landed.of(GUESTS)
    assert found, landed.why(GUESTS)
    assert set(found) <= {"customers", "orders"}
    landed.recognised(GUESTS, *found)
    for dataset, batch in found.items():
        assert batch.quarantined_count == 0, landed.faults(GUESTS, dataset)
        assert batch.ignored_count >= 1
    if "orders" in found:
        rows = landed.rows(GUESTS, "orders", "order_id")
        assert rows == [(s.account,) for s in STAYS]
    if "customers" in found:
        assert landed.rows(GUESTS, "customers", "customer_name, count(*)", "1", "true group by 1") != []


# ------------------------------------------------------------ 纷享销客, 销售易


@pytest.mark.parametrize("file", [FXIAOKE, FXIAOKE_MS], ids=["text_times", "milliseconds"])
def test_fxiaoke_customers_land(landed: Landed, file: str) -> None:
    landed.recognised(file, "customers")
    rows = landed.rows(file, "customers", "customer_name, owner_id")
    # nobody owns what lies in the public pool
    assert rows == [("示例科技有限公司", "fxiaoke:FSUID_7A01"), ("无主商贸", None)]
    phones = [phone for (phone,) in landed.rows(file, "customers", "contact_phone")]
    assert phones[0] == "0571-88880001"
    assert phones[1] in (None, "138****0002"), "a masked number is no number, or stays as it is"
    assert landed.counted(file, "customers") == Counted(2, 2)


@pytest.mark.parametrize("file", [FXIAOKE, FXIAOKE_MS], ids=["text_times", "milliseconds"])
def test_fxiaoke_numbers_moments_and_state(landed: Landed, file: str) -> None:
    rows = landed.rows(file, "customers", "customer_id, status = 'signed'")
    assert rows == [("20260105-000001", True), ("20260105-000002", False)]
    moments = landed.rows(file, "customers", "created_at, _ts_offsets")
    # wall-clock time in China, or the same moment with its offset beside it
    assert moments[0] in [(datetime(2026, 1, 5, 9, 30), None), (datetime(2026, 1, 5, 1, 30), '{"created_at":0}')]


def test_fxiaoke_fields_of_the_company_itself_are_kept(landed: Landed) -> None:
    assert any("战略客户" in cell for cell in in_cells(landed.rows(FXIAOKE, "customers", "_extra")))


def test_fxiaoke_opportunities_land(landed: Landed) -> None:
    landed.recognised(FXIAOKE_DEALS, "opportunities")
    rows = landed.rows(
        FXIAOKE_DEALS, "opportunities", "opportunity_id, customer_id, employee_id, amount::varchar, opened_at::varchar"
    )
    assert rows == [
        (ident, "acc1", "fxiaoke:FSUID_7A01", amount, "2026-02-01 16:30:00") for ident, _, _, _, amount in DEALS
    ]
    stages = [stage for (stage,) in landed.rows(FXIAOKE_DEALS, "opportunities", "stage")]
    assert all(stage in fair for stage, (_, _, _, fair, _) in zip(stages, DEALS, strict=True)), stages
    assert any("重点" in cell for cell in in_cells(landed.rows(FXIAOKE_DEALS, "opportunities", "_extra")))


def test_xiaoshouyi_customers_land(landed: Landed) -> None:
    landed.recognised(XIAOSHOUYI, "customers")
    rows = landed.rows(XIAOSHOUYI, "customers", "customer_id, customer_name")
    assert rows == [("3000000000000001", "示例科技有限公司"), ("3000000000000002", "甲方集团")]
    owners = [o for (o,) in landed.rows(XIAOSHOUYI, "customers", "owner_id")]
    assert [owner.rpartition(":")[2] for owner in owners] == ["9001", "9002"]
    kept = in_cells(landed.rows(XIAOSHOUYI, "customers", "_extra"))
    assert any("战略客户" in cell for cell in kept) and any("华东" in cell for cell in kept)


# ------------------------------------------------------------ Salesforce


def test_salesforce_accounts_land(landed: Landed) -> None:
    landed.recognised(ACCOUNTS, "customers")
    rows = landed.rows(ACCOUNTS, "customers", "customer_id, customer_name, owner_id, created_at, _ts_offsets")
    owner, moment = "salesforce:0055g00000AAAA1AAX", datetime(2026, 1, 5, 1, 30)
    assert rows == [
        ("0015g00000XXXX1AAA", "Acme 上海", owner, moment, '{"created_at":0}'),
        ("0015g00000XXXX2AAA", "Globex", owner, moment, '{"created_at":0}'),
    ]
    assert any("EAST-7" in cell for cell in in_cells(landed.rows(ACCOUNTS, "customers", "_extra")))


def test_salesforce_opportunities_land(landed: Landed) -> None:
    landed.recognised(OPPORTUNITY, "opportunities")
    rows = landed.rows(
        OPPORTUNITY, "opportunities", "opportunity_id, customer_id, employee_id, stage, amount::varchar, opened_at"
    )
    assert rows == [
        (ident, account, "salesforce:0055g00000AAAA2AAX", stage, amount, datetime(2026, 2, 1, 16, 30))
        for ident, account, _, stage, amount in OPPORTUNITIES
    ]
    closed = landed.rows(OPPORTUNITY, "opportunities", "closed_at is null")
    assert closed == [(stage not in ("won", "lost"),) for _, _, _, stage, _ in OPPORTUNITIES]
    assert any("yes-42" in cell for cell in in_cells(landed.rows(OPPORTUNITY, "opportunities", "_extra")))


def test_salesforce_users_say_who_owns_an_account(landed: Landed) -> None:
    landed.recognised(USERS, "identities")
    rows = landed.rows(USERS, "identities", "system, account, valid_from, valid_to, employee_id")
    assert rows == [("salesforce", "0055g00000AAAA1AAX", datetime(1970, 1, 1), None, "E1")]
    # an account without a number of the company says nothing about a person
    assert landed.counted(USERS, "identities") == Counted(2, 1, ignored=1)
