"""Which models carry a dataset's rows further, as their properties say (`config.meta.reconciles`).

Belongs here: reading that declaration from dbt's manifest. Does not belong here: counting (`reconcile`).

    reconciles:
      - dataset: orders
        keys: [order_id]                        # or {key of the dataset: column of the model}
        money: [list_amount, net_amount]        # or {column of the model: SQL over the staged row}; added up
        also: {total: list_amount + net_amount} # compared, but not added up: it holds what others hold already
        left_out: {name: SQL over the staged row}   # why a staged row may be absent; the name is told
        added: {name: SQL over the model's row}     # why the model may hold a row of its own

A model that adds rows up names `groups` ({column of the model: SQL over the staged row}) instead of keys: its money is
compared per group.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.contract import Contract
from pipelines.publish.publication import PUBLISHED_SCHEMAS


@dataclass(frozen=True)
class Carrier:
    """One model that carries the rows of one dataset. All mappings are by column of the model, keys apart."""

    model: str
    dataset: str
    is_mart: bool
    keys: Mapping[str, str]
    groups: Mapping[str, str]
    money: Mapping[str, str]
    also: Mapping[str, str]
    left_out: Mapping[str, str]
    added: Mapping[str, str]

    @property
    def compared(self) -> dict[str, str]:
        """All columns that must agree with the staged rows."""
        return {**self.money, **self.also}


class CarrierError(ValueError):
    """A model's declaration cannot be followed; the message names the model."""


def carriers(manifest: Mapping[str, Any], contract: Contract) -> tuple[Carrier, ...]:
    """Every declared carrier, by model; at most one in core and one mart for a dataset."""
    found = [
        _carrier(f"{node['schema']}.{node['alias']}", node["schema"] in PUBLISHED_SCHEMAS, entry, contract)
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
        for entry in node["config"].get("meta", {}).get("reconciles", ())
    ]
    found.sort(key=lambda c: (c.model, c.dataset))
    seen: dict[tuple[str, bool], Carrier] = {}
    for carrier in found:
        if (other := seen.setdefault((carrier.dataset, carrier.is_mart), carrier)) is not carrier:
            raise CarrierError(
                f"{other.model} and {carrier.model} both say that they carry {carrier.dataset}; keep one"
            )
    return tuple(found)


def _carrier(model: str, is_mart: bool, entry: Mapping[str, Any], contract: Contract) -> Carrier:
    unknown = set(entry) - {"dataset", "keys", "groups", "money", "also", "left_out", "added"}
    if unknown:
        raise CarrierError(f"{model}: reconciles has unknown entries {sorted(unknown)}")
    carrier = Carrier(
        model=model,
        dataset=entry["dataset"],
        is_mart=is_mart,
        keys=_named(entry.get("keys", ())),
        groups=_named(entry.get("groups", ())),
        money=_named(entry.get("money", ())),
        also=_named(entry.get("also", ())),
        left_out=dict(entry.get("left_out", {})),
        added=dict(entry.get("added", {})),
    )
    keys = contract.get(carrier.dataset).keys
    if bool(carrier.keys) == bool(carrier.groups):
        raise CarrierError(f"{model}: reconciles {carrier.dataset} by either keys or groups")
    if carrier.keys and set(carrier.keys) != set(keys):
        raise CarrierError(f"{model}: {carrier.dataset} has the key {', '.join(keys)}; name all of it")
    if carrier.groups and not carrier.money:
        raise CarrierError(f"{model}: groups of {carrier.dataset} say nothing without money")
    return carrier


def _named(value: Mapping[str, str] | Sequence[str]) -> dict[str, str]:
    return dict(value) if isinstance(value, Mapping) else {name: name for name in value}
