"""Spellings that real exports use, and what becomes of them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

ORDER = "order_id,customer_id,employee_id,ordered_at,channel,list_amount,net_amount,status"


def land_order(company, **changes: str):
    cells = {
        "order_id": "O1",
        "customer_id": "C1",
        "employee_id": "E1",
        "ordered_at": "2026-03-01 10:00:00",
        "channel": "shop",
        "list_amount": "100.00",
        "net_amount": "80.00",
        "status": "committed",
    } | changes
    line = ",".join('"' + v.replace('"', '""') + '"' for v in cells.values())
    company.deliver("crm/orders.csv", f"{ORDER}\n{line}\n")
    company.land()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2026-03-01 10:20:30", datetime(2026, 3, 1, 10, 20, 30)),
        ("2026-03-01T10:20:30", datetime(2026, 3, 1, 10, 20, 30)),
        ("2026-3-1 8:05", datetime(2026, 3, 1, 8, 5)),
        ("2026/3/1 08:05:09", datetime(2026, 3, 1, 8, 5, 9)),
        ("2026.03.01 08:05", datetime(2026, 3, 1, 8, 5)),
        ("2026年3月1日 8:05", datetime(2026, 3, 1, 8, 5)),
        ("2026年3月1日 8时5分9秒", datetime(2026, 3, 1, 8, 5, 9)),
        ("２０２６－０３－０１　０８：０５", datetime(2026, 3, 1, 8, 5)),
        ("2026-03-01 24:00", datetime(2026, 3, 2)),
        ("20260301", datetime(2026, 3, 1)),
        ("20260301080509", datetime(2026, 3, 1, 8, 5, 9)),
        ("2026-03-01", datetime(2026, 3, 1)),
        ("2026-03-01 10:20:30.123456", datetime(2026, 3, 1, 10, 20, 30, 123456)),
        ("2026-03-01 10:20:30.5", datetime(2026, 3, 1, 10, 20, 30, 500000)),
        (" 2026-03-01 10:20:30\t", datetime(2026, 3, 1, 10, 20, 30)),
    ],
)
def test_time_stamps_are_read_in_every_common_spelling(company, text, value):
    land_order(company, ordered_at=text)
    assert company.one("select ordered_at from landed_crm.orders") == value
    assert company.one("select _ts_offsets from landed_crm.orders") is None


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("2026-03-01T10:20:30Z", 0),
        ("2026-03-01T10:20:30+08:00", 480),
        ("2026-03-01 10:20:30 +0800", 480),
        ("2026-03-01 10:20:30.250-05:30", -330),
        ("2026-03-01 10:20+08", 480),
    ],
)
def test_an_offset_keeps_the_wall_clock_and_is_recorded(company, text, minutes):
    land_order(company, ordered_at=text)
    ((stamp, offsets),) = company.ask("select ordered_at, _ts_offsets from landed_crm.orders")
    assert (stamp.hour, stamp.minute) == (10, 20)
    assert offsets == f'{{"ordered_at":{minutes}}}'


@pytest.mark.parametrize(
    "text",
    ["2026-13-01 10:00:00", "2026-02-30", "26-03-01 10:00:00", "yesterday", "2026-03-01 25:00", "2026111", "1E5"],
)
def test_what_is_no_time_stamp_is_quarantined(company, text):
    land_order(company, ordered_at=text)
    assert company.one("select count(*) from landed_crm.orders") == 0
    assert company.ask("select column_name, value, reason_code, source_row from landed.quarantine") == [
        ("ordered_at", text, "type", 2)
    ]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1234.5", "1234.50"),
        ("1,234,567.89", "1234567.89"),
        ("¥1,234.50", "1234.50"),
        ("￥ 88", "88.00"),
        ("１２．５０", "12.50"),
        ("１，２３４．５０", "1234.50"),
        ("-12.30", "-12.30"),
        ("1.5E3", "1500.00"),
        ("99.99000000000001", "99.99"),
        ("1234.50元", "1234.50"),
        (".5", "0.50"),
        ("12.", "12.00"),
    ],
)
def test_amounts_are_exact_decimals(company, text, value):
    land_order(company, list_amount=text)
    assert company.one("select list_amount from landed_crm.orders") == Decimal(value)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("12.345", "scale"),
        ("1,23", "type"),
        ("12..5", "type"),
        ("abc", "type"),
        ("99999999999999999.00", "scale"),
        ("1-2", "type"),
        ("¥", "type"),
    ],
)
def test_what_is_no_amount_is_quarantined(company, text, code):
    land_order(company, list_amount=text)
    assert company.ask("select column_name, reason_code from landed.quarantine") == [("list_amount", code)]


@pytest.mark.parametrize("text", ["", "  ", "\u3000"])
def test_a_blank_required_cell_is_missing(company, text):
    land_order(company, net_amount=text)
    assert company.ask("select column_name, reason_code from landed.quarantine") == [("net_amount", "required")]


@pytest.mark.parametrize("text", ["NULL", "--", "null"])
def test_null_words_mean_nothing_except_in_text(company, text):
    land_order(company, employee_id=text, net_amount=text)
    assert company.ask("select column_name, reason_code from landed.quarantine") == [("net_amount", "required")]
    company.inbox.joinpath("crm/orders.csv").unlink()
    land_order(company, channel=text)
    assert company.one("select channel from landed_crm.orders") == text


def test_domain_values_take_the_contract_spelling(company):
    land_order(company, status="Committed")
    assert company.one("select status from landed_crm.orders") == "committed"


def test_a_value_outside_the_domain_says_what_is_allowed(company):
    land_order(company, status="paid")
    ((code, zh, en),) = company.ask("select reason_code, reason_zh, reason_en from landed.quarantine")
    assert code == "domain"
    assert "committed" in zh and "committed" in en


def test_every_fault_of_a_row_is_listed_and_the_row_counts_once(company):
    land_order(company, status="paid", list_amount="x", customer_id="")
    faults = company.ask("select column_name, reason_code from landed.quarantine order by 1")
    assert faults == [("customer_id", "required"), ("list_amount", "type"), ("status", "domain")]
    assert company.ask("select read_count, accepted_count, quarantined_count from landed.batches") == [(1, 0, 1)]


def test_the_quarantined_row_is_kept_as_it_was(company):
    land_order(company, status="paid", channel="门店")
    assert '"channel":"门店"' in company.one("select raw from landed.quarantine")


def test_defaults_fill_what_a_file_lacks(company):
    land_order(company)
    assert company.one("select currency from landed_crm.orders") == "CNY"


@pytest.mark.parametrize(
    ("text", "value"),
    [("3", 3), ("3.0", 3), ("1,000", 1000), ("０３", 3), ("+3", 3)],
)
def test_whole_numbers(company, text, value):
    company.deliver("crm/inventory.csv", f'product_id,as_of,quantity\nP1,2026-03-01,"{text}"\n')
    company.land()
    assert company.one("select quantity from landed_crm.inventory") == value


@pytest.mark.parametrize("text", ["3.5", "3e", "three", "99999999999999999999"])
def test_what_is_no_whole_number_is_quarantined(company, text):
    company.deliver("crm/inventory.csv", f"product_id,as_of,quantity\nP1,2026-03-01,{text}\n")
    company.land()
    assert company.ask("select column_name, reason_code from landed.quarantine") == [("quantity", "type")]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2026-03-01", date(2026, 3, 1)),
        ("2026/3/1", date(2026, 3, 1)),
        ("2026.03.01", date(2026, 3, 1)),
        ("20260301", date(2026, 3, 1)),
        ("2026年3月1日", date(2026, 3, 1)),
        ("2026-03-01 00:00:00", date(2026, 3, 1)),
    ],
)
def test_dates(company, text, value):
    company.deliver("crm/inventory.csv", f"product_id,as_of,quantity\nP1,{text},3\n")
    company.land()
    assert company.one("select as_of from landed_crm.inventory") == value


@pytest.mark.parametrize("text", ["2026-03-01 08:30:00", "2026-03", "03/01/2026"])
def test_what_is_no_date_is_quarantined(company, text):
    company.deliver("crm/inventory.csv", f"product_id,as_of,quantity\nP1,{text},3\n")
    company.land()
    assert company.one("select reason_code from landed.quarantine") == "type"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("1", True),
        ("是", True),
        ("Y", True),
        ("YES", True),
        ("0", False),
        ("否", False),
        ("No", False),
        ("False", False),
        ("", None),
    ],
)
def test_yes_and_no(company, text, value):
    company.deliver(
        "crm/tickets.csv",
        "ticket_id,customer_id,category,opened_at,satisfaction,is_complaint\n"
        f"T1,C1,refund,2026-03-01 10:00:00,5,{text}\n",
    )
    company.land()
    assert company.one("select is_complaint from landed_crm.tickets") is value


@pytest.mark.parametrize(
    ("score", "code"), [("0", "range"), ("6", "range"), ("five", "type"), ("1", None), ("5", None)]
)
def test_ranges_hold_at_their_ends(company, score, code):
    company.deliver(
        "crm/tickets.csv",
        f"ticket_id,customer_id,category,opened_at,satisfaction\nT1,C1,refund,2026-03-01 10:00:00,{score}\n",
    )
    company.land()
    assert [c for (c,) in company.ask("select reason_code from landed.quarantine")] == ([code] if code else [])


@pytest.mark.parametrize("text", ["2026-03", "2026/3", "202603", "2026年3月", "2026-03-01"])
def test_periods_are_months(company, text):
    company.deliver("finance/exchange_rates.csv", f"currency,period,rate_to_cny\nUSD,{text},7.123456\n")
    company.land()
    assert company.ask("select period, rate_to_cny from landed_finance.exchange_rates") == [
        ("2026-03", Decimal("7.123456"))
    ]


@pytest.mark.parametrize("text", ["2026-13", "2026-3-15", "March"])
def test_what_is_no_period_is_quarantined(company, text):
    company.deliver("finance/exchange_rates.csv", f"currency,period,rate_to_cny\nUSD,{text},7\n")
    company.land()
    assert company.one("select reason_code from landed.quarantine") == "pattern"


def test_an_identifier_in_scientific_notation_has_lost_its_digits(company):
    land_order(company, order_id="1.23457E+18")
    assert company.one("select reason_code from landed.quarantine") == "precision"


def test_leading_zeros_of_identifiers_stay(company):
    land_order(company, order_id="000123", customer_id="00")
    assert company.ask("select order_id, customer_id from landed_crm.orders") == [("000123", "00")]


def test_the_row_hash_follows_the_content_and_nothing_else(company):
    land_order(company)
    before = company.ask("select _row_hash from landed_crm.orders")
    land_order(company, list_amount="¥100", ordered_at="2026/3/1 10:00")
    assert {h for h in company.ask("select _row_hash from landed_crm.orders")} == set(before)
    company.inbox.joinpath("crm/orders.csv").unlink()
    land_order(company, list_amount="100.01")
    assert len({h for h in company.ask("select _row_hash from landed_crm.orders")}) == 2
