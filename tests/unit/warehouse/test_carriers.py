"""What models may say about the rows that they carry."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.contract import load_contract
from pipelines.warehouse.carriers import CarrierError, carriers


def _manifest(*entries: dict[str, Any], schema: str = "core") -> dict[str, Any]:
    return {
        "nodes": {
            f"model.hufu.m{n}": {
                "resource_type": "model",
                "schema": schema,
                "alias": f"m{n}",
                "config": {"meta": {"reconciles": [entry]}},
            }
            for n, entry in enumerate(entries)
        }
        | {"model.hufu.other": {"resource_type": "model", "schema": "core", "alias": "other", "config": {"meta": {}}}}
    }


def test_a_list_names_columns_of_the_same_name() -> None:
    entry = {
        "dataset": "orders",
        "keys": ["order_id"],
        "money": ["net_amount"],
        "left_out": {"draft": "status = 'draft'"},
    }
    [carrier] = carriers(_manifest(entry), load_contract())
    assert (carrier.model, carrier.dataset, carrier.is_mart) == ("core.m0", "orders", False)
    assert carrier.keys == {"order_id": "order_id"} and carrier.compared == {"net_amount": "net_amount"}
    assert carrier.left_out == {"draft": "status = 'draft'"}


def test_a_published_schema_is_a_mart() -> None:
    entry = {"dataset": "payroll", "groups": {"month": "period"}, "money": {"paid": "net_pay"}}
    [carrier] = carriers(_manifest(entry, schema="cost"), load_contract())
    assert carrier.is_mart and carrier.groups == {"month": "period"}


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({"dataset": "order_lines", "keys": ["order_id"]}, "has the key order_id, line_no"),
        ({"dataset": "orders"}, "by either keys or groups"),
        ({"dataset": "orders", "keys": ["order_id"], "groups": {"a": "b"}}, "by either keys or groups"),
        ({"dataset": "orders", "groups": {"month": "ordered_at"}}, "say nothing without money"),
        ({"dataset": "orders", "keys": ["order_id"], "leftout": {}}, "unknown entries ['leftout']"),
    ],
)
def test_a_declaration_that_cannot_be_followed_names_the_model(entry: dict[str, Any], said: str) -> None:
    with pytest.raises(CarrierError, match="core.m0") as refused:
        carriers(_manifest(entry), load_contract())
    assert said in str(refused.value)


def test_one_model_of_a_kind_carries_a_dataset() -> None:
    entry = {"dataset": "orders", "keys": ["order_id"]}
    with pytest.raises(CarrierError, match="core.m0 and core.m1 both"):
        carriers(_manifest(entry, entry), load_contract())
