"""The dbt unit tests of rules, run apart from any data folder.

Belongs here: building what they need, and their results. Does not belong here: the tests (beside the models).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pipelines.policy.registry import registry
from pipelines.settings import DataPaths


@dataclass(frozen=True)
class UnitTestResult:
    """One unit test of one rule. message: dbt's own words where it failed, with the rows that differ."""

    rule_id: str
    test: str
    passed: bool
    message: str


class UnitTestsNotRun(RuntimeError):
    """The project could not be built even without data; the message is dbt's."""


def run_unit_tests(rule_ids: Sequence[str]) -> list[UnitTestResult]:
    """Run them over an empty warehouse: every relation that a test replaces by rows has to exist."""
    from pipelines.warehouse.dbt import DbtProjectRunner, dbt_args
    from pipelines.warehouse.working import create_working_database

    models = {registry()[rule_id].model: rule_id for rule_id in rule_ids}
    with TemporaryDirectory(prefix="hufu-unit-tests-") as folder:
        paths = DataPaths(Path(folder))
        create_working_database(paths)
        runner = DbtProjectRunner(paths)
        runner.parse()
        above = [f"+{model}" for model in models]
        built = runner.invoke(
            dbt_args("build", paths, "--select", *above, "--exclude-resource-type", "test", "unit_test")
        )
        broken = [
            f"{r.node.name}: {r.message}" for r in getattr(built.result, "results", ()) if str(r.status) == "error"
        ]
        if built.exception or broken:
            raise UnitTestsNotRun(str(built.exception or "; ".join(broken)))
        chosen = [f"{model},test_type:unit" for model in models]
        results = runner.invoke(dbt_args("test", paths, "--select", *chosen)).result.results
    found = [
        UnitTestResult(models[_tested(r)], r.node.name, str(r.status) == "pass", str(r.message or "")) for r in results
    ]
    return sorted(found, key=lambda result: (result.rule_id, result.test))


def _tested(result: Any) -> str:
    """Name of the model that a unit test is of."""
    return result.node.tested_node_unique_id.rsplit(".", 1)[-1]
