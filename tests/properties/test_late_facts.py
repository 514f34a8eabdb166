"""Delivery stamps fixed, neither the order of processing nor what was undone on the way leaves a trace in the marts.

Every example delivers the facts of one small company twice: all right files at once into a fresh data folder, and as a
history (`tests/support/late_deliveries.py`) in some order and in several landings. HUFU_TEST_FIRST_SEED says with
which history to begin: an example that fails names its seed.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.compiled import CompiledWarehouse, Rows, differences
from tests.support.depth import examples
from tests.support.late_deliveries import Scenario, scenario

FIRST = int(os.environ.get("HUFU_TEST_FIRST_SEED") or 1)
SEEDS = range(FIRST, FIRST + examples(2))


@dataclass(frozen=True)
class Example:
    """A history, what its right files make, and the rules that find something in them."""

    scenario: Scenario
    marts: dict[str, Rows]
    rules: set[str]
    rules_with_a_finding: set[str]


@pytest.fixture(scope="module", params=SEEDS)
def example(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Example:
    found = scenario(request.param)
    at_once = CompiledWarehouse(tmp_path_factory.mktemp("at_once"))
    found.deliver_right(at_once)
    at_once.build_landed()
    rules = {rule for (rule,) in at_once.query("select rule_id from reference.rules")}
    findings = {rule for (rule,) in at_once.query("select distinct rule_id from compliance.fct_violations")}
    return Example(found, at_once.marts(), rules, findings)


def test_every_rule_finds_something(example: Example) -> None:
    """Otherwise equal marts would mean little."""
    assert len(example.rules) >= 43
    assert example.rules_with_a_finding == example.rules


def test_no_history_of_deliveries_leaves_a_trace(example: Example, tmp_path: Path) -> None:
    warehouse = CompiledWarehouse(tmp_path)
    example.scenario.happen(warehouse)
    assert not warehouse.land().has_news
    warehouse.build_landed()
    assert differences(example.marts, warehouse.marts()) == {}, f"seed {example.scenario.seed}"
