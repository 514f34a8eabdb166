"""Taobao and Qianniu: order lists old and new, sub-orders, delivered under names that mean nothing."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.vendors.builders_shop import ORDERS, Order, qianniu_orders, sub_orders, taobao_orders, without
from tests.vendors.files_finance import Sheet, delimited, xlsx
from tests.vendors.landing_finance import Counted, Landed, in_cells

OLD = "drop/x1.csv"
OLD_FORMULA = "drop/x2.csv"
OLD_TAB = "drop/x3.csv"
OLDER = "drop/x4.csv"
OLD_SPOILT = "drop/x5.csv"
OLD_HALF = "drop/x6.csv"
NEW = "drop/n1.xlsx"
NEW_SPOILT = "drop/n2.xlsx"
LINES = "drop/l1.xlsx"
LINES_CSV = "drop/l2.csv"

ORDER = "order_id, ordered_at::varchar, list_amount::varchar, net_amount::varchar, status"


def spoilt() -> list[list]:
    rows = taobao_orders("{}", ORDERS[:2])
    rows[2][0] = "3.14159E+18"
    return rows


def half_width() -> list[list]:
    """Status with a half-width comma, full-width digits and a sign of the currency in the amounts."""
    rows = taobao_orders("{}", ORDERS[1:3])
    for row in rows[1:]:
        row[11] = row[11].replace("，", ",")
    rows[1][7], rows[1][9] = "￥1,000.00", "１０００．００"
    return rows


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Landed:
    return Landed(
        tmp_path_factory.mktemp("taobao"),
        {
            OLD: delimited(taobao_orders(), "gbk"),
            OLD_FORMULA: delimited(taobao_orders('="{}"'), "gb18030", quote_all=True),
            OLD_TAB: delimited(taobao_orders("{}\t"), "utf-8-sig"),
            OLDER: delimited(
                without(taobao_orders("{}"), "支付交易号", "买家姓名", "买家身份证号", "买家手机号"), "gbk"
            ),
            OLD_SPOILT: delimited(spoilt(), "gbk"),
            OLD_HALF: delimited(half_width(), "utf-16"),
            NEW: xlsx(Sheet("sheet1", qianniu_orders())),
            NEW_SPOILT: xlsx(Sheet("sheet1", qianniu_orders(spoilt=True))),
            LINES: xlsx(Sheet("sheet1", sub_orders())),
            LINES_CSV: delimited(sub_orders(), "gbk"),
        },
    )


def expected(orders: tuple[Order, ...]) -> list[tuple]:
    return [(o.number, o.created, o.total, o.paid, o.status) for o in orders]


OLD_FILES = {OLD: ORDERS, OLD_FORMULA: ORDERS, OLD_TAB: ORDERS, OLDER: ORDERS, OLD_HALF: ORDERS[1:3]}
OLD_NAMES = ["apostrophe", "formula", "tab", "older", "half_width"]


@pytest.mark.parametrize("file", OLD_FILES, ids=OLD_NAMES)
def test_old_orders_land_with_all_digits_of_their_numbers(landed: Landed, file: str) -> None:
    orders = OLD_FILES[file]
    landed.recognised(file, "orders")
    assert landed.rows(file, "orders", ORDER) == expected(orders)
    assert landed.counted(file, "orders") == Counted(len(orders), len(orders))
    money = landed.batch(file, "orders").money_totals
    assert Decimal(money["net_amount"]) == sum(Decimal(o.paid) for o in orders)
    assert Decimal(money["list_amount"]) == sum(Decimal(o.total) for o in orders)


def test_old_orders_of_one_buyer_belong_together(landed: Landed) -> None:
    buyers = [b for (b,) in landed.rows(OLD, "orders", "customer_id")]
    assert all(buyer.endswith(order.buyer) for buyer, order in zip(buyers, ORDERS, strict=True))
    assert len(set(buyers)) == len({o.buyer for o in ORDERS})


def test_nobody_is_named_as_the_seller(landed: Landed) -> None:
    assert landed.rows(OLD, "orders", "distinct employee_id", "1") == [(None,)]
    assert landed.rows(NEW, "orders", "distinct employee_id", "1") == [(None,)]


def test_what_the_contract_does_not_know_is_kept(landed: Landed) -> None:
    kept = " ".join(in_cells(landed.rows(OLD, "orders", "_extra")))
    assert "沙洲街道****" in kept
    assert "羽绒服" in kept


@pytest.mark.parametrize(("file", "good"), [(OLD_SPOILT, 1), (NEW_SPOILT, len(ORDERS) - 1)], ids=["csv", "xlsx"])
def test_a_number_that_lost_digits_is_quarantined(landed: Landed, file: str, good: int) -> None:
    landed.recognised(file, "orders")
    faults = landed.faults(file, "orders")
    assert [(column, code) for _, column, _, code in faults] == [("order_id", "precision")]
    assert "E+18" in str(faults[0][2])
    assert landed.counted(file, "orders") == Counted(good + 1, good, quarantined=1)


def test_text_is_decoded_by_what_it_is(landed: Landed) -> None:
    encodings = [landed.batch(f, "orders").encoding for f in (OLD, OLD_TAB, OLD_HALF)]
    assert encodings == ["gb18030", "utf-8", "utf-16-le"]


def test_new_orders_land(landed: Landed) -> None:
    landed.recognised(NEW, "orders")
    assert landed.rows(NEW, "orders", ORDER) == expected(ORDERS)
    assert landed.counted(NEW, "orders") == Counted(len(ORDERS), len(ORDERS))


def test_a_masked_address_makes_nobody_the_same_buyer(landed: Landed) -> None:
    # every order has the same masked address, and the list names no buyer
    buyers = landed.rows(NEW, "orders", "customer_id")
    assert len(set(buyers)) == len(ORDERS)
    assert not any("*" in buyer for (buyer,) in buyers)


@pytest.mark.parametrize("file", [LINES, LINES_CSV], ids=["xlsx", "csv_gbk"])
def test_sub_orders_become_lines_of_their_order(landed: Landed, file: str) -> None:
    landed.recognised(file, "order_lines")
    rows = landed.rows(file, "order_lines", "order_id, quantity, list_price::varchar, discount_rate::double")
    assert rows == [
        (ORDERS[0].number, 1, "199.00", 1.0),
        (ORDERS[0].number, 2, "50.00", 0.3),
        (ORDERS[1].number, 1, "1000.00", 1.0),
    ]
    numbers = landed.rows(file, "order_lines", "order_id, line_no")
    assert len(set(numbers)) == 3
    assert numbers[0][1] < numbers[1][1]
    products = {p for (p,) in landed.rows(file, "order_lines", "product_id")}
    assert len(products) == 3
