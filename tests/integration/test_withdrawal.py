"""A delivery that is taken out leaves nothing behind, and comes back as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.onboarding.deliveries import Delivery, list_deliveries, reinstate, withdraw
from tests.support.company import TINY_COMPANY
from tests.support.compiled import CompiledWarehouse, differences

# A second shop's orders, with a discount that nobody allowed: they bring a violation of their own.
LATER = {
    "crm/orders_shop2.csv": """
order_id,customer_id,employee_id,ordered_at,list_amount,net_amount,status
O9,C1,E1,2026-04-03 14:30:00,1000.00,200.00,shipped
""",
    "crm/order_lines_shop2.csv": """
order_id,line_no,product_id,quantity,list_price,discount_rate
O9,1,S1,1,1000.00,0.20
""",
}


@pytest.fixture
def warehouse(tmp_path: Path) -> CompiledWarehouse:
    """The company before the second shop delivered."""
    warehouse = CompiledWarehouse(tmp_path)
    warehouse.deliver(TINY_COMPANY)
    return warehouse


def later_deliveries(warehouse: CompiledWarehouse) -> list[Delivery]:
    return [d for d in list_deliveries(warehouse.paths.root) if d.batch.source_file in LATER]


def test_a_withdrawn_delivery_is_as_if_it_had_never_come_and_comes_back_whole(warehouse: CompiledWarehouse) -> None:
    data = warehouse.paths.root
    warehouse.build()
    never = warehouse.marts()
    warehouse.deliver(LATER)
    warehouse.build()
    with_it = warehouse.marts()
    assert "compliance.fct_violations" in differences(never, with_it)

    assert len(withdraw(data, later_deliveries(warehouse), by="lin", reason="wrong shop")) == 2
    warehouse.build()
    assert differences(never, warehouse.marts()) == {}

    assert len(reinstate(data, later_deliveries(warehouse), by="lin", reason="right shop after all")) == 2
    warehouse.build()
    assert differences(with_it, warehouse.marts()) == {}


def test_a_withdrawn_delivery_stays_out_when_its_file_is_delivered_again(warehouse: CompiledWarehouse) -> None:
    warehouse.deliver(LATER)
    warehouse.land()
    withdraw(warehouse.paths.root, later_deliveries(warehouse), by="lin", reason="wrong shop")
    warehouse.deliver({name.replace("_shop2", "_shop2_copy"): text for name, text in LATER.items()})
    warehouse.build()
    assert warehouse.query("select count(*) from core.fct_order_line where order_id = 'O9'") == [(0,)]
    assert warehouse.query("select count(*) from compliance.fct_violations where subject_id like 'O9/%'") == [(0,)]
