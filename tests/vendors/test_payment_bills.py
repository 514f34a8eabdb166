"""Bills of Alipay and WeChat Pay: what came in is a receipt, what was paid out is not, and both are counted."""

from __future__ import annotations

import pytest

from tests.vendors.builders_pay import alipay_bill, wechat_bill
from tests.vendors.files_finance import Sheet, delimited, xlsx
from tests.vendors.landing_finance import Landed

ALIPAY = "drop/x1.csv"
ALIPAY_NEW = "drop/x2.csv"
WECHAT = "drop/y1.csv"
WECHAT_XLSX = "drop/y2.xlsx"

RECEIPT = "receipt_id, received_at::varchar, amount::varchar"


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Landed:
    lines = "\r\n".join(alipay_bill()) + "\r\n"
    return Landed(
        tmp_path_factory.mktemp("bills"),
        {
            ALIPAY: lines.encode("gbk"),
            ALIPAY_NEW: lines.encode("utf-8-sig"),
            WECHAT: delimited(wechat_bill(), "utf-8-sig"),
            WECHAT_XLSX: xlsx(Sheet("微信支付账单", wechat_bill())),
        },
    )


@pytest.mark.parametrize("file", [ALIPAY, ALIPAY_NEW], ids=["gbk", "utf8_mark"])
def test_alipay_income_lands_without_padding_titles_and_totals(landed: Landed, file: str) -> None:
    landed.recognised(file, "receipts")
    assert landed.rows(file, "receipts", RECEIPT) == [("2026030122001400000000000001", "2026-03-01 10:00:00", "269.10")]
    counted = landed.counted(file, "receipts")
    assert counted.accepted == 1
    assert counted.read == counted.accepted + counted.ignored + counted.quarantined >= 2


@pytest.mark.parametrize("file", [WECHAT, WECHAT_XLSX], ids=["csv", "xlsx"])
def test_wechat_income_lands_with_its_sign_of_the_currency_read_off(landed: Landed, file: str) -> None:
    landed.recognised(file, "receipts")
    assert landed.rows(file, "receipts", RECEIPT) == [("1000039801262603010001", "2026-03-01 10:20:30", "25.00")]
    counted = landed.counted(file, "receipts")
    assert (counted.read, counted.accepted, counted.ignored) == (2, 1, 1)
