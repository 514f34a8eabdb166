"""Files of Kingdee, Yonyou and Foxhis beside a small company's own: from the inbox to reconciled staging."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.support.company import TINY_COMPANY
from tests.support.compiled import CompiledWarehouse
from tests.vendors.builders_finance import (
    BALANCES,
    LINES,
    Line,
    k3_voucher,
    kis_journal,
    star_voucher,
    total,
    u8_text,
    yonyou_balances,
    yonyou_journal,
)
from tests.vendors.builders_shop import STAYS, foxhis_master
from tests.vendors.files_finance import Sheet, delimited, xls, xlsx

SELLERS = """
system,account,valid_from,employee_id
foxhis,S01,2020-01-01 00:00:00,E1
"""


def words(word: str) -> tuple[Line, ...]:
    """The same vouchers under another voucher word: every system of the company keeps books of its own."""
    return tuple(replace(line, word=word) for line in LINES)


def books() -> dict[str, tuple[tuple[Line, ...], bytes]]:
    """file -> its vouchers and its bytes"""
    star, kis, k3, journal, text = (words(word) for word in ("记", "付", "银", "转", "收"))
    return {
        "drop/a1.xlsx": (star, xlsx(Sheet("凭证#单据头(FBillHead)", star_voucher(star)))),
        "drop/a2.xls": (kis, xls(Sheet("会计分录序时簿", kis_journal(kis), ("A1:N1",)))),
        "drop/a3.xlsx": (k3, xlsx(Sheet("Page1", k3_voucher(k3)))),
        "drop/a4.xls": (journal, xls(Sheet("s", yonyou_journal(journal)), is_gbk_in_latin1=True)),
        "drop/a5.txt": (text, u8_text(text)),
    }


BALANCE, HOTEL = "drop/b1.xlsx", "drop/c1.csv"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> CompiledWarehouse:
    exports = {name: content for name, (_, content) in books().items()} | {
        BALANCE: xlsx(Sheet("余额表", yonyou_balances(), ("A1:K1",))),
        HOTEL: delimited(foxhis_master(), "gbk"),
    }
    warehouse = CompiledWarehouse(tmp_path_factory.mktemp("finance"))
    warehouse.deliver(TINY_COMPANY | {"hr/identities.csv": SELLERS} | exports)
    warehouse.build()
    return warehouse


def quoted(names: Sequence[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)


def test_every_voucher_balances_in_staging(built: CompiledWarehouse) -> None:
    unbalanced = built.query(
        "select voucher_id, sum(coalesce(debit, 0)) as debit, sum(coalesce(credit, 0)) as credit "
        "from staging.stg_finance__journal_entries group by voucher_id having debit <> credit"
    )
    assert unbalanced == []
    (vouchers,) = built.query("select count(distinct voucher_id) from staging.stg_finance__journal_entries")
    assert vouchers == (sum(len({x.number for x in lines}) for lines, _ in books().values()),)


def test_every_book_is_whole_in_staging(built: CompiledWarehouse) -> None:
    rows = built.query(
        "select _source_file, count(*), count(distinct voucher_id), sum(debit)::varchar, sum(credit)::varchar "
        "from staging.stg_finance__journal_entries group by 1 order by 1"
    )
    assert rows == [
        (name, len(lines), len({x.number for x in lines}), total(lines, "debit"), total(lines, "credit"))
        for name, (lines, _) in sorted(books().items())
    ]


def test_files_of_the_systems_reconcile_to_the_row_and_to_the_cent(built: CompiledWarehouse) -> None:
    assert [check.sentence for check in built.reconcile() if not check.passed] == []
    files = [*books(), BALANCE, HOTEL]
    rows = built.query(
        "select source_file, is_balanced, quarantined_count, file_money_total = landed_money_total, difference, "
        "read_count = accepted_count + quarantined_count + duplicate_count + ignored_count "
        f"from audit.reconciliation where source_file in ({quoted(files)}) order by source_file"
    )
    assert {row[0] for row in rows} == set(files)
    assert {row[1:] for row in rows} == {(True, 0, True, None, True)}


def test_nothing_that_blocks_failed(built: CompiledWarehouse) -> None:
    assert built.failures() == []


def test_balances_follow_from_their_movements(built: CompiledWarehouse) -> None:
    sides = "coalesce(opening_debit, 0) - coalesce(opening_credit, 0) + coalesce(debit, 0) - coalesce(credit, 0)"
    rows = built.query(
        f"select account_code, {sides} - coalesce(closing_debit, 0) + coalesce(closing_credit, 0) "
        "from staging.stg_finance__account_balances order by account_code"
    )
    assert [(code, float(rest)) for code, rest in rows] == [(code, 0.0) for code, *_ in BALANCES]


def test_the_seller_of_a_stay_is_found_by_the_account(built: CompiledWarehouse) -> None:
    rows = built.query(
        f"select order_id, employee_id from staging.stg_crm__orders where _source_file = '{HOTEL}' order by order_id"
    )
    assert rows == [(stay.account, "E1" if stay.seller else None) for stay in STAYS]


def test_the_company_s_own_files_are_judged_as_before(built: CompiledWarehouse) -> None:
    found = built.query("select rule_id, subject_id from compliance.fct_violations where subject_id in ('O1/1', 'M2')")
    assert sorted(found) == [("DISC-01", "O1/1"), ("RED-01", "M2")]
